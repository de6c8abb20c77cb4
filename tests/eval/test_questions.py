"""Scoring of questions with exact limits."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agents.session import Cicerone
from eval.questions import score_questions
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, SHINING, EXORCIST, MATRIX = "tt0078748", "tt0081505", "tt0070047", "tt0133093"
HORROR = {"field": "genres", "op": "contains", "value": "Horror"}
SEVENTIES = {"field": "year", "op": "between", "value": [1970, 1979]}
OLD_HORROR = {"text": "a horror film of the 1970s", "constraints": [HORROR, SEVENTIES], "gold": [ALIEN, EXORCIST]}
HORRORS = {"text": "horror", "constraints": [HORROR], "gold": [ALIEN, SHINING, EXORCIST]}

Scores = tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]


class Scripted:
    """Answers questions with given items; ids starting with "~" are marked as breaking a limit."""

    def __init__(self, bundle: Bundle, *answers: list[str]) -> None:
        self.kit = SimpleNamespace(bundle=bundle)
        self._answers = list(answers)

    async def recommend(self, raw: Any, *, k: int, full: bool) -> dict[str, Any]:
        ids = self._answers.pop(0)
        items = [{"item_id": i.removeprefix("~"), **({"breaks": [HORROR]} if i[0] == "~" else {})} for i in ids]
        return {"items": items, "filters": ["what was understood"], "ms": 4.0}


def score(agent: Any, *questions: dict[str, Any]) -> Scores:
    return asyncio.run(score_questions(agent, questions, lambda done, total: None))


def test_exact_answers_score_one(films: Bundle) -> None:
    rows, wrong = score(Scripted(films, [ALIEN, EXORCIST], [EXORCIST, SHINING, ALIEN]), OLD_HORROR, HORRORS)
    assert wrong == []
    assert rows["agent"] == {
        "n": 2, "satisfied": 1.0, "gold found": 1.0, "exact": 1.0, "no answer": 0, "not in catalogue": 0, "ms p50": 4.0,
        "ms p95": 4.0,
    }  # fmt: skip


def test_each_fault_is_counted_where_it_belongs(films: Bundle) -> None:
    answers = [[ALIEN, SHINING, MATRIX], [ALIEN, SHINING, EXORCIST, "~" + MATRIX], [], ["invented"]]
    rows, wrong = score(Scripted(films, *answers), OLD_HORROR, HORRORS, HORRORS, HORRORS)
    row = rows["agent"]
    # Shown as matches: 3 + 3 + 0 + 1; meeting every constraint: only the first alien, then all three.
    assert row["satisfied"] == pytest.approx(4 / 7, abs=1e-4)
    assert row["gold found"] == pytest.approx((1 / 2 + 1 + 0 + 0) / 4)
    assert row["exact"] == pytest.approx(1 / 4)
    assert row["no answer"] == 1
    assert row["not in catalogue"] == 1
    assert [question["text"] for question in wrong] == [OLD_HORROR["text"], "horror", "horror"]
    assert wrong[0] == {
        "text": OLD_HORROR["text"], "filters": ["what was understood"], "constraints": OLD_HORROR["constraints"],
    }  # fmt: skip


def test_more_gold_than_fits_counts_for_the_share_but_not_for_exactness(films: Bundle) -> None:
    many = {"text": "anything", "constraints": [], "gold": films.catalog.ids[:25]}
    rows, _ = score(Scripted(films, films.catalog.ids[:5], [ALIEN, SHINING, EXORCIST]), many, HORRORS)
    assert rows["agent"]["gold found"] == pytest.approx((5 / 10 + 1) / 2)
    assert rows["agent"]["exact"] == 1.0


def test_keyword_search_is_scored_beside(films: Bundle) -> None:
    rows, _ = score(Scripted(films, []), {**HORRORS, "text": "hunted by a creature in deep space"})
    assert rows["bm25"]["n"] == 1
    assert 0 < rows["bm25"]["gold found"] <= 1
    assert rows["bm25"]["not in catalogue"] == 0


def test_a_question_that_nothing_answers_is_right_to_get_no_match(films: Bundle) -> None:
    none = {"text": "a horror film of 1921", "constraints": [HORROR], "gold": []}
    rows, wrong = score(Scripted(films, ["~" + ALIEN], [ALIEN, SHINING, EXORCIST]), none, HORRORS)
    assert wrong == []
    assert rows["agent"]["n"] == 2
    assert rows["agent"]["exact"] == rows["agent"]["gold found"] == 1.0


def test_the_real_agent_is_scored(films: Bundle) -> None:
    async def run() -> Scores:
        async with Cicerone(films, Settings(planner="basic")) as agent:
            return await score_questions(agent, [OLD_HORROR], lambda done, total: None)

    rows, wrong = asyncio.run(run())
    assert wrong == []
    assert rows["agent"]["exact"] == 1.0
    assert rows["bm25"]["exact"] == 0.0
