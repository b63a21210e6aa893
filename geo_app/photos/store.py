"""Photos in the database: rows with the picture in them, whole and small."""

from __future__ import annotations

from datetime import datetime

from geo_app.core import db
from geo_app.incidents import sealing
from geo_app.organisation.model import City
from geo_app.photos.model import Held, Photo, Picture

SQL = db.statements(__file__)


def held(tx: db.Transaction, incident_id: int, code: str | None) -> Held | None:
    """Return the report with this code, without a code the incident's first; None when there is none."""
    code_hash = None if code is None else sealing.code_hash(code)
    return tx.first(SQL.held, Held.read, incident_id=incident_id, code_hash=code_hash)


def incident_of(tx: db.Transaction, code: str) -> int | None:
    """Return the incident of the report with this code, None when there is none."""
    found: int | None = tx.value(SQL.incident_of, code_hash=sealing.code_hash(code))
    return found


def add(
    tx: db.Transaction, city: City, incident_id: int, report_id: int, picture: Picture, at: datetime
) -> Photo:
    """Store a picture as a photo of a report."""
    return tx.one(
        SQL.add, Photo.read, city_id=city.id, jurisdiction=city.jurisdiction, incident_id=incident_id,
        report_id=report_id, width=picture.width, height=picture.height, whole=picture.whole, small=picture.small,
        added_at=at,
    )  # fmt: skip


def photos(tx: db.Transaction, incident_id: int) -> list[Photo]:
    """Return what is known of the photos of an incident, in the order they came."""
    return tx.all(SQL.photos, Photo.read, incident_id=incident_id)


def content(tx: db.Transaction, incident_id: int, photo_id: int, *, is_small: bool) -> bytes | None:
    """Return the JPEG of a photo of this incident, None when there is none."""
    found: memoryview | None = tx.value(
        SQL.content, incident_id=incident_id, photo_id=photo_id, is_small=is_small
    )
    return None if found is None else bytes(found)


def erase(tx: db.Transaction, report_id: int) -> int:
    """Delete the photos of a report and return how many there were."""
    return tx.run(SQL.erase, report_id=report_id)


def count_expired(tx: db.Transaction, before: datetime) -> int:
    """Return how many photos belong to incidents closed before then."""
    count: int = tx.value(SQL.count_expired, before=before)
    return count


def erase_expired(tx: db.Transaction, before: datetime) -> int:
    """Delete the photos of incidents closed before then and return how many there were."""
    return tx.run(SQL.erase_expired, before=before)
