"""Texts of files: which encoding they are in, what was cut, what was encoded twice.

A DBF file says little: a .cpg file beside it, or a byte in its head, or nothing. What it says is tried; where it
says nothing, or not the truth, the encoding that fits all texts is proposed and waits for somebody's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shapely import GeometryCollection

from geo_app.core import sheet
from geo_app.core.errors import BadInput
from grids.defects import Finding, Kind, Mend, Weight

Columns = Mapping[str, Sequence[str | None]]
TRIED = ("utf-8", "gb18030")
FIELD = 10
"""Bytes of a field's name in a DBF file."""
PAGES = {0x4D: "gb18030", 0x4E: "cp949", 0x4F: "big5", 0x57: "cp1252", 0x03: "cp1252", 0x13: "cp932"}
"""Encodings by the byte 29 of a DBF file's head (language driver id)."""
NAMES = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "ansi 936": "gb18030"}
MOST_SHOWN = 20
MOSTLY = 0.8
"""Share of the texts that must read well after being decoded again before that is proposed."""
BROKEN = "�"


def shapefile(raw: Columns, path: Path, stated: str | None) -> tuple[Columns, tuple[Finding, ...]]:
    """Return the texts of a shapefile, given as one character a byte, and what is wrong with their encoding."""
    every = {name: [None if text is None else text.encode("latin-1") for text in raw[name]] for name in raw}
    heads = {name: name.encode("latin-1") for name in raw}
    used = [*heads.values(), *(text for texts in every.values() for text in texts if text is not None)]
    said = stated or _said(path)
    if stated is not None and not _fits(stated, used):
        fitting = [one for one in TRIED if _fits(one, used)]
        rule = "the encoding of its texts" + (f": {fitting[0]} fits all of them" if fitting else "")
        raise BadInput("encoding", stated, rule)
    findings: list[Finding] = []
    if all(text.isascii() for text in used):
        chosen = "ascii"
    elif said is not None and _fits(said, used):
        chosen = said
    else:
        chosen = next((one for one in TRIED if _fits(one, used)), "")
        findings.append(_misread(said, chosen, every))
        chosen = chosen or "utf-8"
    cut_rows = {name: _cut(texts, chosen) for name, texts in every.items()}
    read = {
        _decoded(heads[name], chosen): [None if one is None else _decoded(one, chosen) for one in texts]
        for name, texts in every.items()
    }
    findings += _cut_fields(heads, chosen) + _cut_texts(cut_rows)
    return read, tuple(findings)


def twice_encoded(raw: Columns) -> tuple[Columns, tuple[Finding, ...]]:
    """Return texts with UTF-8 that was read as something else set right, and a finding for each such column."""
    findings: list[Finding] = []
    read: dict[str, Sequence[str | None]] = {}
    for name, texts in raw.items():
        read[name] = texts
        broken = [number for number, text in enumerate(texts, 1) if text is not None and BROKEN in text]
        if broken:
            says = f"{name}: characters were lost ({BROKEN}); only the source has them"
            findings.append(_finding(Mend.CORRECT, says, broken, None, Weight.NOTED))
        for wrong in ("latin-1", "cp1252", "gb18030"):
            turned = {
                number: again
                for number, text in enumerate(texts, 1)
                if text is not None and not text.isascii() and (again := _again(text, wrong)) is not None
            }
            others = sum(text is not None and not text.isascii() for text in texts)
            if turned and len(turned) >= MOSTLY * others:
                sample = next(iter(turned.items()))
                says = f"{name}: UTF-8 that was read as {wrong}: {texts[sample[0] - 1]} is {sample[1]}"
                findings.append(_finding(Mend.READ, says, list(turned), "utf-8", Weight.OPEN))
                read[name] = [turned.get(number, text) for number, text in enumerate(texts, 1)]
                break
    return read, tuple(findings)


def cut(heading: str) -> str:
    """Return a heading as a DBF file keeps it: ten bytes."""
    return heading.encode()[:FIELD].decode(errors="ignore")


