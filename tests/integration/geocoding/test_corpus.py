"""The address parser on 2,985 labelled addresses: whole parts, label and both ends right."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from geo_app.geocoding import parse

LEAST_F1 = 0.74
Span = tuple[str, int, int]


def addresses(path: Path) -> Iterator[tuple[str, set[Span]]]:
    """Yield the texts of a BIO file with their labelled spans; a line holds a token of one or more signs."""
    for block in gzip.decompress(path.read_bytes()).decode("utf-8").replace("\r", "").strip().split("\n\n"):
        text, spans = "", list[Span]()
        for line in block.splitlines():
            token, _, tag = line.rpartition(" ")
            label = tag[2:].lower()
            if tag.startswith("B-") or (tag.startswith("I-") and (not spans or spans[-1][0] != label)):
                spans.append((label, len(text), len(text) + len(token)))
            elif tag.startswith("I-"):
                spans[-1] = (label, spans[-1][1], len(text) + len(token))
            text += token
        yield text, set(spans)


def test_the_parser_reaches_its_figure_on_the_test_file(real_data: Path) -> None:
    right = found = wanted = 0
    for text, spans in addresses(real_data / "addresses" / "labelled" / "test.txt.gz"):
        mine = {(part.label.value, part.start, part.end) for part in parse.parts(text)}
        right, found, wanted = right + len(mine & spans), found + len(mine), wanted + len(spans)
    assert wanted > 10_000
    assert 2 * right / (found + wanted) >= LEAST_F1
