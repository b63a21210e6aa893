"""Words: both languages have the same ones, every one that is asked for exists, none is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Formatter

import pytest

from geo_app.dispatch.model import AssignmentState
from geo_app.exchange.model import Format
from geo_app.identity.permissions import PERMISSIONS
from geo_app.incidents.model import Channel, State
from geo_app.organisation.model import Level
from geo_app.responders.model import Kind, Status
from grids import defects
from grids.refusal import Reason
from layers import assets, words
from layers.words import Lang

SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted((assets.FOLDER / "js").rglob("*.js"))}
SHELLS = [
    (assets.FOLDER.parent / "layers" / name).read_text(encoding="utf-8")
    for name in ("page.py", "plain.py", "install.py", "people.py")
]
OF_PYDANTIC = ("String should have ", "List should have ", "Field required")
"""What pydantic says when a body breaks its shape."""
KEY = r"[a-z0-9_]+(?:\.[a-z0-9_]+)+"


def asked() -> set[str]:
    """Return every whole key that stands in quotes in our modules or in the shell of the page."""
    texts = [*SOURCES.values(), *SHELLS]
    known = words.of(Lang.ZH).keys()
    return {
        key
        for text in texts
        for key in re.findall(rf"['\"]({KEY})['\"]", text)
        if key in known or is_word(key)
    }


def is_word(key: str) -> bool:
    """Return whether a quoted text with dots is meant as a word: its first part is one of the groups."""
    return key.split(".", maxsplit=1)[0] in {name.split(".", maxsplit=1)[0] for name in words.of(Lang.ZH)}


def prefixes() -> set[str]:
    """Return the groups whose keys are put together from a value, as `status` in term('status', …)."""
    terms = {name for text in SOURCES.values() for name in re.findall(r"term\('([a-z_]+)'", text)}
    pieces = {name for text in SOURCES.values() for name in re.findall(r"word\(`([a-z_.]+)\$\{", text)}
    shell = {name for text in SHELLS for name in re.findall(r"word\([\"']([a-z]+\.)[\"'] ?[~+]", text)}
    shell |= {name for text in SHELLS for name in re.findall(r"said\[f[\"']([a-z_.]+)\{", text)}
    return {f"{term}." for term in terms} | pieces | shell | {"refusal.", "advice."}


def test_both_languages_have_the_same_words() -> None:
    assert words.of(Lang.ZH).keys() == words.of(Lang.EN).keys()


@pytest.mark.parametrize("lang", Lang)
def test_no_word_is_empty(lang: Lang) -> None:
    assert not [key for key, text in words.of(lang).items() if not text.strip()]


def test_both_languages_fill_in_the_same_values() -> None:
    def values(text: str) -> set[str]:
        return {field for _, field, _, _ in Formatter().parse(text) if field}

    for key, text in words.of(Lang.ZH).items():
        assert values(text) == values(words.of(Lang.EN)[key]), key


def test_a_count_is_written_with_one_and_more_and_never_as_one_of_many() -> None:
    for key, text in words.of(Lang.EN).items():
        forms = [form for _, _, form, _ in Formatter().parse(text) if form]
        assert all(len(form.split("|")) == 2 and all(form.split("|")) for form in forms), key
        assert not re.search(r"\{n\} (cells|incidents|rows|steps|mends|points|things|checks)\b", text), key


def test_every_word_that_is_asked_for_exists() -> None:
    known = words.of(Lang.ZH)
    assert len(asked()) > 80
    assert not sorted(key for key in asked() if key not in known and key not in PERMISSIONS)
    for prefix in prefixes():
        assert [key for key in known if key.startswith(prefix)], prefix


def test_no_word_is_left_over() -> None:
    used = asked()
    assert not [key for key in words.of(Lang.ZH) if key not in used and not key.startswith(tuple(prefixes()))]


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("kind", Kind),
        ("status", Status),
        ("state", State),
        ("stands", State),
        ("channel", Channel),
        ("assignment", AssignmentState),
        ("permission", PERMISSIONS),
        ("place", Level),
        ("refusal", Reason),
        ("advice", Reason),
        ("defect", defects.Kind),
        ("defect_weight", defects.Weight),
        ("mend", defects.Mend),
        ("grid_format", Format),
    ],
)
def test_every_value_of_ours_has_a_word(prefix: str, values: Iterable[str]) -> None:
    assert not [value for value in values if f"{prefix}.{value}" not in words.of(Lang.ZH)]


def test_a_refusal_that_is_translated_is_one_the_server_says() -> None:
    server = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("geo_app", "grids")
        for path in (assets.FOLDER.parent / package).rglob("*.py")
    )
    said = words.refusals(Lang.ZH)
    pieces = {
        (sentence, piece)
        for sentence in said
        if not sentence.startswith(OF_PYDANTIC)
        for piece in re.split(r"\{\w+\}|\b\d+\b|[()]", sentence)
    }
    assert len(said) > 40
    assert not sorted(sentence for sentence, piece in pieces if piece.strip() and piece.strip() not in server)
    assert not words.refusals(Lang.EN)


def test_a_refusal_keeps_only_values_of_its_sentence() -> None:
    for sentence, text in words.refusals(Lang.ZH).items():
        asked = {field for _, field, _, _ in Formatter().parse(text) if field}
        assert asked <= {field for _, field, _, _ in Formatter().parse(sentence) if field}, sentence
