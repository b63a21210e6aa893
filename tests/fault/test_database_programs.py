"""Getting PostgreSQL and PostGIS: by apt, unpacked, or a clear word why not."""

import os
from pathlib import Path

import pytest

from tests.fault.clusters import (
    database,
    postgis,
)


def test_control_files_are_linked_as_installing_would(base: Path) -> None:
    """Debian links postgis.control when it installs; an unpacked package has only postgis-3.control."""
    for name in ("postgis-3.control", "postgis_topology-3.control", "pg_trgm.control"):
        (base / name).write_text(name, encoding="ascii")
    (base / "postgis_topology.control").write_text("own", encoding="ascii")
    for _ in range(2):
        postgis.link_controls(base)
    assert (base / "postgis.control").read_text(encoding="ascii") == "postgis-3.control"
    assert (base / "postgis_topology.control").read_text(encoding="ascii") == "own"
    assert not (base / "postgis-3-3.control").exists()


@pytest.fixture
def fake_apt(base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An apt-get which notes what it is asked for, and whether Debian's own server is forbidden by then."""
    programs = base / "programs"
    programs.mkdir()
    monkeypatch.setattr(postgis, "NO_MAIN_CLUSTER", base / "createcluster.d/wangge.conf")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    script = f"""#!/bin/sh
cat {base}/createcluster.d/wangge.conf >> {base}/asked 2>/dev/null
echo "$*" >> {base}/asked
case "$*" in
  *update*) touch {base}/updated ;;
  *) echo no such package; test -e {base}/updated -a ! -e {base}/broken ;;
esac
"""
    (programs / "apt-get").write_text(script, encoding="ascii")
    (programs / "apt-get").chmod(0o755)
    return base / "asked"


def test_debian_is_told_not_to_start_a_server_before_anything_is_installed(fake_apt: Path) -> None:
    postgis.install_packages(("wangge-none", "dpkg"))
    asked = fake_apt.read_text(encoding="ascii").splitlines()
    assert asked[::2] == ["create_main_cluster = false"] * 3
    assert ["update" in line for line in asked[1::2]] == [False, True, False]
    assert all("DPkg::Lock::Timeout=300" in line for line in asked[1::2])
    assert asked[-1].endswith("--no-install-recommends wangge-none")


def test_what_apt_cannot_install_is_named_with_the_way_out(fake_apt: Path, base: Path) -> None:
    (base / "broken").touch()
    with pytest.raises(database.DatabaseError, match=r"(?s)wangge-none:\nno such package.*DATABASE_URL"):
        postgis.install_packages(("wangge-none",))


def test_an_unpacking_that_fails_leaves_nothing_that_looks_complete(fake_apt: Path, base: Path) -> None:
    (base / "broken").touch()
    with pytest.raises(
        database.DatabaseError, match=r"(?s)could not download.*apt-get install postgresql-15"
    ):
        postgis.install(base / "dist", force_unpacked=True)
    assert postgis.programs(base / "dist") is None


def test_an_unpacked_copy_is_complete_after_an_interrupted_one(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is real, made here; apt-get only pretends to have fetched it."""
    share, library = "usr/share/postgresql/15/extension", "usr/lib/x86_64-linux-gnu"
    made = base / "package"
    files = [f"usr/lib/postgresql/15/bin/{name}" for name in ("postgres", "psql")]
    files += [f"{share}/{name}.control" for name in ("postgis-3", "btree_gist", "pg_trgm")]
    for name in (*files, f"{library}/libgeos.so.3"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).touch()
    (made / "DEBIAN").mkdir()
    said = "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: none\nDescription: x\n"
    (made / "DEBIAN/control").write_text(said, encoding="ascii")
    archives = base / "dist.apt/cache/archives"
    script = f"#!/bin/sh\ncase $* in *download-only*) dpkg-deb -b {made} {archives}/x.deb ;; esac\n"
    (base / "apt-get").write_text(script, encoding="ascii")
    (base / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{base}:{os.environ['PATH']}")
    (base / "dist.new/usr").mkdir(parents=True)
    programs = postgis.install(base / "dist", force_unpacked=True)
    assert programs.folder == base / "dist/usr/lib/postgresql/15/bin"
    assert programs.environment["LD_LIBRARY_PATH"] == str(base / "dist" / library)
    assert programs.environment["PROJ_DATA"] == str(base / "dist/usr/share/proj")
    assert sorted(path.name for path in base.glob("dist*")) == ["dist", "dist.lock"]


def test_other_systems_are_told_to_use_a_server(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgis, "OS_RELEASE", base / "os-release")
    (base / "os-release").write_text('ID=debian\nVERSION_ID="13"\n', encoding="ascii")
    with pytest.raises(database.DatabaseError, match=r"this system: debian 13.*DATABASE_URL"):
        postgis.install(base / "dist", force_unpacked=True)
