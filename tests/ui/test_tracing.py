"""Turns as OpenTelemetry traces, held in memory: a span for the turn and one for each part, nothing anybody said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import ScriptedLLM
from fastapi.testclient import TestClient

from agents.library import Library
from errors import ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings
from ui.gatehouse import Gatehouse
from ui.http import create_api
from ui.tracing import Tracing, tracing_to

export = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
CANARY = "Zyzzyxcanary"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(bundles_dir: Path, films: Bundle) -> Iterator[list[dict[str, object]]]:
    """The spans of one turn whose model fails."""
    memory = export.InMemorySpanExporter()
    house = Gatehouse(tracing=Tracing(memory))
    chosen = Settings(_env_file=None, catalog="films", var_dir=bundles_dir)  # type: ignore[call-arg]
    model = ScriptedLLM(ModelUnavailable(f"no {CANARY}"))
    library = Library(chosen, model, embedder=films.embedder, gate=house)
    with TestClient(create_api(library, house=house), "http://127.0.0.1:7860") as client:
        assert client.portal
        client.portal.call(library.__aenter__)
        client.post("/v1/chat", json={"message": f"a thriller {CANARY}"}, headers={"traceparent": PARENT})
        client.portal.call(library.__aexit__)
    house.close()
    yield [json.loads(span.to_json()) for span in memory.get_finished_spans()]


def test_a_turn_is_a_tree_of_its_parts_below_the_callers_span(spans: list[dict[str, object]]) -> None:
    by_id = {span["context"]["span_id"]: span for span in spans}  # type: ignore[index]
    (turn,) = [span for span in spans if span["name"] == "turn"]
    assert turn["parent_id"] == "0xb7ad6b7169203331"
    assert {span["context"]["trace_id"] for span in spans} == {"0x0af7651916cd43dd8448eb211c80319c"}  # type: ignore[index]
    names = {str(span["name"]): span for span in spans}
    assert {"stage understand", "stage tools", "stage answer", "tool search_keywords", "model complete"} <= set(names)
    assert by_id[names["tool search_keywords"]["parent_id"]]["name"] == "stage tools"
    assert by_id[names["model complete"]["parent_id"]]["name"] == "stage plan"
    assert by_id[names["stage plan"]["parent_id"]] is turn
    for span in spans:
        assert str(span["start_time"]) <= str(span["end_time"])
    assert names["model complete"]["status"] == {"status_code": "ERROR", "description": "ModelUnavailable"}


def test_spans_say_what_happened_and_nothing_anybody_said(spans: list[dict[str, object]]) -> None:
    (turn,) = [span for span in spans if span["name"] == "turn"]
    about = turn["attributes"]
    assert isinstance(about, dict)
    assert (about["cicerone.door"], about["cicerone.outcome"], about["cicerone.planner"]) == (
        "chat",
        "answered",
        "basic",
    )
    assert CANARY not in json.dumps(spans)


def test_a_collector_is_sent_to_over_http() -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    tracing_to("http://127.0.0.1:4318/").close()