def plain(text: str) -> str:
    """Return the text that `core.sheet` guarded with an apostrophe, because a spreadsheet would have run it."""
    return text[1:] if text.startswith("'") and sheet.harmless(text[1:]) == text else text


def _said(path: Path) -> str | None:
    """Return the encoding a shapefile names, in its .cpg or the head of its .dbf; None when it names none."""
    named = path.with_suffix(".cpg")
    if named.is_file():
        text = named.read_bytes()[:40].decode("ascii", "ignore").strip().lower()
        return NAMES.get(text, text) or None
    with path.with_suffix(".dbf").open("rb") as file:
        head = file.read(32)
    return PAGES.get(head[29]) if len(head) == 32 else None


def _fits(encoding: str, texts: Sequence[bytes]) -> bool:
    """Return whether all texts are of an encoding; a character cut off at the very end is forgiven."""
    try:
        whole = b"\n".join(texts)
        whole.decode(NAMES.get(encoding.lower(), encoding))
    except LookupError:
        return False
    except UnicodeDecodeError:
        return all(_tail(text, encoding) is not None for text in texts)
    return True


def _tail(text: bytes, encoding: str) -> int | None:
    """Return how many bytes at the end of a text are a character that was cut, None when it is not its encoding."""
    name = NAMES.get(encoding.lower(), encoding)
    for gone in range(4):
        try:
            text[: len(text) - gone].decode(name)
        except UnicodeDecodeError:
            continue
        return gone
    return None


def _decoded(text: bytes, encoding: str) -> str:
    gone = _tail(text, encoding)
    name = NAMES.get(encoding.lower(), encoding)
    return text[: len(text) - (gone or 0)].decode(name, "replace").strip()


def _cut(texts: Sequence[bytes | None], encoding: str) -> list[int]:
    return [number for number, text in enumerate(texts, 1) if text is not None and _tail(text, encoding)]


def _misread(said: str | None, chosen: str, every: Mapping[str, Sequence[bytes | None]]) -> Finding:
    rows = sorted(
        {n for texts in every.values() for n, text in enumerate(texts, 1) if text and not text.isascii()}
    )
    if not chosen:
        tried = ", ".join(TRIED)
        says = f"the file says {said}, which it is not; none of {tried} fits"
        if said is None:
            says = f"the file does not say its encoding; none of {tried} fits"
        return _finding(Mend.CORRECT, says, rows, None, Weight.REFUSED)
    sample = next(text for texts in every.values() for text in texts if text and not text.isascii())
    text = _decoded(sample, chosen)[:20]
    says = f"the file says {said}, which it is not; read as {chosen} a text is {text}"
    if said is None:
        says = f"the file does not say its encoding; read as {chosen} a text is {text}"
    return _finding(Mend.READ, says, rows, chosen, Weight.OPEN)


def _cut_fields(heads: Mapping[str, bytes], encoding: str) -> list[Finding]:
    long = [_decoded(head, encoding) for head in heads.values() if len(head) >= FIELD]
    if not long:
        return []
    says = f"names of fields have {FIELD} bytes and may be cut: {', '.join(long[:MOST_SHOWN])}"
    return [_finding(Mend.CORRECT, says, [], None, Weight.NOTED)]


def _cut_texts(rows: Mapping[str, list[int]]) -> list[Finding]:
    return [
        _finding(Mend.CORRECT, f"{name}: the last character of a text is cut", numbers, None, Weight.NOTED)
        for name, numbers in rows.items()
        if numbers
    ]


def _again(text: str, wrong: str) -> str | None:
    """Return a text decoded as UTF-8 once more, None when it cannot be, or is not shorter for it."""
    try:
        again = text.encode(wrong).decode("utf-8")
    except UnicodeError:
        return None
    return again if len(again) < len(text) and again.isprintable() else None


def _finding(mend: Mend, says: str, rows: Sequence[int], to: str | None, weight: Weight) -> Finding:
    one = Finding(Kind.ENCODING, (), GeometryCollection(), 0.0, mend, says, tuple(rows), to)
    return replace(one, weight=weight, count=max(1, len(rows)))
