"""The page of a role: Folium's map inside our shell, with a nonce on every script and style.

Only the role, the language and the code of the city go into this HTML, all three checked; as a block of JSON it carries
the answers to what the page asks first. Everything else the browser fetches, and writes all with `textContent`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from html import escape

import folium
from branca.element import CssLink, Figure, JavascriptLink
from folium.template import Template

from layers import assets, basemap, behaviour, grid, incident, patrol, responder, style, thematic, tile, words
from layers.assets import Edition
from layers.words import Lang

CITY_CODE = re.compile(r"[a-z0-9-]{1,40}")
NONCE = re.compile(r"[A-Za-z0-9_-]{16,86}")


MARK_NONCE, MARK_TOKEN, MARK_ANSWERS = "@@nonce@@", "@@token@@", "@@answers@@"
"""What stands in a document that is made once, in place of what every answer has anew."""


class Role(StrEnum):
    """The three people the pages are made for; the value is the path of the page."""

    WORKER = "worker"
    DISPATCHER = "dispatcher"
    PLANNER = "planner"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page depends on; raises ValueError when `city` is not a city code."""

    role: Role
    lang: Lang
    city: str | None

    def __post_init__(self) -> None:
        if self.city is not None and not CITY_CODE.fullmatch(self.city):
            raise ValueError("city: only 1 to 40 of a-z, 0-9 and hyphen")

    def path(self, role: Role, lang: Lang) -> str:
        """Return the address of another role's or language's page for the same city, ready for an attribute."""
        city = f"city={self.city}&amp;" if self.city else ""
        return f"/{role}?{city}lang={lang}"


def render(page: Page, nonce: str, token: str = "", answers: Mapping[str, object] | None = None) -> str:
    """Return the whole HTML document; `nonce` must be fresh and in the response's Content-Security-Policy.

    `token` is what the page sends with every change, of base64url and dots; `answers` what the server would answer to
    the page's first questions, by address.
    """
    if not NONCE.fullmatch(nonce):
        raise ValueError("nonce: 16 to 86 characters of base64url")
    html = _shell(page, assets.now())
    for mark, text in ((MARK_NONCE, nonce), (MARK_TOKEN, escape(token))):
        html = html.replace(mark, text)
    return html.replace(MARK_ANSWERS, behaviour.safe_json(dict(answers or {})))  # last: it may hold anything


@lru_cache(32)
def _shell(page: Page, files: Edition) -> str:
    """Return the document with marks for what differs between two answers."""
    figure = Shell(page, files)
    figure.add_child(PageMap(files))
    figure.add_child(behaviour.Behaviour(files.module(page.role), start(page), MARK_ANSWERS))
    html: str = figure.render(nonce=MARK_NONCE, token=MARK_TOKEN)
    return html


def start(page: Page) -> dict[str, object]:
    """Return what the page's module starts from."""
    return {
        "role": page.role,
        "lang": page.lang,
        "city": page.city,
        "words": dict(words.of(page.lang)),
        "refusals": dict(words.refusals(page.lang)),
        "style": look(),
    }


def look() -> dict[str, object]:
    """Return every style rule as plain data."""
    return {
        "fonts": style.FONTS,
        "palette": {name: asdict(shade) for name, shade in style.PALETTE.items()},
        "shapes": dict(style.SHAPES),
        "sources": [{**asdict(source), "url": source.url} for source in tile.SOURCES],
        "paint": [asdict(rule) for rule in (*basemap.PAINT, *grid.PAINT)],
        "labels": [asdict(rule) for rule in (*grid.LABELS, *basemap.LABELS)],
        "incidents": {name: asdict(mark) for name, mark in incident.MARKS.items()},
        "clusters": asdict(incident.CLUSTERS),
        "responders": {name: asdict(mark) for name, mark in responder.MARKS.items()},
        "statuses": responder.STATUSES,
        "route": asdict(patrol.LINE),
        "thematic": {
            "source": thematic.SOURCE, "min_zoom": thematic.MIN_ZOOM, "width": thematic.WIDTH,
            "names_from": thematic.NAMES_FROM, "size": thematic.SIZE,
            "looks": [asdict(one) for one in thematic.LOOKS],
        },
        "crossed": [asdict(rule) for rule in patrol.CROSSED],
    }  # fmt: skip


