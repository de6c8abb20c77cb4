"""Scoring guessed roles against an answer sheet."""

import zipfile
from pathlib import Path

import pytest

from eval.roles import PROJECT, score_roles

TEAS = "code,tea,kind\n" + "".join(f"t{i},Tea number {i},{'green' if i % 2 else 'black'}\n" for i in range(9))


def sheet(folder: Path, text: str) -> Path:
    path = folder / "answers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_examples_of_the_project_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert score_roles(None) == 0
    out = capsys.readouterr().out
    assert "books_5197.parquet: skipped, no such file" in out
    assert all(f"docs/examples/{path.name}: " in out for path in (PROJECT / "docs" / "examples").glob("*.*sv"))


def test_shares_and_misses_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "teas.csv").write_text(TEAS, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "teas.zip", "w") as archive:
        archive.writestr("inner/teas.csv", TEAS)
    right = 'code = "id"\ntea = "title"\n'
    answers = sheet(
        tmp_path,
        f'["teas.csv"]\n{right}kind = "text"\ngone = "date"\n["teas.zip/teas.csv"]\n{right}kind = "text/facet"\n',
    )
    assert score_roles(tmp_path, answers) == 1
    assert capsys.readouterr().out.splitlines() == [
        "teas.csv: 2 of 4 right",
        "  kind: facet instead of text (by its name; 2 different values)",
        "  gone: no such column instead of date ()",
        "teas.zip/teas.csv: 3 of 3 right",
        "total: 5 of 7 right (71.4%)",
    ]


def test_a_column_without_an_answer_is_a_miss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "teas.csv").write_text(TEAS, encoding="utf-8")
    assert score_roles(tmp_path, sheet(tmp_path, '["teas.csv"]\ncode = "id"\ntea = "title"\n')) == 1
    assert "kind: not on the answer sheet" in capsys.readouterr().out
