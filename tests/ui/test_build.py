"""The commands `build` and `rollback`: what is printed, what is asked, how an import ends."""

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import ui.build
from errors import BundleError, CiceroneError, InputError
from retrieval.importing.roles.evidence import Evidence
from retrieval.importing.roles.questions import Question
from settings import Settings
from ui.build import ask_in_terminal, asker, name_of, noun_of, roles_of
from ui.columns_table import MOST_ROWS, WIDTH, show_columns

Build = Callable[..., int]
WHAT = Question("Which column is the id?", ("a (first)", "b (second)"))


@pytest.fixture
def teas(tmp_path: Path) -> Path:
    lines = [f"t{i},Tea number {i},{'green' if i % 2 else 'black'},{i}.50" for i in range(40)]
    path = tmp_path / "fine teas.csv"
    path.write_text("\n".join(["code,tea,kind,price_eur", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def run(path: Path, *words: str) -> int:
        parser = argparse.ArgumentParser()
        parser.add_argument("--debug", action="store_true")
        ui.build.add_arguments(parser)
        args = parser.parse_args(["--catalog", str(path), "--no-vectors", *words])
        return ui.build.build(args, Settings(_env_file=None, var_dir=tmp_path / "var"))

    return run


def test_a_build_shows_outcome_rows_columns_and_what_to_do_next(
    build: Build, teas: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(teas, "--yes") == 0
    out = capsys.readouterr().out
    assert out.startswith("ok\n40 rows in = 40 loaded + 0 quarantined\n")
    table = [line.split() for line in out.splitlines() if line.startswith(("code", "tea", "kind", "price_eur"))]
    assert [row[:2] for row in table] == [["code", "id"], ["tea", "title"], ["kind", "facet"], ["price_eur", "number"]]
    assert "black · green" in out and "(eur)" in out
    assert "catalogs/fine-teas/catalog.toml" in out
    assert out.endswith("Next: .venv/bin/python app.py serve --catalog fine-teas\n")
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) < WIDTH + 60


def test_rows_left_out_are_listed_and_too_many_refuse(
    build: Build, teas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "var" / "catalogs" / "fine-teas" / "quarantine.jsonl"
    with teas.open("a", encoding="utf-8") as file:
        file.write("t40,too,many,4,cells\n")
    assert build(teas) == 0
    assert capsys.readouterr().out.startswith(f"ok with 1 quarantined ({listed})\n41 rows in = 40 loaded + 1 quar")
    (row,) = map(json.loads, listed.read_text(encoding="utf-8").splitlines())
    assert (row["line"], row["raw"]) == (42, "t40,too,many,4,cells")
    with teas.open("a", encoding="utf-8") as file:
        file.write("t41,x\nt42,x\n")
    assert build(teas) == 1
    refused = capsys.readouterr()
    assert refused.err.splitlines()[-1].startswith("app.py build: refused: 3 of 43 rows cannot be used; the first")
    assert str(listed) in refused.err and not refused.out
    assert len(listed.read_text(encoding="utf-8").splitlines()) == 3
    assert build(teas, "--force") == 0
    assert capsys.readouterr().out.startswith("ok with 3 quarantined")


def test_a_dry_run_builds_nothing(build: Build, teas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(teas, "--dry-run", "--role", "kind=ignore") == 0
    out = capsys.readouterr().out
    assert out.startswith("ok; nothing was built\n")
    assert "as told" in out
    assert not (tmp_path / "var").exists()


def test_debug_lets_the_traceback_through(build: Build, teas: Path) -> None:
    with pytest.raises(CiceroneError):
        build(teas, "--role", "gone=text", "--debug")


def test_rollback_says_what_is_current(
    build: Build, teas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path / "var")
    assert build(teas) == 0
    with teas.open("a", encoding="utf-8") as file:
        file.write("t99,Late tea,green,3\n")
    assert build(teas) == 0
    capsys.readouterr()
    for n_items in (40, 41):
        assert ui.build.rollback("fine-teas", settings) == 0
        assert f": {n_items} items." in capsys.readouterr().out


def test_nobody_is_asked_without_a_terminal_or_with_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    paused = pytest.fail
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n"))
    assert asker(False, paused)(WHAT) is None
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert asker(True, paused)(WHAT) is None


@pytest.mark.parametrize(
    ("said", "chosen"), [("\n", 0), ("2\n", 1), ("7\nb\n 1 \n", 0), ("", None)], ids=["return", "2", "nonsense", "end"]
)
def test_a_question_is_a_numbered_choice(
    said: str, chosen: int | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    assert ask_in_terminal(WHAT) == chosen
    assert capsys.readouterr().out.startswith("Which column is the id?\n  1  a (first)\n  2  b (second)\n1–2 [1]: ")


def test_a_hostile_name_moves_no_cursor_and_the_table_stays_in_its_width() -> None:
    odd = Evidence("\x1b[31mred\n\u202ename" * 9, "text", "why " * 30, 0.5, ("\x07" * 9, "x" * 5000), certain=False)
    out = io.StringIO()
    show_columns([odd] * (MOST_ROWS + 3), out)
    assert not {"\x1b", "\u202e", "\x07"} & set(out.getvalue())
    assert max(map(len, out.getvalue().splitlines())) <= WIDTH
    assert "text ?" in out.getvalue()
    assert "… and 3 columns more" in out.getvalue()


@pytest.mark.parametrize(
    ("text", "noun"),
    [("wine", ["wine", "wines"]), ("goose, geese", ["goose", "geese"]), ("berry", ["berry", "berries"]),
     ("dish", ["dish", "dishes"]), ("toy", ["toy", "toys"]), ("", [])],
)  # fmt: skip
def test_noun_of(text: str, noun: list[str]) -> None:
    assert noun_of(text) == noun


def test_roles_are_split_at_the_last_sign() -> None:
    assert roles_of(["price=number", "a=b=text"]) == {"price": "number", "a=b": "text"}
    for wrong in ("price", "=text", "price="):
        with pytest.raises(InputError, match="column=role"):
            roles_of([wrong])


def test_names_of_files() -> None:
    assert [name_of(Path(path)) for path in ("a/Fine teas.csv.gz", "b/…", "c/.hidden")] == [
        "Fine-teas", "catalogue", "catalogue",
    ]  # fmt: skip


def test_an_empty_path_is_wrong_use_and_a_long_name_refused(build: Build, teas: Path) -> None:
    parser = argparse.ArgumentParser()
    ui.build.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--catalog", ""])
    with pytest.raises(BundleError, match="too long to name a catalogue: use at most 100 letters"):
        build(teas, "--name", "n" * 300)
    assert name_of(Path("x" * 240 + ".csv")) == "x" * 60
