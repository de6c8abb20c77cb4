"""The API document is true: its examples work, and whatever is sent, every answer is one that it describes."""

from collections.abc import Iterator
from typing import Any

import pytest
from fake_agent import FakeAgent, FakeLibrary
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema_rs import Draft202012Validator
from schemathesis import openapi
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from ui.access import Access, local_access
from ui.api_examples import GIVEN, PARAMETERS, SENT
from ui.http import create_api
from ui.origins import Origins
from ui.tokens import new_token

N_EXAMPLES = 8
OURS = [positive_data_acceptance, negative_data_rejection]
"""What no schema can say, such as that a message must not be blank, our own tests look after."""


def served() -> tuple[FastAPI, dict[str, str]]:
    access = Access(local_access().doorkeeper, Origins(hosts=frozenset()))
    sent, kept = new_token("test", user_id="ada", scopes=("admin",), turns_a_minute=1_000_000)
    access.doorkeeper.tokens.add(kept)
    library = FakeLibrary(FakeAgent(), FakeAgent("larder", ("recipe", "recipes")))
    return create_api(library, access), {"Authorization": f"Bearer {sent}"}


APP, HEAD = served()
API = APP.openapi()
OPERATIONS = [(method, path) for path, methods in API["paths"].items() for method in methods]


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = API["paths"][path][method]
    return found


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": API["components"]})


def contents(method: str, path: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what is documented to come back: status, media type, and what is said of it."""
    responses = operation(method, path)["responses"]
    return [(status, kind, told) for status, of in responses.items() for kind, told in of.get("content", {}).items()]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_described_and_shown(method: str, path: str) -> None:
    told = operation(method, path)
    assert told["summary"]
    for status, kind, of in contents(method, path):
        if kind == "text/plain":
            continue
        assert "example" in of, (status, kind)
        if "json" in kind:
            assert of["schema"], (status, kind)
            validator(of["schema"]).validate(of["example"])
    if "requestBody" in told:
        body = told["requestBody"]["content"]["application/json"]
        validator(body["schema"]).validate(body["example"])
    assert all("example" in parameter for parameter in told.get("parameters", []))
    errors = [kind for status, kind, _ in contents(method, path) if int(status) >= 400]
    assert errors and set(errors) <= {"application/problem+json", "application/json"}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_example_works(method: str, path: str) -> None:
    app, head = served()
    client = TestClient(app, "http://127.0.0.1:7860", headers=head)
    answer = client.request(method, path.format_map(PARAMETERS), json=SENT.get((method, path)))
    assert answer.status_code in (200, 204), answer.text
    if (method, path) in GIVEN:
        assert set(GIVEN[method, path]) >= set(answer.json()), "the example shows all there is"
        (schema,) = [told["schema"] for _, kind, told in contents(method, path)[:1] if kind == "application/json"]
        validator(schema).validate(answer.json())


def test_the_examples_are_of_routes_that_exist() -> None:
    assert {*SENT, *GIVEN} <= set(OPERATIONS)


def sendings() -> Iterator[tuple[str, GenerationMode]]:
    """Yield routes, with what fits them, and with what does not where anything does not."""
    for method, path in OPERATIONS:
        yield f"{method.upper()} {path}", GenerationMode.POSITIVE
        if "requestBody" in operation(method, path):
            yield f"{method.upper()} {path}", GenerationMode.NEGATIVE


@pytest.mark.parametrize(("label", "mode"), sendings())
def test_whatever_is_sent_is_answered_as_documented(label: str, mode: GenerationMode) -> None:
    found = next(one for one in openapi.from_asgi("/openapi.json", APP).get_all_operations() if one.ok().label == label)

    @seed(7)
    @settings(
        max_examples=N_EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=found.ok().as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        answer = case.call(headers=HEAD)
        assert answer.status_code < 500
        case.validate_response(answer, excluded_checks=OURS)

    run()
