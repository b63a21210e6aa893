"""`geo tiles …`: the tiles of a city as one file, for phones without a network and for offline copies."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from geo_app.core import clock
from geo_app.core.command import Session, json_option, permit, progress, session, tell
from geo_app.core.errors import BadInput, Conflict
from geo_app.maps import archive, pyramid, service
from geo_app.maps.model import Choice, Part
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City
from geo_app.planning import service as planning

AT_ONCE = 32
"""Tiles that are drawn in one transaction."""


@click.group()
def tiles() -> None:
    """Vector tiles."""


@tiles.command("export")
@click.argument("city")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--layers", default=None,
    help="Some of " + ",".join(pyramid.ZOOMS) + "; all of them when left out. Cases and people are never in it.",
)  # fmt: skip
@click.option("--minzoom", type=click.IntRange(0, 22), default=None, help="First zoom; that of the layers.")
@click.option("--maxzoom", type=click.IntRange(0, 22), default=None, help="Last zoom; that of the layers.")
@click.option("--force", is_flag=True, help="Replace OUT when it is there.")
@json_option
@session
@permit("export.make")
def export(
    here: Session, city: str, out: Path, layers: str | None, force: bool, as_json: bool, **zooms: int | None
) -> None:
    """Write the tiles of CITY into OUT, a .pmtiles file that only this user can read.

    A tile holds, to the byte, what the map of a page gets. OUT is there whole or not at all.
    """
    _check(out, force)
    choice = pyramid.choose(layers, zooms["minzoom"], zooms["maxzoom"])
    begun = time.monotonic()
    handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    part = Path(name)
    try:
        with (
            here.transaction() as tx,
            os.fdopen(handle, "w+b") as file,
            tempfile.TemporaryFile(dir=out.parent) as body,
        ):
            town = organisation.city(tx, city)
            at = clock.now()
            before = service.stamp(tx, town, at)
            whole = archive.Archive(body)
            parts = service.parts(tx, town, choice, at)
            for part_of, (tile, packed) in zip(
                progress(parts, "tiles"), _drawn(here, town, parts, at), strict=True
            ):
                if tile:
                    whole.add(archive.number(part_of.z, part_of.x, part_of.y), tile, packed)
            with here.transaction() as later:
                after = service.stamp(later, town, clock.now())
            if after != before:
                raise Conflict(f"{town.name} was loaded or published anew meanwhile; export it again")
            whole.write(file, service.box(tx, town, choice), service.about(town, choice, before))
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            made = _told(choice, whole.tiles, file.tell(), digest)
            service.exported(tx, town, made)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    tell({"file": str(out), "city": city, **made, "seconds": round(time.monotonic() - begun, 1)}, as_json)


@tiles.command("redraw")
@click.argument("city")
@json_option
@session
@permit("system.manage")
def redraw(here: Session, city: str, as_json: bool) -> None:
    """Draw the outlines of CITY anew, of all its releases: for cities loaded before outlines were drawn in bands."""
    begun = time.monotonic()
    with here.transaction() as tx:
        town = organisation.city(tx, city)
        count = planning.redraw(tx, town)
    tell({"city": city, "releases": count, "seconds": round(time.monotonic() - begun, 1)}, as_json)


def _drawn(here: Session, city: City, parts: list[Part], at: datetime) -> Iterator[tuple[bytes, bytes]]:
    """Yield each tile, and packed, in their order; as many hands draw as there are cores."""

    def draw(some: list[Part]) -> list[tuple[bytes, bytes]]:
        with here.transaction() as tx:
            tiles = [service.whole(tx, city, part, at) for part in some]
        return [(tile, archive.pack(tile) if tile else b"") for tile in tiles]

    several = [parts[first : first + AT_ONCE] for first in range(0, len(parts), AT_ONCE)]
    hands = os.cpu_count() or 1
    with ThreadPoolExecutor(hands) as pool:
        waiting = deque(pool.submit(draw, some) for some in several[: 2 * hands])
        rest = iter(several[2 * hands :])
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(draw, some) for some in islice(rest, 1))


def _check(out: Path, is_forced: bool) -> None:
    if out.suffix != ".pmtiles" or not out.parent.is_dir():
        raise BadInput("out", str(out), "a .pmtiles file in a folder that is there")
    if out.exists() and not is_forced:
        raise Conflict(f"{out} is there already; --force replaces it")


def _told(choice: Choice, count: int, size: int, digest: str) -> dict[str, object]:
    return {
        "layers": list(choice.layers), "minzoom": choice.first, "maxzoom": choice.last,
        "tiles": count, "bytes": size, "sha256": digest,
    }  # fmt: skip
