"""Shapes of what people send to the doors about a trouble: where it is, what it is, who says so."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from shapely import Point

from geo_app.core import coords
from geo_app.core.coords import Given
from geo_app.incidents.model import LONGEST_ADDRESS, LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_PHONE


class Strict(BaseModel):
    """A body that means exactly what it says: no member we do not know, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Position(Strict):
    """Coordinates and their frame: wgs84, cgcs2000, gcj02, bd09 or epsg:<number> (then x and y)."""

    lon: float = Field(allow_inf_nan=False)
    lat: float = Field(allow_inf_nan=False)
    frame: str = Field(min_length=1, max_length=20)

    @property
    def given(self) -> Given:
        """Return the raw coordinates as they were given."""
        return Given(self.lon, self.lat, self.frame)


class Reporter(Strict):
    """Who reports; sealed with the report, shown masked."""

    name: str | None = Field(None, max_length=LONGEST_NAME)
    phone: str | None = Field(None, max_length=LONGEST_PHONE)


class Trouble(Strict):
    """What somebody tells about a trouble."""

    description: str = Field(min_length=1, max_length=LONGEST_DESCRIPTION)
    address: str | None = Field(None, min_length=1, max_length=LONGEST_ADDRESS)
    position: Position | None = None
    reporter: Reporter = Reporter(name=None, phone=None)

    @property
    def given(self) -> Given | None:
        """Return the raw coordinates as they were given, if any."""
        return None if self.position is None else self.position.given

    @property
    def point(self) -> Point | None:
        """Return the position, WGS 84 lon/lat; BadInput when there can be none."""
        return None if self.given is None else coords.point(self.given, "position")
