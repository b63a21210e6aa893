"""A file's content as rows of cells in a city's metric frame: opened, read, converted, with what was found."""

from __future__ import annotations

from pathlib import Path

from geo_app.exchange import frames, reading
from geo_app.exchange.frames import Target
from geo_app.exchange.model import Content, Reading
from geo_app.exchange.opening import opened
from grids.defects import Row


def read(path: Path, how: Reading, target: Target) -> Content:
    """Return what the file at `path` holds; BadInput names the field, the value and the rule of what it breaks."""
    with opened(path, how.layer) as file:
        found = reading.table(file, how)
        chosen = reading.columns(found, how)
        shapes, frame, findings = frames.metric(found, how, target)
        texts = {field: found.columns[column] for field, column in chosen.items()}
        nothing = [None] * len(shapes)
        rows = [
            Row(number, code or None, name or "", community or None, shape)
            for number, (code, name, community, shape) in enumerate(
                zip(
                    texts["code"],
                    texts.get("name", nothing),
                    texts.get("community", nothing),
                    shapes,
                    strict=True,
                ),
                1,
            )
        ]
        return Content(file.format, file.layers[0], frame, chosen, rows, (*findings, *found.findings))
