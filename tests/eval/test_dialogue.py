"""Whole turns measured: what is counted, and that a run goes on where it was stopped."""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.session import Cicerone
from errors import InputError, ModelUnavailable
from eval import dialogue
from eval.dialogue_table import numbers_of
from eval.dialogue_turns import Taken, take
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, EXORCIST = "tt0078748", "tt0070047"
HORROR = {"field": "genres", "op": "contains", "value": "Horror"}
SEVENTIES = {"field": "year", "op": "between", "value": [1970, 1979]}
QUESTION = {"text": "a horror film of the 1970s", "constraints": [HORROR, SEVENTIES], "gold": [ALIEN, EXORCIST]}
TALK = {
    "dialog_id": "7",
    "context": [{"role": "user", "text": "I want a scary film in space"}],
    "targets": [{"item_id": ALIEN}, {"item_id": None}],
}


def run(
    bundle: Bundle,
    out: Path | None,
    *replies: Any,
    redial: Sequence[Mapping[str, Any]] = (TALK,),
    questions: Sequence[Mapping[str, Any]] = (QUESTION,),
    **given: Any,
) -> str:
    args = argparse.Namespace(
        **{"out": out, "redial": Path("talks"), "questions": Path("questions"), "n": None, "prose": None, **given},
        traces=None,
    )

    async def all_of_them() -> str:
        model = ScriptedLLM(*replies, takes_tools=False) if replies else None
        async with Cicerone(bundle, Settings(planner="auto" if model else "basic"), model) as agent:
            return await dialogue.run_dialogue(args, agent, redial, questions, lambda stage, done, total: None)

    return asyncio.run(all_of_them())


def test_turns_are_scored_and_both_sets_are_told(films: Bundle, tmp_path: Path) -> None:
    text = run(films, tmp_path / "basic.json")
    told = json.loads((tmp_path / "basic.json").read_text("utf-8"))
    assert told["numbers"]["turns"]["R@10"]["mean"] == 0.5
    assert told["numbers"]["questions"]["satisfied"] == 1.0
    assert told["numbers"]["questions"]["gold found"] == 1.0
    assert told["numbers"]["both"]["n"] == 2
    assert told["numbers"]["both"]["model calls, median"] == 0
    assert told["numbers"]["both"]["fell back to basic"] == "–"
    assert "basic planner · 2 turns" in text
    assert "| R@10 | 0.5000" in (tmp_path / "basic.md").read_text("utf-8")


def test_what_the_model_did_is_counted(films: Bundle) -> None:
    invented = '{"limits": [{"field": "cast", "op": "contains", "value": "Tom Hanks"}], "query": "space"}'
    replies = [invented, ["Alien is set in space. ", "It won 40 Oscars. "], ModelUnavailable("It is too busy.")]
    numbers = run(films, None, *replies)
    for row in (
        "| model calls, median | 2 | 1 | 1 |",
        "| fell back to basic | 0.0 | 1.0 | 0.5 |",
        "| plan parts right before checking | 0.5 |",
        "| sentences replaced or dropped | 1 | 0 | 1 |",
        "| fell back: It is too busy. | 1 |",
        "| part dropped: limit: ",
    ):
        assert row in numbers
    assert "| replies in the model's words | 1 | 0 | 1 |" in numbers
    assert "| unsupported claims shown | 0 | 0 | 0 |" in numbers


def test_without_prose_a_turn_is_only_planned(films: Bundle) -> None:
    text = run(films, None, '{"query": "space"}', questions=(), prose=0)
    assert "| model calls, median | 1 |" in text
    assert "| replies in the model's words | 0 |" in text


def test_a_run_goes_on_where_it_was_stopped(films: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "b.json"
    run(films, out, questions=())
    lines = tmp_path / "b.jsonl"
    lines.write_text(lines.read_text("utf-8") + '{"key": "half', "utf-8")
    taken: list[str] = []

    async def counted(*args: Any, **given: Any) -> Taken:
        taken.append(given["key"])
        return await take(*args, **given)

    monkeypatch.setattr(dialogue, "take", counted)
    run(films, out)
    assert taken == ["questions:0"]
    assert len(lines.read_text("utf-8").splitlines()) == 2
    run(films, out)
    assert taken == ["questions:0"]
    monkeypatch.setattr(dialogue, "_fingerprint", lambda *_: "another prompt")
    run(films, out)
    assert taken == ["questions:0", "talks:0", "questions:0"]


def test_lines_of_something_else_are_refused(films: Bundle, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"no": "turn"}\n', "utf-8")
    with pytest.raises(InputError, match="other lines"):
        run(films, tmp_path / "b.json")


def test_results_stand_side_by_side(films: Bundle, tmp_path: Path) -> None:
    run(films, tmp_path / "one.json")
    run(films, tmp_path / "two.json", '{"query": "space"}', "Alien.", '{"query": ""}', "Alien.")
    text = dialogue.show_table([tmp_path / "one.json", tmp_path / "two.json"])
    assert "| | one | two |" in text
    assert "| model calls, median | 0 | 2 |" in text
    assert "| satisfied | 1.0 | 1.0 |" in text
    with pytest.raises(InputError, match="no result of eval dialogue"):
        dialogue.show_table([tmp_path / "none.json"])


def test_items_not_shown_and_false_claims_are_counted_apart() -> None:
    wrong = [{"kind": "title", "words": "Heat", "sentence": "s"}, {"kind": "number", "words": "1901", "sentence": "s"}]
    taken = [
        Taken(key="a", kind="questions", fingerprint="f", prose=True, unsupported=wrong),
        Taken(key="b", kind="questions", fingerprint="f", prose=True),
        Taken(key="c", kind="questions", fingerprint="f", unsupported=wrong),
    ]
    numbers = numbers_of(taken)["questions"]
    assert numbers["replies naming an item not shown"] == 0.5
    assert numbers["unsupported claims shown"] == 1
