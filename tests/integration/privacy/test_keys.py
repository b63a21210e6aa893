"""Keys may be changed at any time; what was plain before is sealed once; the database holds no plain value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from flask.testing import FlaskClient

from geo_app.app import create_app
from geo_app.core import db
from tests import people
from tests.databases import connected
from tests.integration.conftest import Run, Town
from tests.integration.privacy.telling import (
    ADDRESS,
    DESCRIPTION,
    MASKED,
    NAME,
    PHONE,
    WHY,
    only_report,
    post,
    told,
)

KEYS = "SELECT DISTINCT encode(key_id, 'hex') FROM report WHERE key_id IS NOT NULL"


@pytest.fixture
def own_keys(town: Town, tmp_path: Path) -> Town:
    """The town with keys of its own."""
    settings = replace(town.settings, work=str(tmp_path))
    database = db.Database(settings.app_database_url, settings)
    return Town(town.city, database, settings)


def test_rotation_seals_everything_under_a_new_key_and_can_be_begun_again(
    own_keys: Town, monkeypatch: pytest.MonkeyPatch, geo: Run
) -> None:
    monkeypatch.setattr("geo_app.core.settings.connected", lambda: own_keys.settings)
    monkeypatch.setattr("geo_app.privacy.cli.BATCH", 2)
    client = people.everybody(create_app(own_keys.settings, own_keys.database))
    incidents = [told(client, str(number))["id"] for number in range(5)]
    (old,) = own_keys.all(KEYS)
    said = geo("privacy", "rotate", "--new-key")
    (new,) = own_keys.all(KEYS)
    assert new != old
    assert f"5 reports under key {new}, 0 under others" in said
    assert f"0 reports under key {new}" in geo("privacy", "rotate")
    client.application.extensions["database"].safe.refresh()
    for incident in incidents:
        report = only_report(client, incident)["id"]
        plain = post(client, f"/api/incidents/{incident}/reports/{report}/reveal", {"reason": WHY}).get_json()
        assert (plain["name"], plain["description"]) == (NAME, DESCRIPTION)
    found = geo("privacy", "find", "--by", "phone", "--value", PHONE, "--reason", WHY, "--json")
    assert len(found) == 5
    client.application.extensions["feed"].stop()
    own_keys.database.dispose()


def test_what_was_plain_before_is_sealed_and_masked_once(
    town: Town, town_client: FlaskClient, geo: Run
) -> None:
    incident = told(town_client, description="x", address="中山路1号")["id"]
    town.run("UPDATE incident SET description = %(d)s, address = %(a)s, is_masked = false WHERE id = %(id)s",
             d=DESCRIPTION, a=ADDRESS, id=incident)  # fmt: skip
    with connected(town.settings.database_url) as cursor:  # as a release before left it
        cursor.execute("ALTER TABLE report DROP CONSTRAINT report_holds_no_plain_person")
        cursor.execute(
            "UPDATE report SET name_sealed = NULL, phone_sealed = NULL, description = %s, address = %s,"
            " reporter_name = %s, reporter_phone = %s, is_masked = false WHERE incident_id = %s",
            (DESCRIPTION, ADDRESS, NAME, PHONE, incident),
        )
    assert "2 reports and incidents" in geo("privacy", "seal")
    assert "0 reports and incidents" in geo("privacy", "seal")
    row = town.one("SELECT description, address, reporter_name, reporter_phone FROM report WHERE incident_id = %(id)s",
                   id=incident)  # fmt: skip
    assert row == (MASKED, "中山路1号3号楼*单元***室", None, None)
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]
    assert (shown["description"], shown["address"]) == (MASKED, "中山路1号3号楼*单元***室")
    report = only_report(town_client, incident)["id"]
    plain = post(
        town_client, f"/api/incidents/{incident}/reports/{report}/reveal", {"reason": WHY}
    ).get_json()
    assert plain == {"name": NAME, "phone": PHONE, "description": DESCRIPTION, "address": ADDRESS}


def test_the_plain_columns_take_nothing_any_more(town: Town, town_client: FlaskClient) -> None:
    told(town_client)
    with pytest.raises(psycopg2.errors.CheckViolation):
        town.run("UPDATE report SET reporter_phone = '1'")
