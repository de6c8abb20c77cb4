"""Dialogues that went wrong, by what went wrong: an excerpt, what the system did, and what judges say of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.reporting.markup import Markup, joined, section, tag
from eval.reporting.sources import Line, Source

_MOST_EACH = 8
_MOST_TURNS = 12
_MOST_CHARS = 700
_MOST_ITEMS = 6
_LOW = 1.0
_FLAGS = {
    "error": "broken off",
    "unknown_items": "items that do not exist",
    "avoided_shown": "items to avoid shown",
    "empty_replies": "empty replies",
    "wrongly_none": "wrongly said that nothing fits",
    "leaked": "the user told a target's title",
}


def failures(sources: Sequence[Source]) -> Markup | None:
    """Return the worst dialogues by kind of failure; None where none is known or no dialogue is given."""
    talks = [line for source in sources if source.kind == "dialogues" for line in source.lines]
    judged = _judged(sources)
    found: dict[str, list[Markup]] = {}
    counts: dict[str, int] = {}
    for line in talks:
        verdicts = [one for one in judged.get(str(line["dialogue_id"]), []) if _same_system(one, line)]
        for why in _why(line, verdicts):
            counts[why] = counts.get(why, 0) + 1
            if counts[why] <= _MOST_EACH:
                found.setdefault(why, []).append(_shown(line, verdicts, why))
    if not found:
        return None
    told = f"At most {_MOST_EACH} of each kind, in the order of the files; texts are cut."
    blocks = [joined([tag("h3", f"{why} ({counts[why]:,})"), *several]) for why, several in found.items()]
    return section("What went wrong", tag("p", told), *blocks, anchor="failures")


def _judged(sources: Sequence[Source]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for source in sources:
        if source.kind == "verdicts":
            for line in source.lines:
                found.setdefault(str(line["dialogue_id"]), []).append(line)
    return found


def _same_system(verdict: Line, talk: Line) -> bool:
    return verdict.get("system") in (None, talk["system"])


def _why(line: Line, verdicts: Sequence[Line]) -> Iterator[str]:
    if line.get("reward") == 0:
        yield "task not met"
    flags = line.get("flags")
    for key, why in _FLAGS.items():
        if isinstance(flags, dict) and flags.get(key):
            yield why
    seen: dict[str, None] = {}
    for one in verdicts:
        faults = _faults(one)
        seen |= dict.fromkeys(f"checked: {name.replace('_', ' ')}" for name in faults)
        score = one["scores"].get("overall")
        if isinstance(score, int | float) and score <= _LOW:
            seen["judged: overall at most 1"] = None
    yield from seen


def _faults(verdict: Line) -> dict[str, Any]:
    checks = verdict.get("checks")
    faults = checks.get("faults") if isinstance(checks, dict) else None
    return {name: n for name, n in faults.items() if n} if isinstance(faults, dict) else {}


def _shown(line: Line, verdicts: Sequence[Line], why: str) -> Markup:
    head = tag("summary", tag("b", why), f" · {line['system']} · {line['dialogue_id']}")
    turns = list(line["turns"])
    left_out = len(turns) - _MOST_TURNS
    talk = [_turn(i, turn) for i, turn in enumerate(turns[:_MOST_TURNS], 1)]
    if left_out > 0:
        talk.append(tag("p", f"… {left_out} more turns", class_="soft"))
    parts = [_task(line), tag("div", *talk, class_="talk"), *(_verdict(one) for one in verdicts)]
    return tag("details", head, *parts)


def _task(line: Line) -> Markup | None:
    task = line.get("task")
    if not isinstance(task, dict):
        return None
    limits = "; ".join(_limit(one) for one in task.get("limits") or () if isinstance(one, dict))
    told = f"Task: {limits or 'no limits'} · told {task.get('reveal', '')} · {task.get('n_valid', '?')} items fit"
    return tag("p", told, class_="soft")


def _limit(given: Mapping[str, Any]) -> str:
    return f"{given.get('field')} {given.get('op')} {given.get('value')}"


def _turn(number: int, turn: Mapping[str, Any]) -> Markup:
    who = "User" if turn.get("role") == "user" else "Assistant"
    said = tag("p", tag("b", f"{number} {who}  "), _cut(str(turn.get("text") or "(nothing)")))
    return joined([said, *(tag("p", told, class_="soft") for told in _trace(turn))])


def _trace(turn: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the system tells of a turn beside its words."""
    shown = [one for one in turn.get("shown") or () if isinstance(one, dict)]
    for item in shown[:_MOST_ITEMS]:
        reasons = ", ".join(str(one.get("text")) for one in item.get("reasons") or () if isinstance(one, dict))
        breaks = "; ".join(_limit(one) for one in item.get("breaks") or () if isinstance(one, dict))
        told = f" – {reasons}" if reasons else ""
        yield _cut(f"· {item.get('title') or item.get('item_id')}{told}" + (f" [breaks {breaks}]" if breaks else ""))
    if not shown and turn.get("items"):
        yield _cut("items: " + ", ".join(map(str, turn["items"][:_MOST_ITEMS])))
    if limits := [_limit(one) for one in turn.get("filters") or () if isinstance(one, dict)]:
        yield _cut("limits in force: " + "; ".join(limits))
    tools = [one for one in turn.get("tools") or () if isinstance(one, dict)]
    if tools:
        calls = [
            f"{one.get('name')} ({one.get('n_hits', 0)}{', ' + one['error'] if one.get('error') else ''})"
            for one in tools
        ]
        yield _cut(
            f"tools: {', '.join(calls)}; planner {turn.get('planner') or 'unknown'}; {turn.get('ms') or 0:,.0f} ms"
        )
    for notice in turn.get("notices") or ():
        yield _cut(f"notice: {notice}")


def _verdict(line: Line) -> Markup:
    """Return what one judge says: scores, faults found by code, and quotes with their turns."""
    who = str(line.get("model") or line.get("judge") or "code")
    scores = ", ".join(f"{name} {score:g}" for name, score in line["scores"].items() if isinstance(score, int | float))
    told = [tag("p", f"Judged by {who}: {scores or 'nothing'}")]
    if faults := _faults(line):
        told.append(tag("p", "Found by code: " + ", ".join(f"{name} {n}" for name, n in faults.items())))
    for turn in line.get("turns") or ():
        for fault in turn.get("found") or ():
            told.append(
                tag("p", _cut(f"exchange {turn.get('exchange')}: " + " – ".join(map(str, fault))), class_="soft")
            )
    for one in line.get("verdicts") or ():
        score = "no score" if one.get("score") is None else f"{one['score']:g}"
        quote = f" “{one['quote']}” (turn {one.get('at')})" if one.get("quote") else ""
        why = one.get("void") or one.get("why") or ""
        told.append(tag("p", _cut(f"{one.get('dimension')} {score}:{quote} {why}"), class_="soft"))
    return tag("div", *told)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARS else text[:_MOST_CHARS].rsplit(" ", 1)[0] + " …"
