"""A phone and an identity number are planted everywhere; no table, fact, job, answer, event, log or export has them."""

from __future__ import annotations

import csv
import io
import zipfile
from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo_app.core import clock, jobs
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import Refused
from tests import pictures
from tests.integration.conftest import Run, Town
from tests.integration.privacy.telling import (
    ADDRESS,
    CALL,
    CARD,
    DESCRIPTION,
    NAME,
    PHONE,
    WHY,
    body,
    dump,
    found,
    only_report,
    post,
    told,
)


def table(folder: Path) -> Path:
    """Write a table of reports with the planted values, one of them refused."""
    path = folder / "reports.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["category", "description", "address", "occurred_at", "key"])
        writer.writerow([body()["category"], DESCRIPTION, ADDRESS, "2026-05-01 08:00", "1"])
        writer.writerow([f"类别 {PHONE}", DESCRIPTION, ADDRESS, "2026-05-01 08:00", "2"])
    return path


def plant(town: Town, client: FlaskClient) -> list[str]:
    """Plant the values wherever people can write and return every answer; only a revealed one may repeat them."""
    answers = [post(client, "/api/incidents", body(), "replayed") for _ in range(2)]
    incident = answers[0].get_json()["id"]
    joined = {"channel": "web", "description": DESCRIPTION, "reporter": {"name": NAME}}
    answers += [
        post(client, "/api/incidents", body(category=f"电话 {CALL}"), "refused"),
        post(client, "/api/incidents", body(description=DESCRIPTION + "\x1b"), "refused too"),
        post(client, "/api/incidents", body(position=PHONE), "refused by its shape"),
        post(client, "/api/incidents", body(description="x", other=1), "replayed"),
        post(client, "/api/incidents", body(**{CALL: 1}), "refused by the name of a field"),
        post(client, "/api/incidents", {}, PHONE),
        post(client, "/api/incidents", body(), PHONE),
        post(client, "/api/incidents", body(description="x"), PHONE),
        post(client, "/api/login", {"username": PHONE, "password": CARD}),
        post(client, f"/api/incidents/{incident}/reports", joined, "joined"),
        client.patch(
            f"/api/incidents/{incident}", headers={"Idempotency-Key": "p", "If-Match": '"1"'},
            json={"position": {"lon": 117.0, "lat": 39.74, "frame": "wgs84"}, "address": ADDRESS},
        ),
    ]  # fmt: skip
    chosen = client.get(f"/api/incidents/{incident}/candidates").get_json()["candidates"][0]["responder"][
        "id"
    ]
    sent = post(client, f"/api/incidents/{incident}/assignments", {"responder": chosen}, "sent")
    version = sent.headers.get("ETag", '"1"')
    answers += [sent, client.post(
        f"/api/assignments/{sent.get_json()['id']}/steps", json={"step": "decline", "reason": f"打不通 {CALL}"},
        headers={"Idempotency-Key": "declined", "If-Match": version},
    )]  # fmt: skip
    report = client.get(f"/api/incidents/{incident}/reports").get_json()["items"][0]["id"]
    post(client, f"/api/incidents/{incident}/reports/{report}/reveal", {"reason": f"{WHY} {CALL}"})
    with town.database.transaction(SYSTEM) as tx:
        jobs.defer(tx, "patrols.match_routes", at=clock.now())
    code = answers[0].get_json()["code"]
    paths = [
        f"/api/incidents/{incident}", "/api/incidents?state=all", f"/api/incidents/{incident}/reports",
        f"/api/reports/{PHONE}", f"/api/incidents/{PHONE}", f"/api/incidents?state={PHONE}", f"/api/{CARD}",
        f"/api/reports/{code}", "/api/assignments?state=all", f"/api/incidents/{incident}/candidates",
    ]  # fmt: skip
    answers += [client.get(path) for path in paths]
    return [answer.get_data(as_text=True) + str(answer.headers) for answer in answers]


def test_no_planted_phone_card_name_or_flat_is_found_anywhere(
    town: Town, town_client: FlaskClient, geo: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = {f"answer {n}": text for n, text in enumerate(plant(town, town_client))}
    file = table(tmp_path)
    texts["cli refused"] = _refused(geo, file)
    texts |= {
        "cli list": geo("incidents", "list", "--state", "all"),
        "cli json": str(geo("incidents", "list", "--state", "all", "--json")),
        "cli audit": str(geo("audit", "list", "--json")),
        "cli assignments": geo("assignments", "list"),
    }
    texts |= exported(geo, town_client, tmp_path)
    texts |= {f"table {name}": text for name, text in dump(town.settings.database_url).items()}
    out, err = capfd.readouterr()
    texts |= {"standard output": out, "log": err}
    assert {name: leaks for name, text in texts.items() if (leaks := found(text))} == {}
    assert "person.unmasked" in texts["cli audit"]


def exported(geo: Run, client: FlaskClient, folder: Path) -> dict[str, str]:
    """Return every export there is as text, of workbooks every part."""
    texts = {}
    for lang, ending in product(("zh", "en"), ("csv", "xlsx")):
        order = {"things": "incidents", "format": ending, "lang": lang, "reason": f"{WHY} {CALL}"}
        answer = post(client, "/api/exports", order, f"{lang} {ending}")
        file = folder / f"{lang}.{ending}"
        geo("exports", "make", "incidents", "--reason", f"{WHY} {CALL}", "--lang", lang, "--out", file)
        for name, raw in ((f"export {lang}.{ending}", answer.data), (f"cli {file.name}", file.read_bytes())):
            texts[name] = unpacked(raw)
            assert "井盖丢了" in texts[name]
    return {**texts, "exports": client.get("/api/exports").get_data(as_text=True)}


def unpacked(raw: bytes) -> str:
    """Return a CSV as text, a workbook as the text of all its parts."""
    if not raw.startswith(b"PK"):
        return raw.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return "\n".join(archive.read(part).decode() for part in archive.namelist())


def test_no_photo_has_what_a_phone_wrote_beside_it(town: Town, town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    head = {"Idempotency-Key": "p"}
    sent = {"photo": (io.BytesIO(pictures.photo()), f"{PHONE}.jpg"), "code": ""}
    answer = town_client.post(f"/api/incidents/{incident}/photos", data=sent, headers=head)
    assert answer.status_code == 201
    assert found(dump(town.settings.database_url)["photo"]) == []
    for whole, small in town.all("SELECT whole, small FROM photo"):
        for raw in (bytes(whole), bytes(small)):
            assert not [one for one in pictures.PLANTED if one in raw]


def _refused(geo: Run, file: Path) -> str:
    """Return what loading a table says that is refused."""
    with pytest.raises(Refused) as refused:
        geo("incidents", "load", file)
    return str(refused.value)


def test_the_scan_would_find_them(town: Town, town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    only_report(town_client, incident)
    town.run(
        "UPDATE incident SET description = %(d)s WHERE id = %(id)s",
        d=f"电话 {CALL[:3]}-{CALL[3:]}",
        id=incident,
    )
    assert found(dump(town.settings.database_url)["incident"]) == [CALL]