class PageMap(folium.Map):
    """Folium's map without its foreign files, with a stable id: the script finds it as `window.map_main`."""

    # The script that makes the map stays Folium's; its header forbids zooming by hand and is left out.
    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="map" id="{{ this.get_name() }}" tabindex="0"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}{{ this.folium_script(this, kwargs) }}{% endmacro %}
    """)
    folium_script = staticmethod(folium.Map._template.module.script)

    def __init__(self, files: Edition) -> None:
        super().__init__(
            location=[32.0, 110.0],
            zoom_start=4,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
        )
        self.options.update(min_zoom=4, max_zoom=19)  # the arguments of that name are about Folium's tiles
        self._id = "main"
        self.default_js, self.default_css = files.named(assets.MAP_JS), files.named(assets.MAP_CSS)


class Shell(Figure):
    """Header, panel and map area around Folium's map; the only place where <script> and <style> are written."""

    _template = Template("""<!DOCTYPE html>
<html lang="{{ this.html_lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csrf-token" content="{{ kwargs.token }}">
<title>{{ this.title }}</title>
<link rel="icon" type="image/svg+xml" href="{{ this.icon }}">
<style nonce="{{ kwargs.nonce }}">{{ this.variables }}</style>
{% for element in this.stylesheets() %}<link rel="stylesheet" href="{{ element.url }}">
{% endfor %}{% for address in this.modules %}<link rel="modulepreload" nonce="{{ kwargs.nonce }}" href="{{ address }}">
{% endfor %}</head>
<body class="{{ this.page.role }}">
<a class="skip" href="#panel">{{ this.word("page.skip") }}</a>
<header class="bar">
  <a class="brand" href="{{ this.page.path(this.page.role, this.page.lang) }}"><img src="{{ this.icon }}" alt=""\
 width="24" height="24"><span>{{ this.word("page.product") }}</span></a>
  <h1>{{ this.word("role." ~ this.page.role) }}</h1>
  <nav aria-label="{{ this.word("page.roles") }}"><ul class="roles">
  {% for role in this.roles %}<li><a data-keep href="{{ this.page.path(role, this.page.lang) }}"\
{% if role == this.page.role %} aria-current="page"{% endif %}>{{ this.word("role." ~ role) }}</a></li>
  {% endfor %}</ul></nav>
  <div id="city" class="city"></div>
  <div id="connection" class="connection" role="status"></div>
  <div id="me" class="me"></div>
  <a id="language" class="quiet" data-keep href="{{ this.page.path(this.page.role, this.other_lang) }}"\
 hreflang="{{ this.other_lang }}" lang="{{ this.other_html_lang }}">{{ this.word("page.other_language") }}</a>
  <button id="help" class="quiet" type="button" aria-haspopup="dialog"\
 aria-label="{{ this.word("help.open") }}">?</button>
</header>
<main class="work">
  <section id="panel" class="panel" tabindex="-1" aria-label="{{ this.word("panel." ~ this.page.role) }}">
  <noscript><p class="notice">{{ this.word("page.noscript") }}</p></noscript></section>
  <section id="stage" class="stage" aria-label="{{ this.word("map.title") }}">
{{ this.html.render(**kwargs) }}
  </section>
</main>
<div id="announce" class="unseen" role="status" aria-live="polite"></div>
<div id="alarm" class="unseen" role="alert" aria-live="assertive"></div>
{% for element in this.scripts() %}<script nonce="{{ kwargs.nonce }}" src="{{ element.url }}"></script>
{% endfor %}<script nonce="{{ kwargs.nonce }}">
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
""")

    def __init__(self, page: Page, files: Edition) -> None:
        self.page = page
        self.words: Mapping[str, str] = words.of(page.lang)
        super().__init__(title=f"{self.word('role.' + page.role)} · {self.word('page.product')}")
        self.html_lang = words.HTML_LANG[page.lang]
        self.other_lang = Lang.EN if page.lang is Lang.ZH else Lang.ZH
        self.other_html_lang = words.HTML_LANG[self.other_lang]
        self.roles = tuple(Role)
        self.icon = files.address(assets.ICON)
        self.modules = files.modules(page.role)
        self.variables = style.variables()

    def word(self, key: str) -> str:
        """Return one of our words, escaped for HTML."""
        return escape(self.words[key])

    def scripts(self) -> list[JavascriptLink]:
        """Return the script links that Folium elements asked for, also those of plug-ins."""
        return [element for element in self.header._children.values() if isinstance(element, JavascriptLink)]

    def stylesheets(self) -> list[CssLink]:
        """Return the style sheets that Folium elements asked for."""
        return [element for element in self.header._children.values() if isinstance(element, CssLink)]
