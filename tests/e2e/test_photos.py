"""A photo with the place in it goes with a report from the phone; the desk sees it large, and nothing but pixels."""

from __future__ import annotations

import io
import urllib.request
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from layers import words
from layers.words import Lang
from tests import pictures
from tests.e2e import deeds
from tests.e2e.test_pages import CLEAN, picture
from tests.e2e.windows import DESK, PHONE, Visit, Windows

pytest_plugins = ("tests.e2e.browser",)

ZH = words.of(Lang.ZH)


def taken(visit: Visit, raw: bytes, kind: str = "image/jpeg", name: str = "IMG_7.jpg") -> None:
    """Take a photo, as the phone's camera hands it over."""
    before = visit.page.locator(".taken li").count()
    visit.page.set_input_files(".take-box input", {"name": name, "mimeType": kind, "buffer": raw})
    expect(visit.page.locator(".taken li")).to_have_count(before + 1)


def heavy() -> bytes:
    """Return a photo that is larger than what a page sends as it is."""
    noise = Image.effect_noise((2600, 1900), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=92)
    assert len(file.getvalue()) > 1_500_000
    return file.getvalue()


def content(site: Any, path: str) -> bytes:
    request = urllib.request.Request(f"{site.url}{path}", headers=site.head)
    with urllib.request.urlopen(request, timeout=deeds.PATIENCE) as answer:
        return bytes(answer.read())


def begin(windows: Windows, site: Any) -> Visit:
    """Open the form of a worker on the phone."""
    hand = windows(PHONE, permissions=["geolocation"])
    worker = deeds.api(site, "/api/responders?city=demo")["features"][0]["properties"]["id"]
    hand.open(f"/worker?lang=zh&worker={worker}")
    hand.page.locator(".panel-head .primary").click()
    hand.page.locator(".tile").first.wait_for()
    return hand


def filed(visit: Visit) -> int:
    """Tap a tile and return the incident that is made."""
    with visit.page.expect_response(lambda answer: answer.url.endswith("/api/incidents")) as answer:
        visit.page.locator(".tile").nth(4).click()
    return int(answer.value.json()["id"])


def test_photos_go_with_a_report_and_keep_no_place(windows: Windows, site: Any) -> None:
    hand = begin(windows, site)
    taken(hand, pictures.photo(orientation=6))
    taken(hand, heavy())
    taken(hand, pictures.photo("PNG"))
    hand.page.get_by_role("button", name=ZH["photos.remove"].format(n=3)).click()
    expect(hand.page.locator(".taken li")).to_have_count(2)
    picture(hand, site, "tell-photos-phone")
    assert hand.barriers() == []
    incident = filed(hand)
    expect(hand.page.locator(".card")).to_be_hidden()
    kept = deeds.api(site, f"/api/incidents/{incident}/photos")["items"]
    assert [(one["width"], one["height"]) for one in kept] == [(480, 640), (2048, 1497)]
    for one in kept:
        for path in (one["path"], f"{one['path']}?size=small"):
            raw = content(site, path)
            assert dict(Image.open(io.BytesIO(raw)).getexif()) == {}
            assert not [planted for planted in pictures.PLANTED if planted in raw]
    assert hand.faults() == CLEAN
    leaf(windows, incident)


def leaf(windows: Windows, incident: int) -> None:
    """See the photos of an incident at the desk, by keyboard."""
    desk = windows(DESK)
    desk.open("/dispatcher?lang=zh")
    desk.page.click(deeds.row(incident))
    thumb = desk.page.locator(".album .thumb")
    expect(thumb).to_have_count(2)
    thumb.first.focus()
    desk.page.keyboard.press("Enter")
    large = desk.page.locator(".large-photo")
    expect(large).to_have_attribute("alt", ZH["photos.of"].format(n=1, of=2))
    desk.page.keyboard.press("ArrowRight")
    expect(large).to_have_attribute("alt", ZH["photos.of"].format(n=2, of=2))
    desk.page.wait_for_function("() => document.querySelector('.large-photo').naturalWidth === 2048")
    assert desk.barriers() == []
    desk.page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(thumb.first).to_be_focused()
    assert desk.faults() == CLEAN


def test_what_is_no_photo_is_told_and_the_report_stands(windows: Windows, site: Any) -> None:
    hand = begin(windows, site)
    taken(hand, b"<html><script>alert(1)</script>")
    taken(hand, pictures.photo())
    incident = filed(hand)
    expect(hand.page.locator(".sending .result")).to_have_text(ZH["photos.refused"].format(n=1))
    assert hand.barriers() == []
    hand.page.get_by_role("button", name=ZH["photos.understood"]).click()
    expect(hand.page.locator(".card")).to_be_hidden()
    assert deeds.incident(site, incident)["photos"] == 1


@pytest.mark.parametrize("leaves", [False, True], ids=["again", "leaves"])
def test_a_lost_connection_loses_no_report_and_sends_no_photo_twice(
    windows: Windows, site: Any, leaves: bool
) -> None:
    hand = begin(windows, site)
    taken(hand, pictures.photo())
    hand.page.route(
        "**/photos", lambda route: (route.fetch(), route.abort())
    )  # it came in, the answer is lost
    incident = filed(hand)
    expect(hand.page.locator(".sending .result")).to_contain_text(ZH["state.unreachable"])
    hand.page.unroute("**/photos")
    name = ZH["photos.leave"] if leaves else ZH["state.retry"]
    hand.page.get_by_role("button", name=name).click()
    expect(hand.page.locator(".card")).to_be_hidden()
    assert deeds.incident(site, incident)["photos"] == 1
