"""A table that leaves is masked, marked, limited, has a reason, and is recorded with its fingerprint."""

from __future__ import annotations

import csv
import io
import stat
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2
import pytest
from flask.testing import FlaskClient

from geo_app.core import door
from geo_app.core.actor import Actor, Scope
from geo_app.core.errors import BadInput
from geo_app.exports import service, table
from geo_app.identity import permissions
from layers.words import Lang
from tests.integration.conftest import Run, Town
from tests.integration.privacy.telling import CALL, PHONE, post, told

WHY = "月度案件分析"


def order(**changes: Any) -> dict[str, Any]:
    return {"things": "incidents", "format": "csv", "reason": WHY, **changes}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_csv_is_made_marked_and_recorded(town: Town, town_client: FlaskClient) -> None:
    told(town_client)
    answer = post(town_client, "/api/exports", order(reason=f"{WHY} {PHONE}"), "e")
    assert answer.status_code == 201
    found = rows(answer.data)
    assert list(found[0]) == table.head(Lang.ZH)
    assert len(found) == town.one("SELECT count(*) FROM incident")
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert {row["导出"].split()[0] for row in found} == {str(number)}
    assert answer.headers["Content-Disposition"] == f'attachment; filename="incidents-town-{number}.csv"'
    kind, subject, reason, data = town.one(
        "SELECT kind, subject, reason, data FROM fact WHERE kind = 'export.made'"
    )
    assert (subject, reason) == (number, f"{WHY} 139****4321")
    assert (data["rows"], data["sha256"]) == (len(found), sha256(answer.data).hexdigest())
    shown = town_client.get(answer.headers["Location"]).get_json()
    assert (shown["id"], shown["reason"], shown["sha256"]) == (number, reason, data["sha256"])
    assert town_client.get("/api/exports").get_json()["items"] == [shown]
    assert kind == "export.made"


def test_a_workbook_is_made_in_the_language_asked_for(town: Town, town_client: FlaskClient) -> None:
    told(town_client)
    answer = post(town_client, "/api/exports", order(format="xlsx", lang="en"), "e")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    data, about = book.worksheets
    assert [cell.value for cell in data[1]] == table.head(Lang.EN)
    assert data["A2"].data_type == "n"
    assert WHY in [cell.value for cell in about["B"]]
    assert (
        "tester" in data.oddHeader.left.text
        or "system" in data.oddHeader.left.text
        or "nobody" in data.oddHeader.left.text
    )


def test_the_same_key_makes_no_second_file(town: Town, town_client: FlaskClient) -> None:
    assert post(town_client, "/api/exports", order()).status_code == 201
    again = post(town_client, "/api/exports", order())
    assert (again.status_code, town.one("SELECT count(*) FROM export")) == (409, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "啊"}, {"reason": "     a     "}, {"reason": "\x00" * 9}, {"things": "people"}, {"format": "pdf"},
        {"filters": {"since": "yesterday"}}, {"filters": {"state": "lost"}}, {"lang": "fr"},
    ],
)  # fmt: skip
def test_an_order_that_breaks_a_rule_makes_nothing(
    town: Town, town_client: FlaskClient, wrong: dict[str, Any]
) -> None:
    assert post(town_client, "/api/exports", order(**wrong)).status_code == 422
    assert town.one("SELECT count(*) FROM export") == 0
    assert town.all("SELECT id FROM fact WHERE kind = 'export.made'") == []


def test_over_the_limit_nothing_leaves_and_the_way_to_narrow_is_told(
    town: Town, town_client: FlaskClient
) -> None:
    town_client.application.extensions["settings"] = replace(town.settings, export_rows="2")
    answer = post(town_client, "/api/exports", order())
    assert (answer.status_code, answer.get_json()["field"]) == (422, "rows")
    assert "at most 2 rows" in answer.get_json()["detail"]
    assert "narrow" in answer.get_json()["detail"]
    narrowed = post(town_client, "/api/exports", order(filters={"state": "open"}), "narrowed")
    assert len(rows(narrowed.data)) == 2


def test_what_is_chosen_leaves_and_nothing_else(
    town: Town, town_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 2)  # several pages
    new = told(town_client)["id"]
    everything = rows(post(town_client, "/api/exports", order(), "1").data)
    assert [int(row["编号"]) for row in everything] == town.all(
        "SELECT id FROM incident ORDER BY occurred_at DESC, id DESC"
    )
    at = town.one("SELECT occurred_at FROM incident WHERE id = %(id)s", id=new).isoformat()
    since = rows(post(town_client, "/api/exports", order(filters={"since": at}), "2").data)
    until = rows(post(town_client, "/api/exports", order(filters={"until": at}), "3").data)
    assert ([int(row["编号"]) for row in since], len(until)) == ([new], len(everything) - 1)
    closed = rows(post(town_client, "/api/exports", order(filters={"state": "closed"}), "4").data)
    assert {row["状态"] for row in closed} == {"已结案"}


def test_what_was_exported_can_be_loaded(town: Town, geo: Run, tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        for ending in ("csv", "xlsx"):
            file = tmp_path / f"{lang}.{ending}"
            geo("exports", "make", "incidents", "--reason", WHY, "--out", file, "--lang", lang)
            told_of = geo("incidents", "load", file, "--dry-run")
            assert f"{town.one('SELECT count(*) FROM incident')} rows" in told_of


def test_the_command_line_makes_lists_and_finds_whose_a_file_is(
    town: Town, town_client: FlaskClient, geo: Run, tmp_path: Path
) -> None:
    told(town_client)
    file = tmp_path / "a.xlsx"
    said = geo("exports", "make", "incidents", "--reason", f"{WHY} {CALL}", "--out", file)
    assert sha256(file.read_bytes()).hexdigest() in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (found,) = geo("exports", "list", "--file", file, "--json")
    assert (found["reason"], found["actor"]) == (f"{WHY} 188****9876", "system")
    assert geo("exports", "show", found["id"], "--json")["sha256"] in said
    file.write_bytes(b"another")
    assert geo("exports", "list", "--file", file, "--json") == []
    with pytest.raises(BadInput):
        geo("exports", "make", "incidents", "--reason", WHY, "--out", tmp_path / "a.pdf")


def test_one_sees_ones_own_exports_and_who_reads_the_audit_sees_all(
    town: Town, town_client: FlaskClient
) -> None:
    app = town_client.application
    numbers = {}
    for name, role in (("wang.li", "dispatcher"), ("zhao.lei", "planner"), ("sun.qi", "audit_admin")):
        actor = Actor(name, permissions.of_roles([role]), Scope(everything=True), 1)
        door.identify(app, lambda who=actor: who)
        made = post(app.test_client(), "/api/exports", order(), name)
        numbers[name] = {one["id"] for one in app.test_client().get("/api/exports").get_json()["items"]}
        assert made.status_code == (403 if role == "audit_admin" else 201)
    first, second = town.all("SELECT id FROM export ORDER BY id")
    assert numbers == {"wang.li": {first}, "zhao.lei": {second}, "sun.qi": {first, second}}
    planner = Actor("zhao.lei", permissions.of_roles(["planner"]), Scope(everything=True), 1)
    door.identify(app, lambda: planner)
    assert app.test_client().get(f"/api/exports/{first}").status_code == 404


def test_nobody_changes_or_deletes_what_is_known_of_an_export(town: Town, town_client: FlaskClient) -> None:
    post(town_client, "/api/exports", order())
    for statement in ("UPDATE export SET reason = 'another'", "DELETE FROM export"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            town.run(statement)
