"""The `eval` command: files in, a table and maybe a file out."""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from agents.session import Cicerone
from errors import InputError
from eval import commands
from eval.arguments import add_evaluations
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


def run(bundle: Bundle, what: str, turns: Path, *more: str, out: Path | None = None) -> int:
    parser = argparse.ArgumentParser()
    add_evaluations(parser, int)
    words = [what, "--turns", str(turns), *more, *(["--out", str(out)] if out else [])]
    return commands.run(parser.parse_args(words), lambda: Cicerone(bundle, Settings(planner="basic")))


def test_retrieval_prints_a_table_and_writes_the_same_numbers(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "turns.jsonl").write_bytes(jsonl(*TURNS))
    assert run(films, "retrieval", tmp_path / "turns.jsonl", out=tmp_path / "out.json") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["catalog"] == "films"
    assert result["rows"]["agent"]["n"] == 2
    assert result["rows"]["agent"]["R@10"]["mean"] == 0.5
    said = capsys.readouterr()
    assert said.out.startswith("retrieval · turns.jsonl · catalogue films · basic planner\n| | n | R@1 |")
    assert "| agent | 2 | " in said.out
    assert "turns: 2" in said.err
    assert (tmp_path / "out.md").read_text().endswith(said.out.partition("\n")[2])


def test_filters_reads_compressed_questions_and_keeps_what_went_wrong(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl.gz"
    path.write_bytes(gzip.compress(jsonl(QUESTION, {**QUESTION, "gold": ["tt0081505"]})))
    assert run(films, "filters", path, out=tmp_path / "out.json") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["rows"]["agent"]["exact"] == 0.5
    assert [wrong["text"] for wrong in result["wrong"]] == [QUESTION["text"]]


def test_n_takes_only_the_first(films: Bundle, tmp_path: Path) -> None:
    (tmp_path / "turns.jsonl").write_bytes(jsonl(*TURNS))
    run(films, "retrieval", tmp_path / "turns.jsonl", "--n", "1", out=tmp_path / "out.json")
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


def test_rows_and_candidates_can_be_chosen(films: Bundle, tmp_path: Path) -> None:
    (tmp_path / "turns.jsonl").write_bytes(jsonl(*TURNS))
    (tmp_path / "ids.txt").write_text(f"{ALIEN}\n")
    out = tmp_path / "out.json"
    more = ("--models", "popularity, fusion", "--candidates", str(tmp_path / "ids.txt"))
    run(films, "retrieval", tmp_path / "turns.jsonl", *more, out=out)
    rows = json.loads(out.read_text())["rows"]
    assert list(rows) == ["fusion", "popularity"]
    assert rows["popularity"]["R@1"]["mean"] == 0.5


def test_plots_are_turns_with_one_target(films: Bundle, tmp_path: Path) -> None:
    slots = [
        {"type": "Actor", "value": "Sigourney Weaver"},
        {"type": "Plot", "value": "weaver and the crew of a freight ship are hunted"},
    ]
    (tmp_path / "plots.jsonl").write_bytes(jsonl({"text": "what is it", "slots": slots, "gold": [ALIEN]}))
    run(films, "plots", tmp_path / "plots.jsonl", out=tmp_path / "out.json")
    rows = json.loads((tmp_path / "out.json").read_text())["rows"]
    assert rows["agent"]["n"] == 1
    assert rows["bm25 on raw chat"]["R@1"]["mean"] == 1.0


def test_next_needs_no_catalogue_and_writes_predictions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turned = [(user, "12345"[(user + at) % 5], at) for user in range(10) for at in range(5)]
    lines = ["user,item,timestamp", *(f"{user},{item},{at}" for user, item, at in turned)]
    (tmp_path / "ratings.csv").write_text("\n".join(lines))
    parser = argparse.ArgumentParser()
    add_evaluations(parser, int)
    words = ["next", "--interactions", str(tmp_path / "ratings.csv"), "--models", "popularity,transitions"]
    args = parser.parse_args([*words, "--out", str(tmp_path / "o.json"), "--predictions", str(tmp_path / "p")])
    assert commands.run(args, lambda: pytest.fail("no agent is needed")) == 0
    assert json.loads((tmp_path / "o.json").read_text())["rows"]["transitions†"]["HR@1"]["mean"] == 1.0
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == [
        "fused.jsonl",
        "fused_nothing_refitted.jsonl",
        "popularity.jsonl",
        "popularity_refitted.jsonl",
        "transitions.jsonl",
        "transitions_refitted.jsonl",
    ]
    first = json.loads((tmp_path / "p" / "transitions_refitted.jsonl").read_text().splitlines()[0])
    assert first == {"user": "0", "items": ["5"]}
    assert "next · ratings.csv · 10 users, 5 items" in capsys.readouterr().out
