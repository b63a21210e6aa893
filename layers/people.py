"""The pages of accounts: a heading and an empty place each, which the page's module fills."""

from __future__ import annotations

from markupsafe import Markup

from layers import words
from layers.plain import Plain
from layers.words import Lang

OPEN = ("login", "link")
"""Pages for whoever has not logged in: they have no menu."""
WIDE = ("accounts", "organisation")
"""Pages that show a list and what was chosen of it side by side."""
TITLES = {
    "login": "login.title", "link": "link.title", "account": "account.title", "accounts": "accounts.title",
    "organisation": "organisation.title", "audit": "audit.title",
}  # fmt: skip
BODY = Markup('<noscript><p class="notice">{noscript}</p></noscript>\n<div id="place"></div>')


def page(name: str, lang: Lang) -> Plain:
    """Return the page `name`: login, link, account, accounts, organisation or audit."""
    said = words.of(lang)
    body = BODY.format(noscript=said["page.noscript"])
    return Plain(
        said[TITLES[name]],
        lang,
        f"/{name}",
        body,
        name,
        {"page": name},
        has_menu=name not in OPEN,
        is_wide=name in WIDE,
    )
