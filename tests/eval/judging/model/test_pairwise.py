"""Pairs: both orders, disagreement is a tie, and a judge that prefers a place is seen."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from dialogue_of import dialogue_of
from fakes import ScriptedLLM

from agents.model.chat import Message, ModelReply
from eval.judging.model.calls import Calls
from eval.judging.model.pairwise import compare_all, summary
from eval.judging.model.rubrics import chosen
from eval.judging.model.shown import show

GOOD = show(dialogue_of("a comedy", "How about Big (1988)?", system="good"), [])
BAD = show(dialogue_of("a comedy", "I hope you like it", system="bad"), [])


def said(better: str, conversation: int = 1, quote: str = "a comedy") -> str:
    return json.dumps({"conversation": conversation, "turn": 1, "quote": quote, "why": "", "better": better})


def compared(model: Any) -> list[dict[str, Any]]:
    return asyncio.run(compare_all([(GOOD, BAD)], chosen(["overall"]), Calls(model, None, 1)))


class Reads:
    """Prefers the conversation that names an item, wherever it stands."""

    name = "reads"

    async def complete(self, messages: Sequence[Message], **_: Any) -> ModelReply:
        first, second = messages[-1]["content"].split("Conversation 2:")
        named = ["Big" in first, "Big" in second.split("Which of the two")[0]]
        return ModelReply(text=said("tie" if named[0] == named[1] else "1" if named[0] else "2"))


def test_a_judge_that_reads_prefers_the_better_one_in_both_orders() -> None:
    pair, control = compared(Reads())
    assert pair["winner"] == "a" and pair["orders"] == ["a", "a"] and pair["systems"] == ["good", "bad"]
    assert control["control"] and control["preferred"] == "tie"
    row = summary([pair, control])["overall"]
    assert (row["first wins"], row["tie"], row["same in both orders"], row["control: tie"]) == (1, 0, "100%", "1 of 1")


def test_a_judge_that_prefers_a_place_gives_ties_and_fails_the_control() -> None:
    with ScriptedLLM(said("1"), said("1"), said("1")) as model:
        lines = compared(model)
    assert lines[0]["winner"] == "tie" and lines[0]["orders"] == ["a", "b"]
    row = summary(lines)["overall"]
    assert (row["same in both orders"], row["control: first"]) == ("0%", "1 of 1")


@pytest.mark.parametrize(
    ("answer", "calls"), [(said("1", 2, "How about Big"), 2), (said("cannot_judge"), 2), (said("3"), 3), ("?", 3)]
)
def test_without_evidence_or_answer_there_is_no_winner(answer: str, calls: int) -> None:
    again = [answer] if calls == 3 else []
    with ScriptedLLM(answer, *again, said("tie"), said("tie")) as model:
        pair, _ = compared(model)
    assert pair["winner"] is None and pair["model_calls"] == calls


def test_names_of_systems_are_not_shown() -> None:
    with ScriptedLLM(said("tie"), said("tie"), said("tie")) as model:
        compared(model)
    assert not [one for one in model.asked if "good" in json.dumps(one["messages"][1])]
