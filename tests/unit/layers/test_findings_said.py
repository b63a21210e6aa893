"""Whatever is found wrong with a file of cells is said in Chinese too."""

from __future__ import annotations

from collections.abc import Iterator

from geo_app.exchange import texts
from grids.defects_finding import SAID
from layers import assets, words
from layers.words import Lang
from tests.unit.layers.sayings import Module
from tests.unit.layers.test_sayings import pattern

ROOT = assets.FOLDER.parent
FINDERS = (
    "grids/defects_rows.py",
    "grids/defects_codes.py",
    "grids/defects_finding.py",
    "geo_app/exchange/frames.py",
    "geo_app/exchange/texts.py",
)
SAYS = {"Finding": 5, "_finding": 1}
"""Which argument of each is what it says."""


def said() -> Iterator[str]:
    """Yield every sentence of a finding, values as {value}."""
    for name in FINDERS:
        module = Module(ROOT / name)
        for call in module.calls(*SAYS):
            place = SAYS[call.func.id]  # type: ignore[attr-defined]
            if len(call.args) > place:
                yield from module.texts(call.args[place])
        yield from module.returns("_wrong")
    yield from (f"{{value}} {says}" for _, _, says in SAID.values())


def test_every_finding_has_words_in_chinese() -> None:
    known = [pattern(sentence) for sentence in words.refusals(Lang.ZH)]
    found = {text for text in said() if text.strip("{}") not in {"value", "value} {value"}}
    found = {text.replace("({value})", f"({texts.BROKEN})") for text in found}
    assert len(found) > 40
    assert sorted(text for text in found if not any(one.fullmatch(text) for one in known)) == []
