#!/usr/bin/env python3
"""Fetch the browser libraries we ship from npm, and prove that nobody changed them.

`vendor_js.py` packs the exact versions below, compares npm's integrity (sha512) with the one recorded here,
copies only the built files and the licence into the tree and writes VENDOR.json with a sha256 of each file.
`vendor_js.py --check` compares the files in the tree with VENDOR.json and needs no network.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Library:
    """One npm package: where it goes, what is taken from it, and what npm must deliver."""

    name: str
    version: str
    licence: str
    integrity: str
    folder: str
    """Folder below the project that holds `<name>/` and a VENDOR.json."""
    files: tuple[str, ...]
    """Paths inside the package; each lands under its base name, `dist/images/x.png` under `images/x.png`."""


LIBRARIES = (
    Library(
        name="leaflet",
        version="1.9.4",
        licence="BSD-2-Clause",
        integrity="sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
        folder="static/vendor",
        files=(
            "dist/leaflet.js",
            "dist/leaflet.css",
            "dist/images/layers.png",
            "dist/images/layers-2x.png",
            "dist/images/marker-icon.png",
            "dist/images/marker-icon-2x.png",
            "dist/images/marker-shadow.png",
            "LICENSE",
        ),
    ),
    Library(
        name="protomaps-leaflet",
        version="5.1.0",
        licence="BSD-3-Clause",
        integrity="sha512-N0YY1Gbw5nZ9n8VUOvwHKm/w3zhTTuaZEeMZl8doHemeM4ujGPp2otI6t4Sgqrz8iM4svx2rpG1Q17rHkOWSaA==",
        folder="static/vendor",
        files=("dist/protomaps-leaflet.js", "LICENSE"),
    ),
    Library(
        name="swagger-ui-dist",
        version="5.35.0",
        licence="Apache-2.0",
        integrity="sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
        folder="static/vendor",
        files=(
            "swagger-ui-bundle.js",
            "swagger-ui-bundle.js.LICENSE.txt",
            "swagger-ui.css",
            "LICENSE",
            "NOTICE",
        ),
    ),
    Library(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        folder="tests/e2e/vendor",  # for the tests; no user ever gets it
        files=("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt"),
    ),
)


class VendorError(Exception):
    """A vendored library is not what it should be."""


def main() -> int:
    """Fetch or check; exit 0, or 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare the files with VENDOR.json, offline")
    arguments = parser.parse_args()
    try:
        for folder in sorted({library.folder for library in LIBRARIES}):
            if arguments.check:
                check(ROOT / folder, folder)
            else:
                fetch(ROOT / folder, folder)
    except (VendorError, OSError, subprocess.CalledProcessError) as error:
        print(f"vendor_js: {error}", file=sys.stderr)
        return 1
    return 0


def fetch(target: Path, folder: str) -> None:
    """Replace every library of one folder and write its VENDOR.json."""
    entries = []
    for library in (library for library in LIBRARIES if library.folder == folder):
        with tempfile.TemporaryDirectory() as work:
            package = unpack(library, Path(work))
            entries.append(install(library, package, target / library.name))
        print(f"{folder}/{library.name} {library.version}")
    (target / "VENDOR.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def unpack(library: Library, work: Path) -> Path:
    """Return the unpacked package; refuse a tarball whose sha512 is not the recorded one."""
    command = ["npm", "pack", "--silent", f"{library.name}@{library.version}"]
    subprocess.run(command, cwd=work, check=True, capture_output=True)
    archive = next(work.glob("*.tgz"))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != library.integrity:
        raise VendorError(
            f"{library.name}@{library.version}: npm delivered sha512-{digest}, not the recorded one"
        )
    with tarfile.open(archive) as packed:
        packed.extractall(work, filter="data")
    return work / "package"


def install(library: Library, package: Path, target: Path) -> dict[str, object]:
    """Copy the wanted files and return the library's entry for VENDOR.json."""
    shutil.rmtree(target, ignore_errors=True)
    hashes = {}
    for source in library.files:
        path = target / source.removeprefix("dist/")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / source, path)
        hashes[str(path.relative_to(target))] = sha256(path)
    return {
        "name": library.name,
        "version": library.version,
        "licence": library.licence,
        "integrity": library.integrity,
        "files": hashes,
    }


def check(target: Path, folder: str) -> None:
    """Raise VendorError unless the folder holds exactly what VENDOR.json and LIBRARIES say."""
    entries = {
        entry["name"]: entry for entry in json.loads((target / "VENDOR.json").read_text(encoding="utf-8"))
    }
    wanted = {library.name: library for library in LIBRARIES if library.folder == folder}
    if entries.keys() != wanted.keys():
        raise VendorError(
            f"{folder}/VENDOR.json lists {sorted(entries)}, wanted {sorted(wanted)}: fetch again"
        )
    known = {target / "VENDOR.json"}
    for name, library in wanted.items():
        entry = entries[name]
        if (entry["version"], entry["integrity"]) != (library.version, library.integrity):
            raise VendorError(f"{folder}/{name}: VENDOR.json is not about {library.version}: fetch again")
        for file, digest in entry["files"].items():
            path = target / name / file
            known.add(path)
            if not path.is_file() or sha256(path) != digest:
                raise VendorError(
                    f"{folder}/{name}/{file} is missing or changed: fetch again, never edit by hand"
                )
    strangers = sorted(str(path) for path in target.rglob("*") if path.is_file() and path not in known)
    if strangers:
        raise VendorError(f"files that VENDOR.json does not know: {', '.join(strangers)}")


def sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
