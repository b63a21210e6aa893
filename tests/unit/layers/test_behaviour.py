"""JSON inside a page: whatever the text, no parser finds markup in it and nothing of it is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from layers.behaviour import safe_json

HOSTILE = [
    "</script><svg onload=alert(1)>",
    "<!--<script>",
    "]]>",
    "&lt;b&gt;",
    "\u2028\u2029",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# hidden #}",
    "{{{{",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_text_is_written_harmlessly(text: str) -> None:
    written = safe_json({"text": text, text: [text]})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"text": text, text: [text]}


@given(st.recursive(st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_data_survives_the_way_through_jinja(data: object) -> None:
    assert json.loads(Template(safe_json(data)).render()) == data
