"""Who told a report is shown masked, revealed with a reason that is recorded; they see, correct and erase it."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

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

FACTS = "SELECT kind, subject, reason, data::text FROM fact WHERE kind LIKE 'person.%%' ORDER BY id"


def test_everybody_sees_what_was_told_masked(town: Town, town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    shown = town_client.get(f"/api/incidents/{incident}").get_json()["properties"]
    assert (shown["description"], shown["address"]) == (MASKED, "中山路1号3号楼*单元***室")
    report = only_report(town_client, incident)
    assert (report["name"], report["phone"], report["description"]) == ("欧阳**", "139****4321", MASKED)
    assert town.all("SELECT kind FROM fact WHERE kind LIKE 'person.%%'") == []


def test_one_report_is_revealed_with_a_reason_and_recorded_each_time(
    town: Town, town_client: FlaskClient
) -> None:
    incident = told(town_client)["id"]
    report = only_report(town_client, incident)["id"]
    path = f"/api/incidents/{incident}/reports/{report}/reveal"
    for _ in range(2):
        answer = post(town_client, path, {"reason": f"  {WHY} {PHONE} "}, "same")
        assert answer.get_json() == {
            "name": NAME, "phone": PHONE, "description": DESCRIPTION, "address": ADDRESS,
        }  # fmt: skip
        assert answer.headers["Cache-Control"] == "no-store"
    facts = town.all(FACTS)
    assert [(kind, subject, reason, json.loads(data)) for kind, subject, reason, data in facts] == [
        ("person.unmasked", incident, f"{WHY} 139****4321", {"report": report})
    ] * 2
    assert town.one("SELECT count(*) FROM idempotency") == 1, "that of the report"


@pytest.mark.parametrize(
    "said", [{}, {"reason": "啊"}, {"reason": " " * 20}, {"reason": "x" * 501}, {"reason": None}]
)
def test_without_a_reason_nothing_is_revealed(town: Town, town_client: FlaskClient, said: object) -> None:
    incident = told(town_client)["id"]
    report = only_report(town_client, incident)["id"]
    answer = post(town_client, f"/api/incidents/{incident}/reports/{report}/reveal", said)
    assert answer.status_code == 422
    assert PHONE not in answer.get_data(as_text=True)
    assert town.all(FACTS) == []


def test_a_report_of_another_incident_is_not_found(town: Town, town_client: FlaskClient) -> None:
    first, second = told(town_client, "1")["id"], told(town_client, "2")["id"]
    report = only_report(town_client, first)["id"]
    answer = post(town_client, f"/api/incidents/{second}/reports/{report}/reveal", {"reason": WHY})
    assert (answer.status_code, town.all(FACTS)) == (404, [])


def test_who_holds_the_code_sees_their_own_report_masked(town: Town, town_client: FlaskClient) -> None:
    said = told(town_client)
    code = said["code"]
    assert len(set(code) - {"-"}) > 4
    own = town_client.get(f"/api/reports/{code.lower().replace('-', ' ')}").get_json()
    assert (own["incident"], own["name"], own["phone"], own["state"]) == (
        said["id"], "欧阳**", "139****4321", "reported",
    )  # fmt: skip
    assert town_client.get("/api/reports/AAAA-AAAA-AAAA-AAAA").status_code == 404
    assert (
        town.one("SELECT count(*) FROM report WHERE encode(code_hash, 'escape') LIKE %(code)s", code=code)
        == 0
    )


def test_who_holds_the_code_corrects_what_is_kept_of_them(town: Town, town_client: FlaskClient) -> None:
    said = told(town_client)
    new = {"reporter": {"phone": "010-62345678", "address": "中山路1号5号楼101室"}}
    own = post(town_client, f"/api/reports/{said['code']}/correct", new, "c").get_json()
    assert (own["name"], own["phone"], own["address"]) == ("欧阳**", "010-****5678", "中山路1号5号楼***室")
    report = own["id"]
    plain = post(
        town_client, f"/api/incidents/{said['id']}/reports/{report}/reveal", {"reason": WHY}
    ).get_json()
    assert (plain["name"], plain["phone"], plain["address"]) == (NAME, "010-62345678", "中山路1号5号楼101室")
    kind, _, _, data = town.all(FACTS)[0]
    assert (kind, json.loads(data)) == (
        "person.corrected",
        {"report": report, "fields": ["phone", "address"]},
    )


def test_who_holds_the_code_erases_what_is_kept_of_them_and_what_happened_stays(
    town: Town, town_client: FlaskClient
) -> None:
    said = told(town_client)
    facts = town.one("SELECT count(*) FROM fact")
    path = f"/api/reports/{said['code']}"
    for key in ("1", "2"):
        own = post(town_client, f"{path}/erase", {}, key).get_json()
        assert (own["name"], own["phone"], own["description"]) == (None, None, MASKED)
        assert own["erased_at"]
    assert town.one(
        "SELECT num_nonnulls(name_sealed, phone_sealed, description_sealed, address_sealed, name_index, phone_index)"
        " FROM report WHERE id = %(id)s", id=own["id"],
    ) == 0  # fmt: skip
    assert town.one("SELECT count(*) FROM fact") == facts + 1
    reveal = post(town_client, f"/api/incidents/{said['id']}/reports/{own['id']}/reveal", {"reason": WHY})
    assert reveal.status_code == 409
    assert post(town_client, f"{path}/correct", {"reporter": {"name": "x"}}, "3").status_code == 409


def test_a_person_is_found_by_exactly_their_phone_or_name_with_a_reason(
    town: Town, town_client: FlaskClient, geo: Run
) -> None:
    said = told(town_client)
    told(town_client, "other", reporter={"name": "别人", "phone": "13900000000"})
    for by, value in (("phone", "+86 139-8765-4321"), ("name", f" {NAME}")):
        rows = geo("privacy", "find", "--by", by, "--value", value, "--reason", WHY, "--json")
        assert [row["incident"] for row in rows] == [said["id"]]
    assert geo("privacy", "find", "--by", "phone", "--value", "1398765432", "--reason", WHY, "--json") == []
    assert [(kind, reason) for kind, _, reason, _ in town.all(FACTS)] == [("person.searched", WHY)] * 3
