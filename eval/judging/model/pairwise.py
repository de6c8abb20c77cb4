"""Which of two dialogues is better: asked in both orders, disagreement being a tie, with a control against itself."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from agents.model.chat import Message
from agents.model.text import json_values
from eval.judging.model.asking import SYSTEM, Unreadable, whole_number
from eval.judging.model.calls import Calls, Spent
from eval.judging.model.judge import UNANSWERED, UNREADABLE, repaired
from eval.judging.model.rubrics import Rubric
from eval.judging.model.shown import Shown

Line = dict[str, Any]
Choice = Literal["1", "2", "tie"]
N_CONTROLS = 20
"""Dialogues set against themselves, to see whether the judge prefers a place."""
_MAX_TOKENS = 160
_FORM = (
    '{"conversation": 1 or 2, "turn": number of a turn in it, "quote": "words copied from that turn", '
    '"why": "one short sentence", "better": "1", "2", "tie" or "cannot_judge"}'
)
_ANSWER: dict[str, Any] = {
    "conversation": {"type": "integer", "enum": [1, 2]},
    "turn": {"type": "integer"},
    "quote": {"type": "string", "maxLength": 160},
    "why": {"type": "string", "maxLength": 200},
    "better": {"type": "string", "enum": ["1", "2", "tie", "cannot_judge"]},
}
SCHEMA = {"type": "object", "properties": _ANSWER, "required": list(_ANSWER), "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Preference:
    """One answer in one order."""

    better: Choice | None
    quote: str = ""
    why: str = ""
    void: str = ""


def messages_of(first: Shown, second: Shown, rubric: Rubric) -> list[Message]:
    """Return the messages that ask which of two conversations is better."""
    pair = f"Conversation 1:\n{first.text()}\n\nConversation 2:\n{second.text()}"
    best = f"{rubric.asks} At best: {rubric.levels[-1]} At worst: {rubric.levels[0]}"
    asked = f"Which of the two is better in {rubric.name}? {best}\nThe order says nothing.\n\nAnswer: {_FORM}"
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": f"{pair}\n\n{asked}"}]


async def compare_all(
    pairs: Sequence[tuple[Shown, Shown]],
    rubrics: Sequence[Rubric],
    calls: Calls,
    say: Callable[[int, int], None] = lambda done, total: None,
) -> list[Line]:
    """Return a line a pair and dimension, then those of the controls. Raises ModelUnavailable."""
    lines: list[Line] = []
    controls = [one for one, _ in pairs[:N_CONTROLS]]
    total = (len(pairs) + len(controls)) * len(rubrics)
    for rubric in rubrics:
        for a, b in pairs:
            lines.append(await _both_orders(a, b, rubric, calls))
            say(len(lines), total)
        for one in controls:
            lines.append(await _control(one, rubric, calls))
            say(len(lines), total)
    return lines


async def _both_orders(a: Shown, b: Shown, rubric: Rubric, calls: Calls) -> Line:
    spent = Spent()
    forth = await _prefer(a, b, rubric, calls, spent)
    back = await _prefer(b, a, rubric, calls, spent)
    winners = [_side(forth.better, "ab"), _side(back.better, "ba")]
    winner = None if None in winners else winners[0] if winners[0] == winners[1] else "tie"
    return {
        "dialogue_id": a.dialogue_id,
        "systems": [a.system, b.system],
        "dimension": rubric.name,
        "winner": winner,
        "orders": winners,
        "answers": [asdict(forth), asdict(back)],
        "model_calls": spent.calls,
        **{name: n for name, n in asdict(spent).items() if name != "calls"},
    }


async def _control(one: Shown, rubric: Rubric, calls: Calls) -> Line:
    spent = Spent()
    given = await _prefer(one, one, rubric, calls, spent)
    cost = {name: n for name, n in asdict(spent).items() if name != "calls"}
    told = {"dialogue_id": one.dialogue_id, "control": True, "dimension": rubric.name, "preferred": given.better}
    return {**told, "model_calls": spent.calls, **cost}


def _side(better: Choice | None, order: str) -> str | None:
    return order[int(better) - 1] if better in ("1", "2") else better


async def _prefer(first: Shown, second: Shown, rubric: Rubric, calls: Calls, spent: Spent) -> Preference:
    messages = messages_of(first, second, rubric)
    for _ in range(2):
        answer = await calls.ask(messages, SCHEMA, repeat=0, max_tokens=_MAX_TOKENS, spent=spent)
        if answer is None:
            return Preference(None, void=UNANSWERED)
        try:
            return _read(answer, first, second)
        except Unreadable as problem:
            messages = repaired(messages, answer, str(problem))
    return Preference(None, void=UNREADABLE)


def _read(answer: str, first: Shown, second: Shown) -> Preference:
    given = next((value for value in json_values(answer) if isinstance(value, dict)), {})
    choices: dict[str, Choice] = {"1": "1", "2": "2", "tie": "tie"}
    better, quote, why = (str(given.get(key) or "") for key in ("better", "quote", "why"))
    if better == "cannot_judge":
        return Preference(None, "", why, "cannot judge")
    if better not in choices:
        raise Unreadable('"better" must be "1", "2", "tie" or "cannot_judge"')
    meant = second if whole_number(given.get("conversation")) == 2 else first
    if meant.where(quote, whole_number(given.get("turn"))) is None:
        return Preference(None, quote, why, "its quote is not in that conversation")
    return Preference(choices[better], quote, why)


def summary(lines: Sequence[Line]) -> dict[str, dict[str, Any]]:
    """Return a row a dimension: who won how often, how often both orders agreed, and ties of the control."""
    rows: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(line["dimension"] for line in lines):
        pairs = [line for line in lines if line["dimension"] == name and "control" not in line]
        judged = [line["winner"] for line in pairs if line["winner"]]
        agreed = [len(set(line["orders"])) == 1 for line in pairs if line["winner"]]
        controls = [line["preferred"] for line in lines if line["dimension"] == name and "control" in line]
        held = [choice for choice in controls if choice]
        rows[name] = {
            "pairs": len(pairs),
            "judged": len(judged),
            "first wins": judged.count("a"),
            "tie": judged.count("tie"),
            "second wins": judged.count("b"),
            "same in both orders": f"{sum(agreed) / len(agreed):.0%}" if agreed else "–",
            "control: tie": f"{held.count('tie')} of {len(held)}",
            "control: first": f"{held.count('1')} of {len(held)}",
        }
    return rows
