"""Whatever the server refuses with, and whatever the audit trail tells of, has words in Chinese: none is forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from geo_app.dispatch.workflow import RULES
from geo_app.live.model import KINDS
from geo_app.plans import workflow
from layers import assets, words
from layers.words import Lang
from tests.unit.layers.sayings import Module

PROGRAM = assets.FOLDER.parent / "geo_app"
NO_DOOR = re.compile(
    r"(?:.*/)?(?:cli|jobs)\.py|(?:cities|migrations)/.*|core/(?:settings|migrate|app_role|command|frames)\.py"
    r"|tls/(?:store|service|authority)\.py|geocoding/(?:sources|measure)\.py|incidents/rows\.py"
    r"|roads/(?:osm|network|relations|tags|graph|kept)\.py|audit/(?:chain|anchors|walk)\.py"
)
"""Modules that speak to somebody at a shell, in English."""
MODULES = {
    path.relative_to(PROGRAM).as_posix(): Module(path)
    for path in sorted(PROGRAM.rglob("*.py"))
    if "__pycache__" not in path.parts
}
SPOKEN = {"NotFound": 0, "Conflict": 0, "Refused": 0, "BadInput": 2}
"""Refusals whose own sentence a page says, by the argument it is; the others have words of their own by their kind."""


def refusals() -> Iterator[tuple[str, str]]:
    """Yield where a refusal is said and what it says."""
    for name, module in MODULES.items():
        if NO_DOOR.fullmatch(name):
            continue
        for call in module.calls(*SPOKEN):
            place = SPOKEN[ast.unparse(call.func)]
            for text in module.texts(call.args[place]) if len(call.args) > place else ():
                yield name, text


def kinds() -> Iterator[str]:
    """Yield every kind of fact that is recorded."""
    for module in MODULES.values():
        for call in module.calls("facts.record", "facts.record_all"):
            yield from module.texts(call.args[1])
    yield from (rule.fact for rule in (*RULES.values(), *workflow.RULES.values()))


def pattern(sentence: str) -> re.Pattern[str]:
    """Return what the pages find a sentence by (words.js)."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "(.{1,1000}?)", re.escape(sentence)))


def test_every_refusal_has_words_in_chinese() -> None:
    said = [pattern(sentence) for sentence in words.refusals(Lang.ZH)]
    found = list(refusals())
    assert len(found) > 120
    silent = {
        f"{name}: {text}"
        for name, text in found
        if not any(one.fullmatch(text.replace("{value}", "7").replace("{more}", "7")) for one in said)
    }
    assert sorted(silent) == []


@pytest.mark.parametrize("lang", Lang)
def test_every_kind_of_fact_has_a_term(lang: Lang) -> None:
    known, recorded = words.of(lang), set(kinds())
    assert len(recorded) > 55
    assert sorted(kind for kind in recorded if f"fact.{kind}" not in known) == []
    termed = {key.removeprefix("fact.") for key in known if key.startswith("fact.")}
    assert sorted(termed - recorded) == [], "a term of a kind nobody records"


def test_pages_hear_only_of_kinds_that_are_recorded_and_of_all_of_them() -> None:
    first = {kind.partition(".")[0] for kind in kinds()}
    assert first == KINDS.keys()
