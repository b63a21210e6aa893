"""Archives: what is in them comes out, and nothing else happens."""

from __future__ import annotations

import gzip
import stat
import zipfile
from pathlib import Path

import pytest

from geo_app.core.errors import BadInput
from geo_app.core.unpack import MOST_FILES, unpack


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The folder archives are unpacked into."""
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def test_a_file_that_is_no_archive_stays_where_it_is(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    assert unpack(path, into) == [path]


def test_gz_and_zip_come_out_whole(tmp_path: Path, into: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"one"))
    assert [path.read_bytes() for path in unpack(tmp_path / "a.csv.gz", into)] == [b"one"]
    path = zipped(tmp_path / "a.zip", {"b.csv": b"two", "in/c.csv": b"three"})
    assert [found.relative_to(into).as_posix() for found in unpack(path, into)] == ["b.csv", "in/c.csv"]
    assert (into / "in" / "c.csv").read_bytes() == b"three"


@pytest.mark.parametrize("name", ["../out.csv", "a/../../out.csv", "/out.csv", "..\\out.csv", "C:\\out.csv"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    with pytest.raises(BadInput, match="stay in its folder"):
        unpack(zipped(tmp_path / "a.zip", {"good.csv": b"1", name: b"2"}), into)
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip", "into"}


def test_a_link_is_refused(tmp_path: Path, into: Path) -> None:
    entry = zipfile.ZipInfo("link.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(BadInput, match="stay in its folder"):
        unpack(tmp_path / "a.zip", into)


def test_a_bomb_is_stopped_at_the_limit_and_leaves_no_file(tmp_path: Path, into: Path) -> None:
    zeros = b"\0" * 5_000_000
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(zeros))
    for path in (tmp_path / "a.csv.gz", zipped(tmp_path / "a.zip", {"a.csv": zeros})):
        with pytest.raises(BadInput, match="1,000,000 bytes"):
            unpack(path, into, largest=1_000_000)
        assert list(into.iterdir()) == []


def test_the_limit_is_for_all_files_of_an_archive_together(tmp_path: Path, into: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{number}.csv": b"\0" * 400_000 for number in range(3)})
    with pytest.raises(BadInput, match="bytes"):
        unpack(path, into, largest=1_000_000)


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, into: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{number}": b"" for number in range(MOST_FILES + 1)})
    with pytest.raises(BadInput, match="files"):
        unpack(path, into)


@pytest.mark.parametrize("name", ["a.zip", "a.csv.gz"])
def test_a_broken_archive_is_named(tmp_path: Path, into: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x1f\x8bnot an archive")
    with pytest.raises(BadInput, match="can be read"):
        unpack(tmp_path / name, into)


def test_a_missing_file_is_named(tmp_path: Path, into: Path) -> None:
    with pytest.raises(BadInput, match="exists"):
        unpack(tmp_path / "none.csv", into)


def test_a_bomb_within_the_limit_is_known_by_its_ratio(
    tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_app.core.unpack.SMALL", 100_000)
    path = zipped(tmp_path / "a.zip", {"a.csv": b"\0" * 5_000_000})
    with pytest.raises(BadInput, match="when unpacked"):
        unpack(path, into)
    assert list(into.iterdir()) == []
