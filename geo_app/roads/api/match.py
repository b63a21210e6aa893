"""The door that puts a track onto the roads: a question, which changes nothing and of which nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import numpy as np
from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from geo_app.core import clock, describe, door, web
from geo_app.core.errors import BadInput
from geo_app.organisation import service as organisation
from geo_app.roads import answers, reading, service, travelled
from geo_app.roads.fixes import Fixes
from geo_app.roads.model import Floats, Mode
from geo_app.roads.reading import Name

routes = APIBlueprint("match", __name__, tag="Track matching")
MOST = 10_000
"""Fixes of one track at this door: close to three hours, one a second; longer ones by `geo roads match`."""
FARTHEST = 200_000.0
"""Metres between its fixes together: what lies far apart is looked for widely."""


class Strict(BaseModel):
    """A body that means exactly what it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OneFix(Strict):
    """Where somebody was and when: longitude and latitude (x and y of an epsg frame), RFC 3339, metres (68 %)."""

    lon: float = Field(allow_inf_nan=False)
    lat: float = Field(allow_inf_nan=False)
    at: str = Field(max_length=40)
    accuracy: float | None = Field(None, gt=0, allow_inf_nan=False)


class TrackLine(Strict):
    """A GeoJSON LineString; a third coordinate is not looked at."""

    type: Literal["LineString"]
    coordinates: list[Annotated[list[float], Field(min_length=2, max_length=3)]] = Field(
        min_length=1, max_length=MOST
    )


class TrackTimes(Strict):
    """When each place of the line was passed, RFC 3339, and how exact it is, metres (68 %)."""

    times: list[Annotated[str, Field(max_length=40)]] = Field(max_length=MOST)
    accuracy: list[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None] | None = Field(
        None, max_length=MOST
    )


class TrackFeature(Strict):
    """A track as a GeoJSON feature."""

    type: Literal["Feature"]
    geometry: TrackLine
    properties: TrackTimes


class Asked(Strict):
    """A track in order of time, as `fixes` or a GeoJSON `track`; frame wgs84, cgcs2000, gcj02, bd09 or epsg:<n>."""

    city: str | None = Field(None, max_length=40)
    frame: str = Field(min_length=1, max_length=20)
    mode: Annotated[Mode, Field(strict=False)] = Mode.WALK
    fixes: list[OneFix] | None = Field(None, min_length=1, max_length=MOST)
    track: TrackFeature | None = None


@routes.post("/api/roads/match")
@routes.input(Asked)
@routes.doc(**describe.door(answers.Track, is_question=True))
@door.permit("map.read")
def match(json_data: Asked) -> ResponseReturnValue:
    """Put a track onto the roads: which were travelled, when and how surely, and where that cannot be said."""
    if (json_data.fixes is None) == (json_data.track is None):
        raise BadInput("fixes", json_data.fixes is not None, "or track: exactly one of them")
    given, name = _listed(json_data.fixes or []) if json_data.track is None else _drawn(json_data.track)
    with web.transaction() as tx:
        city = organisation.city(tx, json_data.city)
        fixes = reading.metric(given, json_data.frame, city.srid, name)
        gone = float(np.hypot(*np.diff(fixes.xy, axis=0).T).sum())
        if gone > FARTHEST:
            raise BadInput(
                "fixes", f"{gone / 1000:.0f} km", f"at most {FARTHEST / 1000:.0f} km from fix to fix"
            )
        found = service.match(tx, city.id, json_data.mode, fixes)
    if found is None:
        raise BadInput("city", city.code, "a city with roads")
    return web.ok({"mode": json_data.mode, **travelled.track(*found, city.srid)})


def _listed(given: list[OneFix]) -> tuple[Fixes, Name]:
    """Return fixes as they were given, and how their fields are called."""
    moments = [clock.moment(one.at, f"fixes.{number}.at") for number, one in enumerate(given)]
    xy = np.array([(one.lon, one.lat) for one in given])
    fixes = Fixes(xy, _seconds(moments), _accuracy([one.accuracy for one in given]))
    return fixes, lambda number, field: f"fixes.{number}.{field}"


def _drawn(given: TrackFeature) -> tuple[Fixes, Name]:
    """Return the fixes of a GeoJSON feature, and how their fields are called."""
    line, told = given.geometry.coordinates, given.properties
    for field, some in (("times", told.times), ("accuracy", told.accuracy)):
        if some is not None and len(some) != len(line):
            raise BadInput(f"track.properties.{field}", len(some), "as many as the line has places")
    places = {"lon": "geometry.coordinates", "at": "properties.times", "accuracy": "properties.accuracy"}
    moments = [clock.moment(text, f"track.{places['at']}.{number}") for number, text in enumerate(told.times)]
    xy = np.array([place[:2] for place in line], dtype=np.float64)
    fixes = Fixes(xy, _seconds(moments), _accuracy(told.accuracy or [None] * len(line)))
    return fixes, lambda number, field: f"track.{places[field]}.{number}"


def _seconds(moments: list[datetime]) -> Floats:
    return np.array([moment.timestamp() for moment in moments])


def _accuracy(given: list[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in given], dtype=np.float64)
