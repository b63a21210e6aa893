"""What makes a page live: our ES module, and the data it starts from as a JSON block beside it.

The block holds only our own words and styles and three checked values (role, language, city code), a second one what
the server would answer to the page's first questions. They are written so that neither an HTML parser nor Jinja, which
reads Folium's output a second time, finds markup in them.
"""

from __future__ import annotations

import json

from branca.element import MacroElement
from folium.template import Template

ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
    "{{": "{\\u007b",
    "{%": "{\\u0025",
    "{#": "{\\u0023",
}


class Behaviour(MacroElement):
    """Load one ES module and hand it `data`, and `answers`: a text that stands for JSON until the page is given."""

    _template = Template("""
        {% macro html(this, kwargs) %}
            <script type="application/json" id="page-data" nonce="{{ kwargs.nonce }}">{{ this.json }}</script>
            <script type="application/json" id="page-answers" nonce="{{ kwargs.nonce }}">{{ this.answers }}</script>
            <script type="module" nonce="{{ kwargs.nonce }}" src="{{ this.url }}"></script>
        {% endmacro %}
    """)

    def __init__(self, url: str, data: object, answers: str = "{}") -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca forgot the types here
        self._name = "Behaviour"
        self._id = "main"
        self.url = url
        self.answers = answers
        self.json = safe_json(data)


def safe_json(data: object) -> str:
    """Return JSON that may stand inside a <script> element.

    Outside its strings JSON never holds any of the escaped sequences, so plain replacement is exact.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for raw, escaped in ESCAPES.items():
        text = text.replace(raw, escaped)
    return text
