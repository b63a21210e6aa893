"""What the API says of itself holds: requests made from its description are answered as it describes.

schemathesis makes the requests, valid and broken ones, for every operation; the service answers in this process.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.conftest import Town
from tests.sizes import size

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = settings(
    max_examples=size("described_requests"),
    phases=[Phase.explicit, Phase.generate],  # the first failure is told as it came
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations(still_client: FlaskClient, still_town: Town) -> list[Any]:
    """Every operation, with addresses narrowed to the town's things and a few that are not there."""
    said = still_client.get("/openapi.json").get_json()
    schema = schemathesis.openapi.from_dict(narrowed(said, still_town))
    schema.app = still_client.application
    made: list[Any] = list(schema.get_all_operations())
    return [one.ok() for one in made]


def narrowed(said: dict[str, Any], town: Town) -> dict[str, Any]:
    """Return the description with values for what a made-up text would never hit."""
    known = {
        "city": ["town", "town", "nowhere"],
        "code": [*town.all("SELECT code FROM cell_version ORDER BY code LIMIT 3"), "0"],
        "incident_id": [*town.all("SELECT id FROM incident ORDER BY id"), 0],
        "layer": ["cells", "communities", "basemap", "thematic", "none"],
    }
    told = deepcopy(said)
    for operation in (one for path in told["paths"].values() for one in path.values()):
        for parameter in operation.get("parameters", []):
            if parameter["name"] in known:
                parameter["schema"] = {"enum": list(dict.fromkeys(known[parameter["name"]]))}
    return told


def ask(operation: Any, mode: GenerationMode) -> None:
    """Make requests of one operation and check each answer; without a job worker /readyz is rightly 503."""
    checks = CHECKS[1:] if operation.path == "/readyz" else CHECKS

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        case.call_and_validate(checks=checks)

    answers()


def test_valid_requests_are_answered_as_described(operations: list[Any]) -> None:
    assert len(operations) > 15
    for operation in operations:
        ask(operation, GenerationMode.POSITIVE)


def test_broken_requests_are_answered_as_described(operations: list[Any]) -> None:
    breakable = [one for one in operations if one.body or list(one.iter_parameters())]
    assert len(breakable) > 12
    for operation in breakable:
        ask(operation, GenerationMode.NEGATIVE)
