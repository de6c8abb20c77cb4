"""The `eval` command: files in, a table and maybe a file out."""

import argparse
import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from agents.session import Cicerone
from errors import InputError
from eval import commands
from retrieval.bundle import Bundle
from settings import Settings

ALIEN = "tt0078748"
TURNS = [
    {
        "dialog_id": "1",
        "context": [{"role": "user", "text": "a horror film in space"}],
        "targets": [{"item_id": ALIEN}],
    },
    {"dialog_id": "2", "context": [{"role": "user", "text": "a sleepy ocean"}], "targets": [{"item_id": None}]},
]
QUESTION = {
    "text": "a horror film from 1979",
    "constraints": [
        {"field": "genres", "op": "contains", "value": "Horror"},
        {"field": "year", "op": "eq", "value": 1979},
    ],
    "gold": [ALIEN],
}


def jsonl(*lines: Any) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n\n" for line in lines)


def run(bundle: Bundle, what: str, turns: Path, out: Path | None = None, n: int | None = None) -> int:
    agent = Cicerone(bundle, Settings(planner="basic"))
    return asyncio.run(commands.run(agent, argparse.Namespace(what=what, turns=turns, out=out, n=n)))


def test_retrieval_prints_a_table_and_writes_the_same_numbers(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "turns.jsonl").write_bytes(jsonl(*TURNS))
    assert run(films, "retrieval", tmp_path / "turns.jsonl", tmp_path / "out.json") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["catalog"] == "films"
    assert result["rows"]["agent"]["n"] == 2
    assert result["rows"]["agent"]["R@10"]["mean"] == 0.5
    said = capsys.readouterr()
    assert said.out.startswith("retrieval · turns.jsonl · catalogue films · basic planner\n| | n | R@1 |")
    assert "| agent | 2 | " in said.out
    assert "turns: 6" in said.err


def test_filters_reads_compressed_questions_and_keeps_what_went_wrong(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl.gz"
    path.write_bytes(gzip.compress(jsonl(QUESTION, {**QUESTION, "gold": ["tt0081505"]})))
    assert run(films, "filters", path, tmp_path / "out.json") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["rows"]["agent"]["exact"] == 0.5
    assert [wrong["text"] for wrong in result["wrong"]] == [QUESTION["text"]]


def test_n_takes_only_the_first(films: Bundle, tmp_path: Path) -> None:
    (tmp_path / "turns.jsonl").write_bytes(jsonl(*TURNS))
    run(films, "retrieval", tmp_path / "turns.jsonl", tmp_path / "out.json", n=1)
    assert json.loads((tmp_path / "out.json").read_text())["rows"]["agent"]["n"] == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b"{"),
        ("a.jsonl", b"\xff\xfe"),
        ("a.gz", b"plain"),
        ("a.gz", gzip.compress(jsonl(*TURNS))[:-12]),
    ],
)
def test_a_file_that_is_no_jsonl_is_refused(films: Bundle, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as JSONL"):
        run(films, "retrieval", tmp_path / name)


@pytest.mark.parametrize(
    ("what", "line", "missing"),
    [
        ("retrieval", QUESTION, "dialog_id, context, targets"),
        ("filters", TURNS[0], "text, constraints, gold"),
        ("filters", {"text": "x", "constraints": []}, "gold"),
        ("filters", [1], "text"),
    ],
)
def test_lines_of_another_kind_are_refused_by_what_they_lack(
    films: Bundle, tmp_path: Path, what: str, line: Any, missing: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(line))
    with pytest.raises(InputError, match=f"Line 1 of .*a.jsonl lacks {missing}"):
        run(films, what, tmp_path / "a.jsonl")


def test_a_table_has_a_cell_for_every_column_of_every_row() -> None:
    text = commands.table(
        {"a": {"n": 12345, "R@1": {"mean": 0.12345, "low": 0.1, "high": 0.25}}, "b": {"n": 1, "ms": 2.5}}
    )
    assert text.splitlines() == [
        "| | n | R@1 | ms |",
        "|---|---|---|---|",
        "| a | 12,345 | 0.1235 (0.100–0.250) |  |",
        "| b | 1 |  | 2.5 |",
    ]
