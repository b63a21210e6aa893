"""What OpenAPI cannot see in a door: its query, its answers, its headers, how it fails.

A door says it once, `@routes.doc(**describe.door(Cities, describe.CITY))`; `finish` writes it into the
description that APIFlask made of routes and bodies. Every failure is a problem report (RFC 9457), every write
has an Idempotency-Key, every edit an If-Match.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from geo_app.core import forms
from geo_app.core.answers import Problem

Json = dict[str, Any]
MARK = "x-door"
TWICE = re.compile(r"geo_app__([a-z]+)__model__")
"""How pydantic writes a name that two capabilities have."""
PROBLEM = "application/problem+json"
REFUSALS = {
    "404": "There is no such thing.",
    "409": "Somebody else was first; the detail names who.",
    "412": "Changed meanwhile: read it again, then decide.",
    "413": "The body is too large.",
    "415": "The body is not of the type this door takes.",
    "422": "A value breaks a rule; field, value and rule are named.",
    "428": "If-Match is missing.",
    "503": "The service cannot answer yet.",
    "default": "Any other problem.",
}
KEY: Json = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "description": "Chosen by the client, new for every write. The same key with the same request gets the first "
    "answer again; with another request it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}  # fmt: skip
OWN_KEY: Json = {
    **KEY, "description": KEY["description"] + " Of a door open to everybody: one that nobody guesses, a UUID.",
    "schema": {"type": "string", "minLength": 32, "maxLength": 200},
}  # fmt: skip
MATCH: Json = {
    "name": "If-Match", "in": "header", "required": True,
    "description": "The version that was read, in quotes: \"3\".",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
}  # fmt: skip
ANSWERED: dict[str, Json] = {
    "ETag": {"description": 'The version, in quotes: "3".', "schema": {"type": "string"}},
    "Location": {"description": "Where the new thing is.", "schema": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Door:
    """How one operation is asked and what it answers; `answer` is a shape or, for what is not JSON, its media type.

    Several media types stand with commas between. `parts` are those of a form, the first of them needed. A question
    has a body like a write and changes nothing, so it needs no key.
    """

    answer: type[BaseModel] | str
    parameters: tuple[Json, ...]
    status: int
    headers: tuple[str, ...]
    is_edit: bool
    parts: Json | None = None
    is_question: bool = False


UNTOLD = Door("*/*", (), 200, (), is_edit=False)
"""What a door that says nothing of itself is taken for."""


def door(
    answer: type[BaseModel] | str, *parameters: Json, status: int = 200, headers: tuple[str, ...] = (),
    is_edit: bool = False, parts: Json | None = None, is_question: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return what `routes.doc` needs to describe a door; `is_edit` when it wants If-Match, `parts` when a form."""
    return {"extensions": {MARK: Door(answer, parameters, status, headers, is_edit, parts, is_question)}}


def query(name: str, description: str, /, *, required: bool = False, **schema: Any) -> Json:
    """Return a query parameter; `schema` is its JSON schema, a text unless it says otherwise."""
    told = {"type": "string", **schema}
    return {"name": name, "in": "query", "required": required, "description": description, "schema": told}


def whole(name: str, description: str, default: int, least: int, most: int) -> Json:
    """Return the query parameter that `web.whole` reads."""
    return query(name, description, type="integer", default=default, minimum=least, maximum=most)


def choice(name: str, description: str, default: str, allowed: tuple[str, ...]) -> Json:
    """Return the query parameter that `web.choice` reads."""
    return query(name, description, default=default, enum=list(allowed))


CITY = query("city", "Code of the city; may be left out when there is one.")
FRAME = query("frame", "Frame of plain coordinates: wgs84, gcj02, bd09, epsg:n.", default="wgs84")


def finish(spec: Any) -> Any:
    """Return the description with what the doors say of themselves."""
    doors = [
        operation[MARK].answer
        for operations in spec["paths"].values()
        for operation in operations.values()
        if MARK in operation
    ]
    shapes = {shape for shape in doors if not isinstance(shape, str)} | {Problem}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    refs, listed = models_json_schema(
        [(shape, "serialization") for shape in ordered], ref_template="#/components/schemas/{model}"
    )
    named = json.loads(TWICE.sub(lambda found: found[1].capitalize(), json.dumps(listed["$defs"])))
    components = spec.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **named}
    components["responses"] = {name: _problem(text) for name, text in REFUSALS.items()}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            found = operation.pop(MARK, UNTOLD)
            schema = None if isinstance(found.answer, str) else refs[found.answer, "serialization"]
            _tell(operation, method, found, schema, has_address="{" in path)
    return spec


def _tell(operation: Json, method: str, found: Door, schema: Any, *, has_address: bool) -> None:
    """Write what a door says of itself into its operation."""
    is_write = method != "get"
    keys = [KEY] if is_write and not found.is_question and OWN_KEY not in found.parameters else []
    asked = [*found.parameters, *keys, *([MATCH] if found.is_edit else [])]
    operation["parameters"] = [*operation.get("parameters", []), *asked]
    is_text = isinstance(found.answer, str)
    media, shape = (str(found.answer), {"type": "string"}) if is_text else ("application/json", schema)
    if media == UNTOLD.answer:
        shape = {}
    content = {
        one: {"schema": {} if is_text and one.endswith("json") else shape} for one in media.split(", ")
    }
    answer: Json = {"description": operation["summary"], "content": content}
    if found.headers:
        answer["headers"] = {name: ANSWERED[name] for name in found.headers}
    said = {code: told for code, told in operation["responses"].items() if code != "200"}
    codes = ["404"] if has_address or any(one["name"] == "city" for one in found.parameters) else []
    codes += ["422"] if is_write or found.parameters else []
    codes += ["409", "413", "415"] if is_write else []
    codes += ["412", "428"] if found.is_edit else []
    refused = {
        code: {"$ref": f"#/components/responses/{code}"} for code in sorted([*codes, "503", "default"])
    }
    operation["responses"] = {str(found.status): answer, **refused, **said}
    if found.parts is not None:
        form = {"type": "object", "properties": found.parts, "required": [next(iter(found.parts))]}
        operation["requestBody"] = {"content": {forms.TYPE: {"schema": form}}}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True


def _problem(text: str) -> Json:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "content": content}
