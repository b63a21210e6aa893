"""What is past its term goes, once and counted; what is not stays."""

from __future__ import annotations

import io
from datetime import timedelta

from flask.testing import FlaskClient

from geo_app.core import clock
from geo_app.privacy import jobs
from geo_app.privacy.model import TERMS
from tests import pictures
from tests.databases import connected
from tests.integration.conftest import Run, Town
from tests.integration.privacy.telling import told

DAYS = {term.what: term.days for term in TERMS}


def plant(town: Town, client: FlaskClient) -> tuple[int, int]:
    """Make one thing of each kind that is past its term and one that is not; return the incidents, old and young."""
    now = clock.now()
    old, young = told(client, "1")["id"], told(client, "2")["id"]
    for incident in (old, young):
        client.post(f"/api/incidents/{incident}/photos", headers={"Idempotency-Key": f"photo {incident}"},
                    data={"photo": (io.BytesIO(pictures.photo(size=(32, 32))), "a.jpg")})  # fmt: skip
    for incident, days in ((old, DAYS["report.person"] + 1), (young, DAYS["report.person"] - 1)):
        town.run("UPDATE incident SET state = 'closed', closed_at = %(at)s WHERE id = %(id)s",
                 at=now - timedelta(days=days), id=incident)  # fmt: skip
    told(client, "3")
    town.run("UPDATE responder_position SET at = %(at)s, given_x = 1, given_y = 1, given_frame = 'wgs84', accuracy = 3"
             " WHERE responder_id = (SELECT min(id) FROM responder)",
             at=now - timedelta(days=DAYS["responder.position"] + 1))  # fmt: skip
    town.run("INSERT INTO track_position (responder_id, at, city_id, jurisdiction, point)"
             " SELECT responder_id, %(at)s, city_id, jurisdiction, point FROM responder_position LIMIT 1",
             at=now - timedelta(days=DAYS["responder.track"] + 2))  # fmt: skip
    owner = "INSERT INTO responder_off SELECT min(id), %(at)s, %(at)s FROM responder"
    with connected(town.settings.database_url) as cursor:
        cursor.execute(owner, {"at": now - timedelta(days=DAYS["responder.off"] + 1)})
    for hours in (1, 25):
        town.run("INSERT INTO login_failure (address, username_hash, at) VALUES ('::1', 'x', %(at)s)",
                 at=now - timedelta(hours=hours))  # fmt: skip
    return old, young


def test_what_is_past_its_term_goes_and_the_rest_stays(
    town: Town, town_client: FlaskClient, geo: Run
) -> None:
    old, young = plant(town, town_client)
    dry = geo("privacy", "retain", "--dry-run", "--json")
    assert {row["what"]: row["gone"] for row in dry} == dict.fromkeys(DAYS, 1)
    assert town.one("SELECT count(*) FROM login_failure") == 2
    assert town.all("SELECT kind FROM fact WHERE kind = 'retention.ran'") == []
    jobs.retain(town.database, town.settings)
    held = "SELECT name_sealed IS NOT NULL FROM report WHERE incident_id = %(id)s"
    assert (town.one(held, id=old), town.one(held, id=young)) == (False, True)
    assert town.one("SELECT count(*) FROM login_failure") == 1
    assert (
        town.one("SELECT count(*) FROM responder_position WHERE given_x IS NOT NULL OR accuracy IS NOT NULL")
        == 0
    )
    assert town.all("SELECT data -> 'gone' FROM fact WHERE kind = 'retention.ran'") == [
        dict.fromkeys(DAYS, 1)
    ]
    again = geo("privacy", "retain", "--json")
    assert {row["what"]: row["gone"] for row in again} == dict.fromkeys(DAYS, 0)
