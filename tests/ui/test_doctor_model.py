"""`doctor --llm`: what was found out, what follows from it, where it is kept."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agents.model.endpoint import Endpoint, Suggestions, known_endpoint
from errors import ModelError, ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings
from ui.doctor_model import examine_model, findings, what_follows


def settings_of(var_dir: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, var_dir=var_dir, llm_base_url="http://127.0.0.1:9/v1", llm_model="small", **more)


def examine(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, found: Endpoint | ModelError
) -> tuple[bool, list[str]]:
    async def probe(_: Settings) -> Endpoint:
        if isinstance(found, ModelError):
            raise found
        return found

    async def metadata_of(_: Settings) -> list[dict[str, Any]]:
        return [{"id": "large"}, {"id": "medium"}]

    monkeypatch.setattr("agents.model.probe.probe", probe)
    monkeypatch.setattr("agents.model.metadata.metadata_of", metadata_of)
    lines: list[str] = []
    return asyncio.run(examine_model(settings, lines.append)), lines


def test_what_was_found_out_is_told_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    endpoint = Endpoint.at(settings)
    endpoint.tools, endpoint.json_schema, endpoint.context_tokens = False, True, 6144
    ok, lines = examine(monkeypatch, settings, endpoint)
    assert ok
    assert [line.split()[-1] for line in lines if "native tool calls" in line] == ["no"]
    assert any("enforced" in line for line in lines)
    assert any("6,144 tokens" in line for line in lines)
    assert any(line.startswith("so ") and "planning by a JSON plan" in line for line in lines)
    assert known_endpoint(settings) == endpoint


def test_a_model_that_is_away_is_one_sentence_and_what_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ok, lines = examine(monkeypatch, settings_of(tmp_path), ModelUnavailable("It has no model 'small'."))
    assert not ok
    assert lines[-1].endswith("no model 'small'. It lists: large, medium. Until it answers, the basic planner does.")
    assert not (tmp_path / "cache").exists()


def test_without_a_model_there_is_nothing_to_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ok, lines = examine(monkeypatch, settings_of(tmp_path, planner="basic"), Endpoint())
    assert not ok
    assert "CICERONE_LLM_BASE_URL" in lines[0]


@pytest.mark.parametrize(
    ("found", "tools", "how"),
    [
        ({"tools": True}, "auto", "native tool calls"),
        ({"tools": False}, "auto", "a JSON plan"),
        ({"tools": True}, "json", "a JSON plan (CICERONE_LLM_TOOLS"),
        ({"tools": False}, "native", "native tool calls (CICERONE_LLM_TOOLS"),
    ],
)
def test_how_turns_are_planned(tmp_path: Path, found: dict[str, bool], tools: Any, how: str) -> None:
    endpoint = Endpoint.model_validate(found)
    assert f"planning by {how}" in what_follows(endpoint, settings_of(tmp_path, llm_tools=tools))


@pytest.mark.parametrize("helps", [True, False])
def test_titles_of_its_own_are_asked_for_only_where_they_help(tmp_path: Path, helps: bool) -> None:
    endpoint = Endpoint(suggestions=Suggestions(n=50, in_catalog=0.5, hit_rate=0.1, helps=helps))
    assert ("own are asked for" in what_follows(endpoint, settings_of(tmp_path))) is helps
    assert dict(findings(endpoint))["titles of its own"].startswith("help" if helps else "do not help")


def test_titles_of_its_own_are_measured_on_the_people_of_the_catalogue(
    monkeypatch: pytest.MonkeyPatch, bundles_dir: Path, films: Bundle
) -> None:
    asked: list[int] = []

    async def measure(model: Any, bundle: Any, nouns: Any, n: int) -> Suggestions:
        asked.append(n)
        return Suggestions(catalog=bundle.name, n=n, in_catalog=0.56, hit_rate=0.02, popular=0.07, helps=False)

    monkeypatch.setattr("agents.planning.suggest.measure_suggestions", measure)
    monkeypatch.setattr("retrieval.opening.chosen_embedder", lambda _: films.embedder)
    monkeypatch.setattr("agents.model.endpoint.keep_endpoint", lambda endpoint, _: endpoint.model)
    settings = settings_of(bundles_dir, catalog="films")
    for speed in (200.0, 3.0):
        endpoint = Endpoint.at(settings)
        endpoint.tokens_per_s = speed
        ok, lines = examine(monkeypatch, settings, endpoint)
        assert ok
        assert any("56% are in films; they hold 2% of what" in line for line in lines)
    assert asked == [20, 10]


def test_a_ranker_that_is_switched_on_says_what_it_costs(tmp_path: Path) -> None:
    on, off = (what_follows(Endpoint(), settings_of(tmp_path, llm_ranker=way)) for way in ("on", "off"))
    assert "one call more" in on
    assert "one call more" not in off
