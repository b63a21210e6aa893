"""A track put onto the roads, asked over HTTP and by file: the same roads, and every refusal names its field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from shapely import LineString

from geo_app.core import coords
from geo_app.core.errors import BadInput
from geo_app.roads import reading
from tests import build
from tests.integration.conftest import Run, Town

START = datetime(2026, 6, 1, 1, tzinfo=UTC)
PACE = 1.2
CORNERS = [(5.0, 1.0), (300.0, 1.0), (300.0, 195.0)]
"""Along the southern border of the town and up the fourth street."""
SOURCES = [1, 2, 3, 34, 41]
"""The roads there, in this order."""


def walked(corners: list[tuple[float, float]], rounds: int = 1) -> np.ndarray:
    """Return lon, lat of somebody who walks from corner to corner, a position a second."""
    line = LineString(corners * rounds)
    at = np.arange(0.0, line.length, PACE)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(line, at)) + np.array(build.TOWN_CORNER)
    return coords.convert(xy, build.TOWN_SRID, coords.WGS84)


def moments(count: int) -> list[str]:
    return [(START + timedelta(seconds=second)).isoformat() for second in range(count)]


def listed(lonlat: np.ndarray, **more: Any) -> list[dict[str, Any]]:
    rows = zip(lonlat.tolist(), moments(len(lonlat)), strict=True)
    return [{"lon": lon, "lat": lat, "at": at, **more} for (lon, lat), at in rows]


def ask(client: FlaskClient, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post("/api/roads/match", json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_json()


def test_a_track_is_told_by_its_roads_with_moments_and_a_line(still_client: FlaskClient) -> None:
    lonlat = walked(CORNERS)
    found = ask(still_client, {"frame": "wgs84", "fixes": listed(lonlat, accuracy=5.0)})
    edges = found["edges"]
    assert [one["source_id"] for one in edges] == SOURCES
    assert {one["name"] for one in edges} == {"中山路"}
    assert [one["is_against"] for one in edges] == [False] * 5
    assert edges[0]["entered_at"] == START.isoformat()
    assert [one["entered_at"] for one in edges[1:]] == [one["left_at"] for one in edges[:-1]]
    assert all(0.5 < one["confidence"] <= 1 for one in edges)
    assert found["gaps"] == []
    assert found["metres"] == pytest.approx(489, abs=20)  # the last fixes are too near to show another place
    line = shapely.geometry.shape(found["line"])
    assert shapely.hausdorff_distance(line, LineString(lonlat)) < 2e-4


def test_frames_and_geojson_say_the_same(still_client: FlaskClient) -> None:
    lonlat = walked(CORNERS)
    first = ask(still_client, {"frame": "wgs84", "fixes": listed(lonlat)})
    shifted = ask(still_client, {"frame": "gcj02", "fixes": listed(coords.from_wgs84(lonlat, "gcj02"))})
    line = {"type": "LineString", "coordinates": [[*one, 40.0] for one in lonlat.tolist()]}
    properties = {"times": moments(len(lonlat)), "accuracy": [None] * len(lonlat)}
    drawn = ask(
        still_client,
        {"frame": "wgs84", "track": {"type": "Feature", "geometry": line, "properties": properties}},
    )
    assert drawn == first
    assert [one["source_id"] for one in shifted["edges"]] == SOURCES


def test_what_lies_off_the_roads_is_a_gap_that_says_why(still_client: FlaskClient) -> None:
    lonlat = walked([(5.0, 0.0), (300.0, 0.0), (300.0, -500.0), (500.0, -500.0)])
    found = ask(still_client, {"frame": "wgs84", "fixes": listed(lonlat)})
    assert [one["source_id"] for one in found["edges"]] == SOURCES[:3]
    assert [(one["why"], one["words"], one["words_en"]) for one in found["gaps"]] == [
        ("no_road", "附近无道路", "No road near")
    ]
    assert found["gaps"][0]["ends_at"] == moments(len(lonlat))[-1]


def feature(times: list[str], **more: Any) -> dict[str, Any]:
    line = {"type": "LineString", "coordinates": [[116.0, 40.0], [116.0, 40.001]]}
    return {"type": "Feature", "geometry": line, "properties": {"times": times, **more}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "fixes"),
        ({"fixes": [{"lon": 116.0, "lat": 40.0, "at": "2026-06-01T01:00:00"}]}, "fixes.0.at"),
        ({"fixes": [{"lon": 116.0, "lat": 91.0, "at": moments(1)[0]}]}, "fixes.0.lon"),
        ({"fixes": [{"lon": 116.0, "lat": 40.0, "at": moments(1)[0], "accuracy": 0}]}, "fixes.0.accuracy"),
        ({"fixes": [{"lon": 116.0, "lat": 40.0, "at": at} for at in moments(2)[::-1]]}, "fixes.1.at"),
        ({"fixes": [{"lon": lon, "lat": 40.0, "at": at} for lon, at in zip((116.0, 119.0), moments(2), strict=True)]},
         "fixes"),
        ({"fixes": [{"lon": 116.0, "lat": 40.0, "at": moments(1)[0]}], "frame": "mars"}, "frame"),
        ({"fixes": [], "frame": "wgs84"}, "fixes"),
        ({"track": feature(moments(1))}, "track.properties.times"),
        ({"track": feature(moments(2), accuracy=[1.0])}, "track.properties.accuracy"),
        ({"track": feature(moments(2)[::-1])}, "track.properties.times.1"),
        ({"track": feature(moments(2)), "mode": "swim"}, "mode"),
        ({"fixes": listed(np.tile([[116.0, 40.0]], (10_001, 1)))}, "fixes"),
    ],
)  # fmt: skip
def test_what_cannot_be_names_its_field(still_client: FlaskClient, body: dict[str, Any], field: str) -> None:
    refused = ask(still_client, {"frame": "wgs84", **body}, 422)
    assert refused["field"] == field
    assert refused["rule"]


def test_a_city_without_roads_says_so(town: Town, town_client: FlaskClient) -> None:
    town.run("DELETE FROM road_network")
    refused = ask(town_client, {"frame": "wgs84", "fixes": listed(walked(CORNERS)[:3])}, 422)
    assert (refused["field"], refused["rule"]) == ("city", "a city with roads")


def table(path: Path, lonlat: np.ndarray) -> None:
    rows = [f"{one['at']},{one['lat']!r},{one['lon']!r},x" for one in listed(lonlat)]
    path.write_text("\n".join(["at,lat,lon,note", *rows, "", ""]), encoding="utf-8-sig")


def test_a_long_file_is_matched_while_it_is_read(
    town: Town, town_client: FlaskClient, geo: Run, tmp_path: Path
) -> None:
    round_trip = [(5.0, 1.0), (300.0, 1.0), (300.0, 195.0), (5.0, 195.0), (5.0, 1.0)]
    lonlat = walked(round_trip, 14)
    assert len(lonlat) > reading.TOGETHER
    track, out = tmp_path / "track.csv", tmp_path / "out.geojson"
    table(track, lonlat)
    told = geo("roads", "match", track, "--out", out, "--json")
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    parts = [one for one in features if one["geometry"]]
    assert told["positions"] == len(lonlat)
    assert told["edges"] == len(parts)
    assert told["gaps"] == len(features) - len(parts)
    assert told["metres"] == pytest.approx(14 * 1000, rel=0.01)
    first = ask(town_client, {"frame": "wgs84", "fixes": listed(lonlat[:3_000])})
    assert [one["properties"]["source_id"] for one in parts[:30]] == [
        one["source_id"] for one in first["edges"][:30]
    ]
    assert sorted(tmp_path.iterdir()) == sorted([track, out])


def test_a_table_that_cannot_be_read_names_its_row_and_leaves_the_file_there_was(
    town: Town, geo: Run, tmp_path: Path
) -> None:
    assert town
    track, out = tmp_path / "track.csv", tmp_path / "out.geojson"
    out.write_text("before")
    for text, field in (
        ("lon,lat\n1,2", "row 1"),
        ("lon,lat,at\n116,40,5\n116,forty,6", "row 3 lat"),
        ("lon,lat,at\n116,40,5\n\n116,40,4", "row 4 at"),
        ("lon,lat,at,accuracy\n116,40,5,-1", "row 2 accuracy"),
        ("lon,lat,at\n116,40,soon", "row 2 at"),
        ("lon,lat,at\n16,95,1", "row 2 lon"),
    ):
        track.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput) as refused:
            geo("roads", "match", track, "--out", out)
        assert refused.value.field == field
    assert out.read_text() == "before"
