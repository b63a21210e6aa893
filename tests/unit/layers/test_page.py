"""The page shell: own assets only, a nonce on every script and style, nothing but checked values inside."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import folium
import pytest
from branca.element import JavascriptLink

from layers import assets, page
from layers.page import Page, Role, Shell
from layers.words import Lang

NONCE = "bm9uY2Utb2YtdGVzdHMx"


class Tags(HTMLParser):
    """Collects every start tag with its attributes, and the text of scripts by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.texts.setdefault(self.tags[-1][1].get("id") or "", data)

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def html(role: Role = Role.DISPATCHER, lang: Lang = Lang.ZH, city: str | None = "demo") -> str:
    return page.render(Page(role, lang, city), NONCE)


def path_of(address: str) -> str:
    """Return the path below the folder that an address of this edition names."""
    prefix = f"/static/{assets.now().version}/"
    assert address.startswith(prefix)
    return address.removeprefix(prefix)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("lang", Lang)
def test_every_script_and_style_carries_the_nonce(role: Role, lang: Lang) -> None:
    found = Tags(html(role, lang)).named("script", "style")
    assert len(found) >= 5
    assert all(attributes["nonce"] == NONCE for attributes in found)


@pytest.mark.parametrize("role", Role)
def test_nothing_is_fetched_from_another_host(role: Role) -> None:
    text = html(role)
    assert "//" not in re.sub(r'id="page-data".*?</script>', "", text, flags=re.S).replace(
        "://www.w3.org", ""
    )
    for attributes in Tags(text).named("script", "link", "img"):
        address = attributes.get("src") or attributes.get("href")
        if address:
            assert path_of(address) in assets.now().files


@pytest.mark.parametrize("role", Role)
def test_a_browser_is_told_at_once_of_every_module_it_will_need(role: Role) -> None:
    links = [one for one in Tags(html(role)).named("link") if one["rel"] == "modulepreload"]
    told = [str(one["href"]) for one in links]
    assert told[0] == assets.now().module(role)
    assert len(set(told)) == len(told)
    assert all(one["nonce"] == NONCE for one in links)
    for address in told:
        file = assets.FOLDER / path_of(address)
        for line in file.read_text(encoding="utf-8").splitlines():
            named = re.search(
                r"""^(?:import|export|\}) .*from ['"](\.[^'"]*)['"]|^import ['"](\.[^'"]*)['"]""", line
            )
            if named:
                needed = (file.parent / (named[1] or named[2])).resolve().relative_to(assets.FOLDER)
                assert assets.now().address(needed.as_posix()) in told


def test_no_handler_and_no_style_stands_in_an_attribute() -> None:
    for _, attributes in Tags(html()).tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_the_page_may_be_zoomed_by_hand() -> None:
    viewports = [meta["content"] for meta in Tags(html()).named("meta") if meta.get("name") == "viewport"]
    assert viewports == ["width=device-width, initial-scale=1"]


def test_the_map_has_a_stable_name() -> None:
    assert html().count("var map_main = L.map(") == 1
    assert html() == html()


@pytest.mark.parametrize("lang", Lang)
def test_the_page_speaks_one_language_and_links_to_the_other(lang: Lang) -> None:
    tags = Tags(html(Role.PLANNER, lang))
    assert tags.named("html")[0]["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    other = "en" if lang == "zh" else "zh"
    language = next(link for link in tags.named("a") if link.get("id") == "language")
    assert language["href"] == f"/planner?city=demo&lang={other}"


def test_the_data_of_the_page_is_json() -> None:
    data = json.loads(Tags(html(Role.WORKER, Lang.EN, None)).texts["page-data"])
    assert (data["role"], data["lang"], data["city"]) == ("worker", "en", None)
    assert {"palette", "sources", "paint", "labels"} <= data["style"].keys()


def test_answers_stand_in_a_block_of_their_own_whatever_they_hold() -> None:
    hostile = {"/api/x": "</script>{{7*7}}@@nonce@@@@answers@@"}
    told = page.render(Page(Role.WORKER, Lang.EN, None), NONCE, "to.ken", hostile)
    tags = Tags(told)
    assert json.loads(tags.texts["page-answers"]) == hostile
    assert [one["content"] for one in tags.named("meta") if one.get("name") == "csrf-token"] == ["to.ken"]
    assert json.loads(Tags(html()).texts["page-answers"]) == {}


@pytest.mark.parametrize("city", ["Demo", "a b", "</script>", "x" * 41, "", "a\n", "é", "{{7*7}}"])
def test_only_a_city_code_gets_into_the_page(city: str) -> None:
    with pytest.raises(ValueError, match="city"):
        Page(Role.WORKER, Lang.ZH, city)


@pytest.mark.parametrize("nonce", ["", "short", 'x" onload="1234567890', "a" * 87])
def test_only_a_nonce_gets_into_the_page(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        page.render(Page(Role.WORKER, Lang.ZH, None), nonce)


def test_a_folium_plug_in_gets_the_nonce_too() -> None:
    shell = Shell(Page(Role.WORKER, Lang.ZH, None), assets.now())
    shell.header.add_child(JavascriptLink("/static/plugin.js"), name="plugin")
    scripts = Tags(shell.render(nonce=NONCE)).named("script")
    assert {"nonce": NONCE, "src": "/static/plugin.js"} in scripts


def test_foliums_own_defaults_are_left_alone_but_never_used() -> None:
    assert any("//" in url for _, url in folium.Map.default_js)
    ours = page.PageMap(assets.now())
    assert not any("//" in url for _, url in [*ours.default_js, *ours.default_css])


def test_scripts_and_style_sheets_have_different_names() -> None:
    names = [*assets.MAP_JS, *assets.MAP_CSS]
    assert len(names) == len(set(names))
