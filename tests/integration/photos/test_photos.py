"""Photos of a report: taken in by content, kept as pixels, shown to who sees the incident, gone with the person."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from geo_app.core import clock, door, forms, web
from geo_app.core.actor import NOBODY, SYSTEM, Actor, Scope
from geo_app.identity import permissions
from geo_app.photos.model import MOST
from geo_app.privacy import service as privacy
from tests import pictures
from tests.integration.conftest import Town
from tests.integration.privacy.telling import post, told


def send(
    client: FlaskClient, incident: int, raw: bytes, key: str = "p", name: str = "photo.jpg", **more: str
) -> TestResponse:
    """Send a photo as a page does."""
    data, kind = pictures.form(raw, name, **more)
    head = {"Idempotency-Key": key}
    return client.post(f"/api/incidents/{incident}/photos", data=data, content_type=kind, headers=head)


def test_a_photo_comes_in_once_and_only_its_pixels_stay(town: Town, town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    raw = pictures.photo(orientation=6)
    first, again = (send(town_client, incident, raw, "same") for _ in range(2))
    assert (first.status_code, again.get_json()) == (201, first.get_json())
    assert send(town_client, incident, pictures.photo(), "same").status_code == 422
    listed = town_client.get(f"/api/incidents/{incident}/photos").get_json()["items"]
    assert listed == [first.get_json()]
    assert (listed[0]["width"], listed[0]["height"]) == (480, 640)
    assert first.headers["Location"] == listed[0]["path"]
    for size in ("whole", "small"):
        answer = town_client.get(listed[0]["path"], query_string={"size": size})
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        shown = Image.open(io.BytesIO(answer.data))
        assert (shown.format, dict(shown.getexif())) == ("JPEG", {})
        assert not [one for one in pictures.PLANTED if one in answer.data]
    assert town_client.get(f"/api/incidents/{incident}").get_json()["properties"]["photos"] == 1
    facts = town.all("SELECT subject, data FROM fact WHERE kind = 'photo.added'")
    assert facts == [(incident, {"photo": listed[0]["id"], "report": listed[0]["report"]})]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"<html><script>alert(1)</script>", "photo.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.png"),
        (b"MZ\x90\x00", "photo.jpg"),
        (pictures.bomb(), "photo.png"),
        (b"", "photo.jpg"),
    ],
    ids=["page", "drawing", "program", "bomb", "empty"],
)
def test_a_file_that_lies_about_its_type_or_is_a_bomb_is_refused(
    town: Town, town_client: FlaskClient, raw: bytes, name: str
) -> None:
    incident = told(town_client)["id"]
    answer = send(town_client, incident, raw, name=name)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "photo")
    assert town.one("SELECT count(*) FROM photo") == 0


def test_a_photo_is_one_whatever_its_name_says(town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    assert send(town_client, incident, pictures.photo("PNG"), name="../../etc/passwd").status_code == 201


def test_too_large_a_form_is_refused_and_json_stays_as_small_as_it_was(town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    assert send(town_client, incident, bytes(forms.LARGEST)).status_code == 413
    assert (
        send(town_client, incident, bytes(web.LARGEST_BODY + 1)).status_code == 422
    )  # it came in, and is no photo
    assert post(town_client, "/api/incidents", {"x": "x" * web.LARGEST_BODY}).status_code == 413


def test_a_form_another_page_could_send_is_refused(town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    path = f"/api/incidents/{incident}/photos"
    data, kind = pictures.form(pictures.photo())
    by_itself = town_client.post(path, data=data, content_type=kind)  # without the header no form can send
    assert (by_itself.status_code, by_itself.get_json()["field"]) == (422, "Idempotency-Key")
    assert town_client.post(path, json={}, headers={"Idempotency-Key": "k"}).status_code == 415
    assert town_client.post("/api/incidents", data={"x": "1"}).status_code == 415


def test_a_report_takes_so_many_photos_and_a_closed_incident_none(
    town: Town, town_client: FlaskClient
) -> None:
    incident, raw = told(town_client)["id"], pictures.photo(size=(32, 32))
    statuses = [send(town_client, incident, raw, str(number)).status_code for number in range(MOST + 1)]
    assert statuses == [201] * MOST + [409]
    closed = told(town_client, "to close")["id"]
    town.run("UPDATE incident SET state = 'closed', closed_at = now() WHERE id = %(id)s", id=closed)
    assert send(town_client, closed, raw, "closed").status_code == 409
    assert send(town_client, 999_999, raw, "nowhere").status_code == 404


def test_photos_belong_to_a_report_and_go_when_it_is_erased(town: Town, town_client: FlaskClient) -> None:
    said, raw = told(town_client), pictures.photo(size=(32, 32))
    joined = post(
        town_client,
        f"/api/incidents/{said['id']}/reports",
        {"channel": "web", "description": "我也看到了"},
        "j",
    ).get_json()
    first = send(town_client, said["id"], raw, "1", code=said["code"]).get_json()
    second = send(town_client, said["id"], raw, "2", code=joined["code"]).get_json()
    assert (second["report"], first["report"]) == (joined["id"], joined["id"] - 1)
    wrong = send(town_client, said["id"], raw, "3", code=told(town_client, "other")["code"])
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "code")
    post(town_client, f"/api/reports/{said['code']}/erase", {}, "e")
    assert town.all("SELECT id FROM photo") == [second["id"]]
    assert town_client.get(first["path"]).status_code == 404
    assert town.one("SELECT data FROM fact WHERE kind = 'person.erased'")["photos"] == 1
    assert send(town_client, said["id"], raw, "4", code=said["code"]).status_code == 409


def test_a_photo_is_not_shown_under_another_incident(town_client: FlaskClient) -> None:
    one, other = told(town_client, "1")["id"], told(town_client, "2")["id"]
    photo = send(town_client, one, pictures.photo(size=(32, 32))).get_json()["id"]
    assert town_client.get(f"/api/incidents/{other}/photos/{photo}").status_code == 404


def test_who_may_not_report_may_look_and_who_may_nothing_sees_nothing(town_client: FlaskClient) -> None:
    incident = told(town_client)["id"]
    path = send(town_client, incident, pictures.photo(size=(32, 32))).get_json()["path"]
    app = town_client.application
    observer = Actor("observer", permissions.of_roles(["observer"]), Scope(everything=True), 1)
    for actor, statuses in ((observer, (200, 403)), (NOBODY, (401, 401))):
        door.identify(app, lambda who=actor: who)
        seen = app.test_client().get(path).status_code
        assert (seen, send(app.test_client(), incident, pictures.photo(), "no").status_code) == statuses


def test_photos_go_with_their_term(town: Town, town_client: FlaskClient) -> None:
    old, young, raw = (
        told(town_client, "1")["id"],
        told(town_client, "2")["id"],
        pictures.photo(size=(32, 32)),
    )
    send(town_client, old, raw, "old")
    kept = send(town_client, young, raw, "young").get_json()["id"]
    town.run("UPDATE incident SET state = 'closed', closed_at = %(at)s WHERE id = %(id)s",
             at=clock.now() - timedelta(days=366), id=old)  # fmt: skip
    with town.database.transaction(SYSTEM) as tx:
        gone = {one.term.what: one.count for one in privacy.retain(tx, clock.now(), is_dry=False)}
    assert gone["report.photo"] == 1
    assert town.all("SELECT id FROM photo") == [kept]
