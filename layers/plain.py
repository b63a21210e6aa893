"""A page without a map: header, one column, our own style; for logging in, accounts, lists and explanations.

The body is made by whoever asks for the page, as Markup: what goes in through its `format` is escaped. A page may
have a module; it finds what it starts from in the block `page-data`, as the pages with a map do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from layers import assets, behaviour, style, words
from layers.assets import Edition
from layers.page import NONCE
from layers.words import Lang

SHELL = Markup("""<!DOCTYPE html>
<html lang="{html_lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csrf-token" content="{token}">
<title>{title} · {product}</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
<style nonce="{nonce}">{variables}</style>
{sheets}</head>
<body class="plain">
<a class="skip" href="#content">{skip}</a>
<header class="bar">
  <a class="brand" href="/"><img src="{icon}" alt="" width="24" height="24"><span>{product}</span></a>
  <h1>{title}</h1>
  {menu}
  <a id="language" class="quiet" href="{other_path}" hreflang="{other_lang}" lang="{other_html_lang}">{other_word}</a>
</header>
<main id="content" class="content{width}" tabindex="-1">
{body}
</main>
<div id="announce" class="unseen" role="status" aria-live="polite"></div>
{scripts}</body>
</html>
""")
SHEET = Markup('<link rel="stylesheet" href="{url}">\n')
MENU = Markup('<div id="me" class="me"></div>')
"""Where the page's module puts who is logged in, and what they may open."""
SCRIPTS = Markup("""<script type="application/json" id="page-data" nonce="{nonce}">{data}</script>
<script type="module" nonce="{nonce}" src="{url}"></script>
""")

REFUSED = Markup("""<p>{sentence}</p>
<p class="soft">{status} · {why}</p>
<p><a class="button" href="/?lang={lang}">{home}</a></p>""")
REFUSALS = {403: "refused.forbidden", 404: "refused.not_found", 503: "state.not_ready"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A page: its heading, its body, the path it has; `module` is the name of its script, which finds `start`.

    `path` may carry a query, without the language.
    """

    title: str
    lang: Lang
    path: str
    body: Markup
    module: str | None = None
    start: Mapping[str, object] = field(default_factory=dict)
    has_menu: bool = False
    is_wide: bool = False
    sheets: tuple[str, ...] = ("app", "plain")


def render(page: Plain, nonce: str, token: str = "") -> str:
    """Return the whole HTML document; `nonce` must be fresh and in the response's Content-Security-Policy.

    `token` is what the page sends with every change.
    """
    if not NONCE.fullmatch(nonce):
        raise ValueError("nonce: 16 to 86 characters of base64url")
    files, said = assets.now(), words.of(page.lang)
    other = Lang.EN if page.lang is Lang.ZH else Lang.ZH
    return SHELL.format(
        nonce=nonce,
        token=token,
        menu=MENU if page.has_menu else Markup(),
        html_lang=words.HTML_LANG[page.lang],
        title=page.title,
        product=said["page.product"],
        icon=files.address(assets.ICON),
        variables=Markup(style.variables()),  # our own colours and fonts
        sheets=Markup().join(SHEET.format(url=files.address(f"css/{name}.css")) for name in page.sheets),
        skip=said["page.skip"],
        other_path=f"{page.path}{'&' if '?' in page.path else '?'}lang={other}",
        other_lang=other,
        other_html_lang=words.HTML_LANG[other],
        other_word=said["page.other_language"],
        width=" wide" if page.is_wide else "",
        body=page.body,
        scripts=_scripts(page, nonce, files),
    )


def refused(lang: Lang, path: str, status: int, why: str) -> Plain:
    """Return the page of somebody who is refused: a sentence, the HTTP status and why, the way to their own page."""
    said = words.of(lang)
    sentence = said[REFUSALS.get(status, "refused.other")]
    body = REFUSED.format(sentence=sentence, status=status, why=why, lang=lang, home=said["refused.home"])
    return Plain(said["refused.title"], lang, path, body)


def _scripts(page: Plain, nonce: str, files: Edition) -> Markup:
    if page.module is None:
        return Markup()
    said = {"words": dict(words.of(page.lang)), "refusals": dict(words.refusals(page.lang))}
    data = {"lang": page.lang, **said, **page.start}
    written = Markup(behaviour.safe_json(data))  # no markup can be left in it
    return SCRIPTS.format(nonce=nonce, data=written, url=files.module(page.module))
