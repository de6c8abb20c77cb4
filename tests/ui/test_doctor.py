"""`doctor`: one line a check, each saying what to do, and an exit code that tells whether all is well."""

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from shelf import write_generator

from agents.model.chat import ModelReply
from errors import ModelUnavailable
from retrieval.bundle import Bundle
from retrieval.manifest import FileEntry
from settings import Settings
from ui import doctor


def examine(settings: Settings) -> tuple[int, dict[str, str]]:
    """Return the exit code and the lines by their first word."""
    lines: list[str] = []
    code = asyncio.run(doctor.examine(settings, lines.append))
    assert all("\n" not in line for line in lines)
    return code, {line.split()[0]: line for line in lines}


def settings_of(var_dir: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, var_dir=var_dir, **{"planner": "basic", **more})  # type: ignore[call-arg]


@pytest.fixture
def var_dir(bundles_dir: Path, films: Bundle, games: Bundle, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the two tiny bundles, which are opened with the embedder they were built with."""
    opened = {"films": films, "games": games}
    monkeypatch.setattr("retrieval.opening.open_bundle", lambda folder, name, embedder, **_: opened[name])
    return bundles_dir


def test_a_whole_installation_is_well(var_dir: Path) -> None:
    code, lines = examine(settings_of(var_dir, catalog="films"))
    assert code == 0
    assert "40 items" in lines["catalogue"]
    assert "title (title, 100%)" in lines["catalogue"]
    assert "rating_count (number, 98%)" in lines["catalogue"]
    assert lines["meaning"].endswith(" on: hashing embeds to 256 numbers")
    assert lines["co-liked"].endswith(" on")
    assert lines["next"].endswith("off: not trained; run .venv/bin/python app.py train --catalog films")
    assert "basic planner answers" in lines["model"]
    assert "MISSING" not in lines["packages"]


def test_what_a_bundle_lacks_is_no_illness_but_is_said(var_dir: Path) -> None:
    code, lines = examine(settings_of(var_dir, catalog="games"))
    assert code == 0
    assert "--interactions" in lines["co-liked"]
    assert "off: built without --interactions" in lines["next"]


@pytest.mark.parametrize(
    ("ids", "why_off", "said"),
    [("films", "", "on: trained 2026"), ("films", "It adds nothing.", "off: trained 2026"), ("", "", "off: It was")],
)
def test_a_trained_model_is_told_with_the_reason_it_is_off(
    films: Bundle, tmp_path: Path, ids: str, why_off: str, said: str
) -> None:
    write_generator(tmp_path / "semantic_ids", films.catalog.ids if ids else ["x", "y"], why_off=why_off)
    files = {"semantic_ids/model.json": FileEntry(bytes=1, sha256="")}
    bundle = SimpleNamespace(path=tmp_path, catalog=films.catalog, manifest=films.manifest.model_copy())
    bundle.manifest.files = files
    told = doctor._what_comes_next(bundle)  # type: ignore[arg-type]
    assert told.startswith(said)


def test_a_missing_catalogue_fails_with_its_remedy(tmp_path: Path) -> None:
    code, lines = examine(settings_of(tmp_path / "not" / "yet", catalog="films"))
    assert code == 1
    assert "'films'" in lines["catalogue"]
    assert "app.py build" in lines["catalogue"]
    assert lines["folder"].endswith("writable")
    assert not (tmp_path / "not").exists()


def test_a_folder_of_somebody_else_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    code, lines = examine(settings_of(tmp_path))
    assert code == 1
    assert "set CICERONE_VAR_DIR" in lines["folder"]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PARTS", ("duckdb", "no-such-package"))
    _, lines = examine(settings_of(tmp_path))
    assert "no-such-package MISSING (run: make setup)" in lines["packages"]
    assert "duckdb MISSING" not in lines["packages"]


class Model:
    """Stands where the client of the configured model would."""

    name = "parrot-1"
    answer: ModelReply | Exception

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def complete(self, messages: Any, **options: Any) -> ModelReply:
        assert options["timeout_s"] <= 30
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        (ModelReply(text=" Ready. "), 0, "parrot-1 answers: 'Ready.'"),
        (ModelUnavailable("No server there."), 1, "gpt-5-mini: No server there. Until it answers, the basic planner"),
    ],
    ids=["answers", "is away"],
)
def test_the_model_is_asked_once(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch, answer: ModelReply | Exception, expected: int, said: str
) -> None:
    monkeypatch.setattr("agents.model.llm.OpenAIModel", Model)
    monkeypatch.setattr(Model, "answer", answer, raising=False)
    settings = settings_of(var_dir, catalog="films", planner="auto", llm_base_url="http://localhost:1/v1")
    code, lines = examine(settings)
    assert code == expected
    assert said in lines["model"]


def test_the_other_catalogues_are_listed_and_a_damaged_one_is_no_illness(var_dir: Path, tmp_path: Path) -> None:
    whole = examine(settings_of(var_dir, catalog="films"))[1]
    assert whole["also"].startswith("also       games: 25 games, built 2")
    shutil.copytree(var_dir / "catalogs", tmp_path / "catalogs")
    next((tmp_path / "catalogs" / "games").glob("*/manifest.json")).write_text("{")
    code, lines = examine(settings_of(tmp_path, catalog="films"))
    assert code == 0
    assert "'games'" in lines["also"]
    assert "app.py build" in lines["also"]
