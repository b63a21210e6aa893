"""Real road networks from GEO_DATA, read as roads in a metric CRS."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pyproj import Transformer
from shapely import LineString, Point

from geo_app.cities import kit
from geo_app.roads.model import Mode, Restriction, Road
from tests.sizes import is_soak

BEIJING, NEW_YORK = 4548, 32618
KITS = Path(__file__).parents[2] / "cities"


def data() -> Path | None:
    """Return the folder of real data, None when GEO_DATA does not name one."""
    return Path(os.environ["GEO_DATA"]) if os.environ.get("GEO_DATA") else None


def huitian(folder: Path) -> list[Road]:
    """Return the road edges in and around 回天: every direction is a road of its own."""
    path = folder / "huitian" / "roads" / "huitian_edges.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    ends = np.array([feature["geometry"]["coordinates"] for feature in features])
    lines = _metric(ends, BEIJING)
    return [
        Road(
            found["edge_id"],
            found["src"],
            found["dst"],
            found["highway"],
            found["name"] or "",
            1,
            LineString(line),
        )
        for found, line in zip((feature["properties"] for feature in features), lines, strict=True)
    ]


def manhattan(folder: Path) -> list[Road]:
    """Return Manhattan's directed arcs; the file gives no classes, so three take turns."""
    with zipfile.ZipFile(folder / "manhattan" / "roads" / "manhattan_graph_nodes_arcs.zip") as archive:
        nodes, arcs = (_rows(archive, name) for name in ("nodes.csv", "arcs.csv"))
    places = {int(float(index)): (float(x), float(y)) for index, x, y, *_ in nodes}
    pairs = [(int(float(start)), int(float(end))) for _, start, end, *_ in arcs]
    lines = _metric(np.array([[places[start], places[end]] for start, end in pairs]), NEW_YORK)
    classes = ("primary", "secondary", "residential")
    return [
        Road(number, start, end, classes[number % 3], "", 1, LineString(line))
        for number, ((start, end), line) in enumerate(zip(pairs, lines, strict=True))
    ]


def streets(folder: Path, name: str) -> list[Road]:
    """Return the roads of 回天 or Manhattan: in the soak all its kit brings, as benches use them, else a part."""
    if is_soak():
        return from_kit(folder, name)[0]
    return {"huitian": huitian, "manhattan": manhattan}[name](folder)


def porto(folder: Path) -> tuple[list[Road], list[Restriction]]:
    """Return the roads and restrictions of Porto as its kit brings them."""
    return from_kit(folder, "porto")


def from_kit(folder: Path, name: str) -> tuple[list[Road], list[Restriction]]:
    """Return the roads and restrictions the kit of a real city brings."""
    found = kit.examine(KITS / name, {"GEO_DATA": str(folder)}, datetime(2026, 1, 1, tzinfo=UTC)).data
    if found is None:
        raise ValueError(f"the kit {name} is refused")
    return list(found.roads), list(found.restrictions)


def beside(roads: Sequence[Road], rng: np.random.Generator, count: int) -> list[Point]:
    """Return points scattered up to some 100 m beside randomly chosen roads."""
    chosen = rng.integers(0, len(roads), count)
    shares, shifts = rng.uniform(0, 1, count), rng.normal(0, 50, (count, 2))
    places = [
        roads[number].geometry.interpolate(share, normalized=True)
        for number, share in zip(chosen, shares, strict=True)
    ]
    return [Point(place.x + dx, place.y + dy) for place, (dx, dy) in zip(places, shifts, strict=True)]


def middle(roads: Sequence[Road], span: float) -> list[Road]:
    """Return the roads that begin within `span` metres of the middle of all."""
    begins = np.array([road.geometry.coords[0] for road in roads])
    away = np.abs(begins - np.median(begins, axis=0)).max(axis=1)
    return [road for road, metres in zip(roads, away, strict=True) if metres <= span]


def around(
    roads: Sequence[Road], limits: Sequence[Restriction], span: float
) -> tuple[list[Road], list[Restriction]]:
    """Return `middle` of the roads, with the restrictions that speak only of them."""
    inside = middle(roads, span)
    chosen = {id(road) for road in inside}
    number = {old: new for new, old in enumerate(i for i, road in enumerate(roads) if id(road) in chosen)}
    kept = [one for one in limits if all(travel >> 1 in number for travel in one.travels)]
    moved = [
        replace(one, travels=tuple(2 * number[travel >> 1] + travel % 2 for travel in one.travels))
        for one in kept
    ]
    return inside, moved


def restrictions(roads: Sequence[Road], rng: np.random.Generator, count: int) -> list[Restriction]:
    """Return made-up restrictions of two to four roads that follow each other, a third of them `only`."""
    tips = [tip for road in roads for tip in ((road.from_node, road.to_node), (road.to_node, road.from_node))]
    leaving: dict[int, list[int]] = {}
    for travel, (tail, _) in enumerate(tips):
        if roads[travel >> 1].oneway in (0, -1 if travel & 1 else 1):
            leaving.setdefault(tail, []).append(travel)
    junctions = sorted(leaving)
    made = []
    for number in range(count):
        way = [int(rng.choice(leaving[int(rng.choice(junctions))]))]
        for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
            way += [int(rng.choice(goes)) for goes in [leaving.get(tips[way[-1]][1])] if goes]
        if len(way) > 1:
            made.append(Restriction(number, bool(rng.random() < 0.3), tuple(way), frozenset(Mode)))
    return made


def _rows(archive: zipfile.ZipFile, name: str) -> list[list[str]]:
    """Return the rows of one JEMSS file after its header, which starts with `index`."""
    rows = list(csv.reader(io.TextIOWrapper(archive.open(name), encoding="utf-8")))
    header = next(number for number, row in enumerate(rows) if row and row[0] == "index")
    return [row for row in rows[header + 1 :] if len(row) > 3]


def _metric(ends: np.ndarray, srid: int) -> np.ndarray:
    """Return (n, 2, 2) of lon, lat as metres."""
    transformer = Transformer.from_crs(4326, srid, always_xy=True)
    return np.stack(transformer.transform(ends[..., 0], ends[..., 1]), axis=-1)
