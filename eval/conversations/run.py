"""Take the conversations of a suite turn by turn and report what was not as it must be."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.events import Action
from agents.memory import Threads, threads_in_memory
from agents.session import Cicerone
from errors import InputError
from eval.conversations.checks import After, wrong
from eval.conversations.suite import Conversation, Expected, Suite

Result = dict[str, Any]
"""{"name", "suite", "n_turns", "ms", "model_calls", "failed": [{"turn", "said", "reasons"}…]}"""
_USER = "suite"


async def play(conversation: Conversation, agent: Cicerone, *, prose: bool = True) -> Result:
    """Take one conversation in a thread of its own; later turns are taken whatever came of the earlier ones."""
    threads = threads_in_memory()
    kit = agent.kit
    done: list[After] = []
    failed: list[dict[str, Any]] = []
    async with Cicerone(kit.bundle, kit.settings, kit.model, threads) as mine:
        for number, expected in enumerate(conversation.turn, 1):
            after = await _take(expected, mine, threads, done, prose=prose)
            if reasons := wrong(expected, after):
                failed.append({"turn": number, "said": expected.say or expected.do, "reasons": reasons})
            done.append(after)
    return {
        "name": conversation.name,
        "n_turns": len(done),
        "ms": round(sum(after.turn.ms for after in done), 1),
        "model_calls": sum(after.turn.budget.n_calls for after in done),
        "by_model": sum(after.turn.planner == "llm" for after in done),
        "failed": failed,
    }


async def _take(expected: Expected, agent: Cicerone, threads: Threads, done: list[After], *, prose: bool) -> After:
    before = done[-1].thread if done else await threads.get(_USER, "t")
    now = After(agent.new_turn(expected.say), before, agent.kit.bundle, list(done))
    turn = agent.new_turn(expected.say, action=_action(expected.do, now) if expected.do else None)
    turn.prose = prose
    async for _ in agent.run(turn, "t", threads.config(_USER, "t")):
        pass
    return After(turn, await threads.get(_USER, "t"), agent.kit.bundle, list(done))


def _action(do: str, now: After) -> Action:
    """Read a click: "like #1" of the slate before, or "remove_chip year". Raises InputError where it is none."""
    kind, _, what = do.partition(" ")
    if kind == "remove_chip":
        keys = [limit.key for limit in now.thread.ledger.limits if limit.filter.field == what]
        return Action(kind="remove_chip", key=keys[-1] if keys else what)
    slates = [item for after in now.before for item in after.slate]
    ids = [item.item_id for item in reversed(slates) if item.title == now.title(what)]
    if kind not in ("like", "dislike", "seen", "more_like"):
        raise InputError(f"{do!r} is no click. Write one as in 'like #1' or 'remove_chip year'.")
    return Action(kind=kind, item_id=ids[0] if ids else "")  # type: ignore[arg-type]  # checked above


async def play_suites(
    suites: Mapping[str, Suite],
    agent: Cicerone,
    say: Callable[[int, int], None],
    *,
    only: str = "",
    prose: bool = True,
    out: Path | None = None,
) -> list[Result]:
    """Take every conversation (or those whose name contains `only`); those finished in `out` are not taken again."""
    finished = _finished(out)
    chosen = [(name, c) for name, suite in suites.items() for c in suite.conversation if only in c.name]
    if not chosen:
        raise InputError(f"No conversation has {only!r} in its name.")
    results: list[Result] = []
    for i, (name, conversation) in enumerate(chosen):
        known = finished.get((name, conversation.name))
        if known is None:
            known = {"suite": name, **await play(conversation, agent, prose=prose)}
            finished[name, conversation.name] = known
            _save(out, list(finished.values()))
        results.append(known)
        say(i + 1, len(chosen))
    return results


def _finished(out: Path | None) -> dict[tuple[str, str], Result]:
    if out is None or not out.exists():
        return {}
    try:
        rows = json.loads(out.read_text(encoding="utf-8"))["conversations"]
        return {(row["suite"], row["name"]): row for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{out} holds no earlier run to go on from. Give another file, or remove it.") from error


def _save(out: Path | None, results: list[Result]) -> None:
    if out is None:
        return
    try:
        out.write_text(json.dumps({"conversations": results}, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error


def told(results: list[Result]) -> str:
    """Return every failure, a line each, then a line a suite."""
    lines = []
    for result in results:
        for failure in result["failed"]:
            lines.append(f"{result['suite']} · {result['name']} · turn {failure['turn']}: “{failure['said']}”")
            lines += [f"    {reason}" for reason in failure["reasons"]]
    for suite in dict.fromkeys(result["suite"] for result in results):
        mine = [result for result in results if result["suite"] == suite]
        n_passed, n_turns = sum(not r["failed"] for r in mine), sum(r["n_turns"] for r in mine)
        n_bad = sum(len(r["failed"]) for r in mine)
        lines.append(
            f"{suite}: {n_passed} of {len(mine)} conversations pass ({n_passed / len(mine):.0%}); "
            f"{n_turns - n_bad} of {n_turns} turns; {sum(r['model_calls'] for r in mine)} model calls; "
            f"{sum(r['ms'] for r in mine) / n_turns:.0f} ms a turn"
        )
    return "\n".join(lines)
