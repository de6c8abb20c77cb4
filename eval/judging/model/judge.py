"""Grade dialogues by a model: every question asked, repaired once, and read; a line a dialogue."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from agents.model.chat import Message
from eval.judging.model.asking import Question, Unreadable, Verdict, nothing, questions, read
from eval.judging.model.calls import Calls, Spent, estimated_tokens
from eval.judging.model.rubrics import Rubric
from eval.judging.model.shown import Shown

Line = dict[str, Any]
UNANSWERED = "the model gave no answer"
UNREADABLE = "its answer could not be read, also after one repair"
_TOKENS_OUT = 60
"""What an answer on one dimension takes, about."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of every dialogue."""

    rubrics: Sequence[Rubric]
    repeats: int = 1
    per_call: int = 1
    """Dimensions in one call."""
    parallel: int = 1
    """Dialogues judged at once."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is still to be asked, about, repairs aside."""

    calls: int
    kept: int
    tokens_in: int
    tokens_out: int


def estimate(shown: Sequence[Shown], plan: Plan, calls: Calls) -> Estimate:
    """Count the calls not answered yet and guess their tokens."""
    n_calls = n_kept = n_in = n_out = 0
    for one in shown:
        for question in questions(one, plan.rubrics, plan.per_call):
            messages = question.messages(one)
            n_new = sum(not calls.is_kept(messages, repeat) for repeat in range(plan.repeats))
            n_calls, n_kept = n_calls + n_new, n_kept + plan.repeats - n_new
            n_in += n_new * estimated_tokens(messages)
            n_out += n_new * _TOKENS_OUT * len(question.rubrics)
    return Estimate(n_calls, n_kept, n_in, n_out)


async def judge_all(
    shown: Sequence[Shown], plan: Plan, calls: Calls, say: Callable[[int, int], None] = lambda done, total: None
) -> list[Line]:
    """Return a line for every dialogue, in order. Raises ModelUnavailable; what was answered till then is kept."""
    gate, n_done = asyncio.Semaphore(plan.parallel), 0

    async def one(dialogue: Shown) -> Line:
        nonlocal n_done
        async with gate:
            line = await judge_one(dialogue, plan, calls)
        n_done += 1
        say(n_done, len(shown))
        return line

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(dialogue)) for dialogue in shown]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def judge_one(shown: Shown, plan: Plan, calls: Calls) -> Line:
    """Grade one dialogue."""
    spent = Spent()
    verdicts: list[Verdict] = []
    for question in questions(shown, plan.rubrics, plan.per_call):
        for repeat in range(plan.repeats):
            verdicts += await _ask(question, shown, repeat, calls, spent)
    return _line(shown, plan, verdicts, calls.model_name, spent)


async def _ask(question: Question, shown: Shown, repeat: int, calls: Calls, spent: Spent) -> list[Verdict]:
    """Ask once, and once more where the answer cannot be read."""
    messages, schema = question.messages(shown), question.schema()
    for _ in range(2):
        answer = await calls.ask(messages, schema, repeat=repeat, max_tokens=question.max_tokens, spent=spent)
        if answer is None:
            return nothing(question, repeat, UNANSWERED)
        try:
            return read(answer, question, shown, repeat)
        except Unreadable as problem:
            messages = repaired(messages, answer, str(problem))
    return nothing(question, repeat, UNREADABLE)


def repaired(messages: Sequence[Message], answer: str, problem: str) -> list[Message]:
    """Return the messages that ask once more, saying what was wrong."""
    again = f"That cannot be used: {problem}. Answer again, with the JSON object that was asked for and nothing else."
    return [*messages, {"role": "assistant", "content": answer[:2_000]}, {"role": "user", "content": again}]


def _line(shown: Shown, plan: Plan, verdicts: Sequence[Verdict], model: str, spent: Spent) -> Line:
    single = [rubric.name for rubric in plan.rubrics if rubric.unit == "turn"]
    turns = [{"turn": n, **{name: _score(verdicts, name, n) for name in single}} for n in shown.replies if single]
    scores: dict[str, float | None] = {}
    for rubric in plan.rubrics:
        given = [turn[rubric.name] for turn in turns] if rubric.name in single else [_score(verdicts, rubric.name)]
        scores[rubric.name] = _mean([score for score in given if score is not None])
    return {
        "dialogue_id": shown.dialogue_id,
        "system": shown.system,
        "judge": "llm",
        "model": model,
        "scores": scores,
        "turns": turns,
        "verdicts": [verdict.told() for verdict in verdicts],
        "model_calls": spent.calls,
        **{name: n for name, n in asdict(spent).items() if name != "calls"},
    }


def _score(verdicts: Sequence[Verdict], dimension: str, turn: int | None = None) -> float | None:
    """Return the mean over the repeats that gave a score."""
    mine = [one for one in verdicts if one.dimension == dimension and one.turn == turn]
    return _mean([one.score for one in mine if one.score is not None])


def _mean(scores: Sequence[float]) -> float | None:
    return round(float(np.mean(scores)), 3) if scores else None
