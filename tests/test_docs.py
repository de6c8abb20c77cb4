"""The generated pages of the docs are current, and the README's commands exist."""

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


@pytest.mark.parametrize("page", ["README.md", "docs/catalogues.md"])
def test_every_command_and_option_named_exists(page: str) -> None:
    from app import parser

    known = next(a for a in parser()._actions if a.dest == "command").choices
    assert known
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = re.findall(r"app\.py ([a-z]+)([^`\n]*)", text)
    assert lines
    assert {name for name, _ in lines} <= set(known)
    for name, rest in lines:
        assert set(re.findall(r"--[a-z-]+", rest)) <= set(known[name]._option_string_actions)


def test_links_in_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


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
