"""What is known of an endpoint, and where it is kept."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agents.model.chosen_model import chosen_model
from agents.model.endpoint import Endpoint, Suggestions, keep_endpoint, known_endpoint
from errors import SettingsError
from settings import Settings


def settings_of(var_dir: Path, **more: Any) -> Settings:
    given = {"llm_base_url": "http://127.0.0.1:9001/v1", "llm_model": "small", **more}
    return Settings(_env_file=None, var_dir=var_dir, **given)


def test_what_was_found_out_is_known_to_the_model_of_the_next_start(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    found = Endpoint.at(settings)
    assert not found.takes_tools
    found.tools, found.probed, found.refused = True, date(2026, 1, 2), {"temperature"}
    found.suggestions = Suggestions(n=50, in_catalog=0.56, hit_rate=0.02, helps=False)
    assert keep_endpoint(found, tmp_path) == tmp_path / "cache" / "endpoints.json"
    model = chosen_model(settings)
    assert model is not None
    assert model.endpoint == found
    assert model.endpoint.takes_tools


@pytest.mark.parametrize("other", [{"llm_model": "large"}, {"llm_base_url": "http://127.0.0.1:9002/v1"}])
def test_another_model_or_address_is_another_endpoint(tmp_path: Path, other: dict[str, str]) -> None:
    one, two = settings_of(tmp_path), settings_of(tmp_path, **other)
    for settings, tools in ((one, True), (two, False)):
        found = Endpoint.at(settings)
        found.tools = tools
        keep_endpoint(found, tmp_path)
    assert known_endpoint(one).tools is True
    assert known_endpoint(two).tools is False


@pytest.mark.parametrize("text", ["", "{", "[]", '{"http://127.0.0.1:9001/v1 small": {"tools": "perhaps"}}'])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "endpoints.json").write_text(text)
    settings = settings_of(tmp_path)
    assert known_endpoint(settings) == Endpoint.at(settings)
    keep_endpoint(Endpoint.at(settings), tmp_path)
    assert known_endpoint(settings).tools is None


@pytest.mark.parametrize(
    ("address", "model", "left_out"),
    [
        (None, "gpt-5-mini", {"max_tokens", "temperature"}),
        (None, "gpt-4.1", {"max_tokens", "reasoning_effort"}),
        ("http://127.0.0.1:1/v1", "small", {"max_completion_tokens", "reasoning_effort"}),
    ],
)
def test_an_address_says_something_by_itself(
    tmp_path: Path, address: str | None, model: str, left_out: set[str]
) -> None:
    endpoint = Endpoint.at(settings_of(tmp_path, llm_base_url=address, llm_model=model))
    assert endpoint.refused == left_out
    assert endpoint.takes_tools is (address is None)


def test_a_model_that_is_a_must_has_to_be_configured(tmp_path: Path) -> None:
    assert chosen_model(settings_of(tmp_path, planner="basic")) is None
    with pytest.raises(SettingsError, match="CICERONE_LLM_BASE_URL"):
        chosen_model(settings_of(tmp_path, planner="llm", llm_base_url=None, llm_api_key=None))
