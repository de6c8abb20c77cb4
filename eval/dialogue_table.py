"""What many taken turns come to: the numbers of `eval dialogue`, by kind of turn, and systems side by side."""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from errors import InputError
from eval.dialogue_turns import K, Taken
from eval.metrics import MISSED, RANKING, percentile, with_intervals

Numbers = dict[str, Any]
_MOST_REASONS = 8
_REASON_CHARS = 70


def numbers_of(taken: Sequence[Taken]) -> dict[str, Numbers]:
    """Return the numbers by set: the turns of dialogues, the questions, and both together."""
    sets = {kind: [one for one in taken if one.kind == kind] for kind in ("turns", "questions")}
    found = {kind: _quality(kind, part) | _numbers(part) for kind, part in sets.items() if part}
    return found | ({"both": _numbers(taken)} if len(found) > 1 else {})


def _quality(kind: str, taken: Sequence[Taken]) -> Numbers:
    if kind == "turns":
        ranks = np.array([MISSED if rank is None else rank for one in taken for rank in one.ranks], np.float64)
        clusters = [one.dialog_id for one in taken for _ in one.ranks]
        return {"targets": len(ranks), **with_intervals({f"R@{K}": RANKING[f"R@{K}"](ranks)}, clusters)}
    gold = [one.gold for one in taken if one.gold is not None]
    n_shown = sum(one.n_shown for one in taken)
    return {
        "satisfied": _share(sum(one.n_satisfied for one in taken), n_shown),
        "gold found": round(sum(gold) / max(1, len(gold)), 4),
    }


def _numbers(taken: Sequence[Taken]) -> Numbers:
    """Return what both kinds of turns are counted by; shares are of 1."""
    asked = [one for one in taken if one.asked]
    prose = [one for one in taken if one.prose]
    read = [one.read_at_once for one in asked if one.read_at_once is not None]
    wrong = Counter(found["kind"] for one in prose for found in one.unsupported)
    n_sentences = sum(one.sentences_replaced + one.sentences_dropped for one in prose)
    return {
        "n": len(taken),
        "model calls, median": percentile([one.model_calls for one in taken], 0.5),
        "model calls, p95": percentile([one.model_calls for one in taken], 0.95),
        "tokens in, mean": round(_mean([one.tokens_in for one in taken])),
        "tokens out, mean": round(_mean([one.tokens_out for one in taken])),
        "seconds p50": round(percentile([one.ms for one in taken], 0.5) / 1000, 2),
        "seconds p95": round(percentile([one.ms for one in taken], 0.95) / 1000, 2),
        "model asked to plan": len(asked),
        "fell back to basic": _share(sum(bool(one.fell_back) for one in taken), len(asked)),
        "plan read at first try": _share(sum(read), len(read)),
        "plan parts right before checking": _share(
            sum(max(0, one.n_parts - _n_dropped(one)) for one in asked), sum(one.n_parts for one in asked)
        ),
        "tool calls right after checking": _share(
            sum(one.n_calls - len(one.calls_failed) for one in taken), sum(one.n_calls for one in taken)
        ),
        "replies in the model's words": len(prose),
        "sentences replaced or dropped": n_sentences,
        "replies naming an item not shown": _share(
            sum(any(found["kind"] == "title" for found in one.unsupported) for one in prose), len(prose)
        ),
        "unsupported claims shown": sum(wrong.values()) - wrong["title"],
        "invalid items": sum(len(one.invalid) for one in taken),
    }


def reasons_of(taken: Sequence[Taken]) -> dict[str, Numbers]:
    """Return what was dropped and why turns fell back, counted, the commonest first."""
    counted = {
        "fell back": Counter(one.fell_back for one in taken if one.fell_back),
        "part dropped": Counter(_reason(note) for one in taken for note in one.parts_dropped),
        "tool call failed": Counter(why for one in taken for why in one.calls_failed),
        "not supported": Counter(f["kind"] + ": " + f["words"] for one in taken if one.prose for f in one.unsupported),
    }
    return {
        f"{what}: {why[:_REASON_CHARS]}": {"count": n}
        for what, counts in counted.items()
        for why, n in counts.most_common(_MOST_REASONS)
    }


def _n_dropped(one: Taken) -> int:
    return sum(
        note.startswith(("limit ", "similar to", "order", "query", "question", "'")) for note in one.parts_dropped
    )


def _reason(note: str) -> str:
    """A note without what it is about: "limit genres contains Western: nobody said it" → "limit: nobody said it"."""
    head, _, why = note.rpartition(": ")
    return f"{head.split()[0]}: {why}" if head else note


def _share(part: float, whole: float) -> float | str:
    return round(part / whole, 4) if whole else "–"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def machine() -> str:
    """Say how big this machine is."""
    try:
        ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError):
        return f"{os.cpu_count()} cores"
    return f"{os.cpu_count()} cores, {ram:.0f} GiB"


def turned(found: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Put numbers by column into rows by number."""
    names = dict.fromkeys(name for numbers in found.values() for name in numbers)
    return {name: {column: numbers.get(name, "") for column, numbers in found.items()} for name in names}


def side_by_side(paths: Sequence[Path]) -> tuple[str, dict[str, Numbers]]:
    """Return a title and the rows of several results, a column each. Raises InputError for a file that is none."""
    columns: dict[str, Numbers] = {}
    titles = []
    for path in paths:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            numbers: dict[str, Numbers] = told["numbers"]
            columns[_column(path.stem, told, columns)] = _flat(numbers)
            titles.append(f"{path.stem}: {told['title']}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} is no result of eval dialogue ({error}). Give files written by --out.") from error
    return "\n".join(titles), turned(columns)


def _column(name: str, told: Mapping[str, Any], columns: Mapping[str, Any]) -> str:
    return name if name not in columns else f"{name} {told.get('date', len(columns))}"


def _flat(numbers: Mapping[str, Numbers]) -> Numbers:
    """Return the quality of each set, then the rest over all turns."""
    common = numbers.get("both") or next(iter(numbers.values()))
    quality = {name: value for part in numbers.values() for name, value in part.items() if name not in common}
    alone = {name: value for part in numbers.values() for name, value in part.items() if name in _QUALITY}
    return {**quality, **alone, **common}


_QUALITY = ("targets", f"R@{K}", "satisfied", "gold found")
