"""The command `replay`: turns run again on the same build with the recorded answers of the model, and compared."""

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import BundleError, InputError
from ui.arguments import count

if TYPE_CHECKING:
    from agents.session import Cicerone
    from agents.traces import Outcome, Trace
    from retrieval.bundle import Bundle
    from settings import Settings

_CLOSE = {"rel_tol": 1e-4, "abs_tol": 2e-6}
"""Scores nearer than this are the same: processors round sums of small numbers in different ways."""
_TOLD, _TOLD_TITLES = 12, 6
_LONGEST_S = 600.0
"""A replay has all the time a turn may be given: what was late then is recorded as late."""
_WORDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `replay` takes."""
    add = parser.add_argument
    add("trace", type=Path, metavar="TRACE.jsonl", help="traces, one a line: of a thread, or of batch --traces")
    add("--turn", type=count, metavar="N", help="only the Nth line (default: all)")
    add("--anyway", action="store_true", help="also where the traces are of another build")


async def replay(args: argparse.Namespace, settings: "Settings", say: Callable[[str], None]) -> int:
    """Run the turns of a file again and tell what differs; 1 where anything does.

    Raises InputError for a file that holds no such trace, BundleError where it is of another build.
    """
    from agents.trace_files import read_traces

    traces = read_traces(args.trace)
    if not traces or (args.turn or 1) > len(traces):
        raise InputError(f"{args.trace} holds {len(traces)} traces; there is none to replay.")
    chosen = [(i, trace) for i, trace in enumerate(traces, start=1) if args.turn in (None, i)]
    name = args.catalog or chosen[0][1].catalog
    bundle = _opened(settings, name)
    others = [] if args.anyway else [trace.build for _, trace in chosen if trace.build != bundle.manifest.build_id]
    if others:
        raise BundleError(
            f"These turns were answered by build {others[0]} of {chosen[0][1].catalog!r}, and {name!r} is now "
            f"{bundle.manifest.build_id}. Go back with app.py rollback, or compare --anyway."
        )
    n_unlike = 0
    for i, trace in chosen:
        found = await differences(trace, bundle, settings)
        n_unlike += bool(found)
        say(f"turn {i} · {_named(trace)} · {'the same' if not found else _counted(len(found))}")
        for line in [*found[:_TOLD], *(["…"] if len(found) > _TOLD else [])]:
            say(f"  {line}")
    return 1 if n_unlike else 0


async def ask(args: argparse.Namespace, agent: "Cicerone", say: Callable[[str], None]) -> int:
    """Take one turn and tell how its answer came about, in a few lines or as the trace itself; 1 where it failed."""
    from agents.trace_files import LastTrace
    from ui.trace_outline import outline

    agent.traces = last = LastTrace()
    failed = False
    async with agent:
        async for event in agent.turn("terminal", None, args.message, k=args.k, adventure=args.adventure):
            failed = failed or event.type == "error"
    assert last.trace is not None
    for line in [last.trace.model_dump_json(indent=2)] if args.json else outline(last.trace):
        say(line)
    return 1 if failed else 0


def _opened(settings: "Settings", name: str) -> "Bundle":
    from retrieval.opening import open_catalog

    bundle = open_catalog(settings, name)
    bundle.warm()
    return bundle


async def differences(trace: "Trace", bundle: "Bundle", settings: "Settings") -> list[str]:
    """Run one turn again; return in words what came out differently, beginning with what the model was asked."""
    from agents.model.recorded import ReplayedModel
    from agents.session import Cicerone
    from agents.traces import trace_of

    start = trace.start
    model = ReplayedModel(trace.exchanges, start.model, endpoint=start.endpoint) if start.model else None
    known = {name: value for name, value in trace.settings.items() if name in type(settings).model_fields}
    same = settings.model_copy(update={**known, "turn_deadline_s": _LONGEST_S})
    async with Cicerone(bundle, same, model) as agent:
        turn = agent.new_turn(start.text, action=start.action, k=start.k)
        turn.turn_id, turn.adventure, turn.always_slate = trace.turn_id, start.adventure, start.always_slate
        turn.exclude, turn.thread, turn.prose = frozenset(start.exclude), start.thread, start.prose
        turn.profile, turn.remembers, turn.today = start.profile, start.remembers, start.today
        async for _ in agent.run(turn, trace.thread_id, {"configurable": {"thread_id": "replay"}}):
            pass
        again = trace_of(turn, agent.kit)
    asked = model.differences if model else []
    if model and model.n_left > 0:
        asked = [*asked, f"{model.n_left} of {len(trace.exchanges)} requests to the model were not made again"]
    return [*asked, *unlike(trace.outcome, again.outcome)]


def unlike(was: "Outcome", now: "Outcome") -> list[str]:
    """Say where two outcomes differ, in the order of the turn."""
    found: list[str] = []
    for name in type(was).model_fields:
        old, new = (one.model_dump(mode="json")[name] for one in (was, now))
        if name in ("slate", "ranked"):
            found += _lists_unlike(name, old, new)
        else:
            found += _walk(name, old, new)
    return found


def _lists_unlike(name: str, old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Compare lists of items: which stand where, and only where that is the same, each one's parts."""
    if [item["item_id"] for item in old] == [item["item_id"] for item in new]:
        for place, (was, now) in enumerate(zip(old, new, strict=True), start=1):
            yield from _walk(f"{name} {place} ({was['title']})", was, now)
        return
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a["item_id"] != b["item_id"]), 0)
    titles = [", ".join(item["title"] for item in items[first:][:_TOLD_TITLES]) or "nothing" for items in (old, new)]
    yield f"{name} from place {first + 1}: was {titles[0]}; is {titles[1]}"


def _walk(path: str, was: Any, now: Any) -> Iterator[str]:
    """Yield where two JSON values differ."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            yield from _walk(f"{path} {key}", was.get(key), now.get(key))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for i, (old, new) in enumerate(zip(was, now, strict=True), start=1):
            yield from _walk(f"{path} {i}", old, new)
    elif not _same(was, now):
        yield f"{path}: was {_short(was, now)}, is {_short(now, was)}"


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float | int) and isinstance(now, float | int):
        return math.isclose(was, now, **_CLOSE)
    return bool(was == now)


def _short(value: Any, other: Any) -> str:
    """Return a value as text, a long one from where it parts from the other."""
    from agents.model.recorded import parted

    if isinstance(value, list) and isinstance(other, list):
        return f"{len(value)} entries"
    return parted(str(value), str(other))[0] if value not in (None, "", [], {}) else "nothing"


def _named(trace: "Trace") -> str:
    words = trace.start.text or (f"a click: {trace.start.action.kind}" if trace.start.action else "no words")
    return words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"


def _counted(n: int) -> str:
    return f"{n} difference{'s' if n > 1 else ''}"
