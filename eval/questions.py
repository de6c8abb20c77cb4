"""Score questions that state exact limits, against the limits themselves and the items that meet them."""

from collections.abc import Callable, Sequence
from typing import Any

from agents.session import Cicerone
from agents.verifier import broken
from eval.metrics import percentile
from retrieval.items import Filter

K = 10


async def score_questions(
    agent: Cicerone, questions: Sequence[dict[str, Any]], say: Callable[[int, int], None]
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows (agent, BM25) and the questions the agent got wrong.

    satisfied: shown items, not marked as breaking a limit, that meet every stated constraint; gold found: gold items
    in the top ten, over questions that have any; exact: the items shown as matches are exactly the gold ones, over
    questions with at most ten.
    """
    tallies = {"agent": _Tally(agent), "bm25": _Tally(agent)}
    wrong = []
    for i, question in enumerate(questions):
        answer = await agent.recommend({"query": question["text"]}, k=K, full=False)
        matches = [item["item_id"] for item in answer["items"] if not item.get("breaks")]
        shown = [item["item_id"] for item in answer["items"]]
        if not tallies["agent"].add(question, matches, shown, answer["ms"]):
            wrong.append(
                {"text": question["text"], "filters": answer["filters"], "constraints": question["constraints"]}
            )
        bm25 = [agent.kit.bundle.catalog.ids[row] for row, _ in agent.kit.bundle.lexical.search(question["text"], K)]
        tallies["bm25"].add(question, bm25, bm25, 0.0)
        say(i + 1, len(questions))
    return {name: tally.row() for name, tally in tallies.items()}, wrong


class _Tally:
    def __init__(self, agent: Cicerone) -> None:
        self._catalog = agent.kit.bundle.catalog
        self._n_shown = self._n_satisfied = self._n_empty = self._n_unreal = 0
        self._gold: list[float] = []
        self._exact: list[bool] = []
        self._ms: list[float] = []

    def add(self, question: dict[str, Any], matches: list[str], shown: list[str], ms: float) -> bool:
        limits = [Filter.model_validate(c) for c in question["constraints"]]
        items = self._catalog.items(self._catalog.rows_of(matches))
        self._n_shown += len(matches)
        self._n_satisfied += sum(not broken(item, limits, self._catalog.fields) for item in items)
        self._n_unreal += len(shown) - len(self._catalog.rows_of(shown))
        self._n_empty += not shown
        gold = set(question["gold"])
        if gold:
            self._gold.append(len(gold & set(shown[:K])) / min(len(gold), K))
        exact = set(matches) == gold
        if len(gold) <= K:
            self._exact.append(exact)
        self._ms.append(ms)
        return exact

    def row(self) -> dict[str, Any]:
        return {
            "n": len(self._ms),
            "satisfied": round(self._n_satisfied / max(1, self._n_shown), 4),
            "gold found": round(sum(self._gold) / max(1, len(self._gold)), 4),
            "exact": round(sum(self._exact) / max(1, len(self._exact)), 4),
            "no answer": self._n_empty,
            "not in catalogue": self._n_unreal,
            "ms p50": round(percentile(self._ms, 0.5), 1),
            "ms p95": round(percentile(self._ms, 0.95), 1),
        }
