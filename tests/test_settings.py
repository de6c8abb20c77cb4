"""Settings: where they come from, and what is said about bad ones."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from errors import SettingsError
from settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and no variable of ours: neither a shell nor an .env file can change what is tested."""
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv(f"CICERONE_{field.upper()}", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_without_anything_it_listens_to_this_machine_only_and_needs_no_model() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert settings.catalog == "demo"
    assert not settings.has_model


def test_overrides_win_over_the_environment_which_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("CICERONE_PORT=1111\nCICERONE_CATALOG=file\nCICERONE_K=9\nSOMEONE_ELSES=1\n")
    monkeypatch.setenv("CICERONE_PORT", "2222")
    monkeypatch.setenv("CICERONE_CATALOG", "shell")
    settings = load_settings(port=3333, catalog=None)
    assert (settings.port, settings.catalog, settings.k) == (3333, "shell", 9)


def test_only_the_file_of_the_current_folder_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path(".env").write_text("CICERONE_K=9\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert load_settings().k == Settings.model_fields["k"].default


def test_empty_strings_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CICERONE_PORT", "CICERONE_LLM_BASE_URL", "CICERONE_LLM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings.port == 7860
    assert not settings.has_model


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CICERONE_PORT", "70000"),
        ("CICERONE_PORT", "web"),
        ("CICERONE_K", "0"),
        ("CICERONE_PLANNER", "clever"),
        ("CICERONE_LLM_TIMEOUT_S", "-1"),
        ("CICERONE_MAX_MESSAGE_CHARS", "9"),
    ],
)
def test_a_bad_value_is_shown_with_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(error.value).startswith(f"{name}={value!r} is wrong: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "CICERONE_LLM_API_KEY"])
def test_a_key_of_either_name_turns_the_model_on_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "hush")
    settings = load_settings()
    assert settings.llm_api_key
    assert settings.llm_api_key.get_secret_value() == "hush"
    assert settings.has_model
    assert "hush" not in repr(settings)


def test_our_own_key_wins_over_the_shared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "shared")
    monkeypatch.setenv("CICERONE_LLM_API_KEY", "ours")
    key = load_settings().llm_api_key
    assert key
    assert key.get_secret_value() == "ours"


def test_the_basic_planner_leaves_a_configured_model_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CICERONE_LLM_BASE_URL", "http://localhost:1/v1")
    assert load_settings().has_model
    assert not load_settings(planner="basic").has_model


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]
