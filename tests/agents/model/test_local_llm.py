"""A model file in this process: what is refused before anything is loaded, and how the loaded one is reached."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.model import local_llm
from agents.model.chosen_model import chosen_model
from agents.model.endpoint import known_endpoint
from errors import SettingsError
from settings import Settings


def settings_of(path: Path) -> Settings:
    return Settings(_env_file=None, llm_gguf=path)


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    """A file that begins as a model file does."""
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF and more")
    return path


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The parameters of every server started, none of them real."""
    started: list[Any] = []

    def parameters() -> SimpleNamespace:
        return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace())

    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=parameters, Server=started.append))
    monkeypatch.setattr(local_llm, "_wait_until_loaded", lambda port: None)
    local_llm._Served.of.cache_clear()
    return started


def test_a_file_is_loaded_once_and_reached_with_a_key_of_its_own(gguf: Path, engine: list[Any]) -> None:
    model = chosen_model(settings_of(gguf))
    assert model is not None
    assert model.name == "small.gguf"
    assert not model.endpoint.takes_tools
    first, second = (local_llm.reached(settings_of(gguf)) for _ in range(2))
    assert len(engine) == 1
    assert first.llm_base_url == second.llm_base_url == f"http://127.0.0.1:{engine[0].port}/v1"
    assert first.llm_api_key is not None
    assert engine[0].api_keys == [first.llm_api_key.get_secret_value()]
    assert engine[0].model.path == str(gguf)


def test_what_is_known_of_a_file_does_not_depend_on_the_port(gguf: Path) -> None:
    assert known_endpoint(settings_of(gguf)).base_url == f"file://localhost{gguf}"


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"<html>", "no GGUF file")])
def test_what_is_no_model_file_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        chosen_model(settings_of(path))


def test_a_missing_package_is_named(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    local_llm._Served.of.cache_clear()
    with pytest.raises(SettingsError, match="package xllamacpp"):
        chosen_model(settings_of(gguf))


def test_without_a_file_settings_stay_as_they_are() -> None:
    settings = Settings(_env_file=None, llm_base_url="http://127.0.0.1:1/v1")
    assert local_llm.reached(settings) is settings
