"""The generated pages of the docs are current, and the README's commands exist."""

import argparse
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["settings.md", "tools.md", "commands.md"])
def test_generated_page_is_current(page: str) -> None:
    made = _generator().PAGES[page]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made, "run: make docs"


WRITTEN = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
WITHOUT_COMMANDS = {"docs/ARCHITECTURE.md", "docs/commands.md", "docs/page.md", "docs/settings.md", "docs/tools.md"}


@pytest.mark.parametrize("page", sorted({*WRITTEN} - WITHOUT_COMMANDS))
def test_every_command_and_option_named_exists(page: str) -> None:
    from app import parser

    text = (ROOT / page).read_text(encoding="utf-8")
    for words in re.findall(r"app\.py ([a-z]+[^`\n#|)]*)", text):
        left, asked, known = words.split(), parser(), set[str]()
        while left and (kinds := _kinds(asked)) and not left[0].startswith(("-", "[")):
            assert left[0] in kinds, words
            asked = kinds[left.pop(0)]
            known |= set(asked._option_string_actions)
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", words)) <= known, words
    for program in re.findall(r"python ((?:bench|docs|eval)/\w+\.py)", text):
        assert (ROOT / program).exists()


def _kinds(asked: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action.choices for action in asked._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0]) if found else {}


@pytest.mark.parametrize("page", WRITTEN)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", WRITTEN)
def test_every_setting_named_exists(page: str) -> None:
    from settings import Settings

    named = set(re.findall(r"`CICERONE_([A-Z_]+[A-Z])\b", (ROOT / page).read_text(encoding="utf-8")))
    assert {name.lower() for name in named} <= set(Settings.model_fields) | {"llm", "token"}


CATALOGUES = (ROOT / "docs" / "catalogues.md").read_text(encoding="utf-8")


def test_the_example_from_code_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", CATALOGUES, re.DOTALL)
    assert len([line for line in program.splitlines() if line]) <= 14
    monkeypatch.setenv("CICERONE_VAR_DIR", str(tmp_path))
    monkeypatch.chdir(ROOT)
    found: dict[str, Any] = {}
    exec(compile(program, "catalogues.md", "exec"), found)
    items = found["answer"]["items"]
    assert items
    assert all(item["fields"]["kind"] == "walk" and item["fields"]["price_eur"] <= 10 for item in items)
    told = capsys.readouterr().out
    assert "68 rows in = 68 loaded" in told and items[0]["title"] in told


def test_every_catalogue_shown_is_pictured_with_what_was_said() -> None:
    shown = tomllib.loads((ROOT / "docs" / "catalogues.toml").read_text(encoding="utf-8"))["catalogue"]
    assert shown
    for entry in shown:
        assert f"images/catalogues/{entry['name']}.png" in CATALOGUES
        assert [say for say in entry["says"] if f"“{say}”" not in CATALOGUES] == []
    links = re.findall(r"\]\((?!http)([^)#]+)\)", CATALOGUES)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_the_examples_are_as_their_readme_says() -> None:
    folder = ROOT / "docs" / "examples"
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _ in rows} == {path.name for path in folder.iterdir()} - {"README.md"}
    for name, n_rows in rows:
        lines = (folder / name).read_bytes().splitlines()
        assert len(lines) - name.endswith(".csv") == int(n_rows)
