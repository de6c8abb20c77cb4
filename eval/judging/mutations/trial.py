"""Make pairs of every kind of damage and count how often a judge sees it, in the right dimension and in no other."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from errors import InputError
from eval.dialogues import Dialogue
from eval.judging.mutations.damage import KINDS, Damage
from eval.judging.mutations.source import Pair, Shelf, Source
from retrieval.bundle import Bundle

Scores = Mapping[str, float | None]
_STILL = 1e-9
_SUMMARY = "overall"
"""Made of the others, and moves with them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One pair and the kind of its damage."""

    kind: Damage
    before: Dialogue
    after: Dialogue

    @property
    def both(self) -> tuple[Dialogue, Dialogue]:
        """Return the dialogue whole and damaged."""
        return self.before, self.after


def make_trials(dialogues: Sequence[Dialogue], bundle: Bundle, n: int, seed: int) -> list[Trial]:
    """Return up to `n` pairs of every kind, from as many dialogues as possible; each dialogue named anew.

    Raises InputError where the dialogues do not tell what was shown.
    """
    rng = random.Random(seed)
    shelf = Shelf(bundle)
    sources = [Source(dialogue, shelf) for dialogue in dialogues]
    if not any(source.lists() for source in sources):
        raise InputError("None of the dialogues tells which items it shows. Give dialogues of this agent.")
    return [trial for kind in KINDS for trial in _of(kind, sources, n, rng)]


def _of(kind: Damage, sources: Sequence[Source], n: int, rng: random.Random) -> list[Trial]:
    """Take one pair of each dialogue, then another of each, until there are enough."""
    streams = [kind.done_to(source, rng) for source in sources]
    found: list[Pair] = []
    while streams and len(found) < n:
        left = []
        for stream in streams:
            pair = next(stream, None)
            if pair is not None:
                found.append(pair)
                left.append(stream)
        streams = left
    named = enumerate(found[:n])
    return [Trial(kind, _named(pair[0], kind, i, "before"), _named(pair[1], kind, i, "after")) for i, pair in named]


def _named(dialogue: Dialogue, kind: Damage, number: int, when: str) -> Dialogue:
    return replace(dialogue, dialogue_id=f"{kind.name}/{number}/{when}")


def trial_table(trials: Sequence[Trial], judge: Callable[[Dialogue], Scores | None]) -> dict[str, dict[str, Any]]:
    """Return a row a kind: how often the right score fell, no other moved, and both; pairs not judged are left out."""
    rows: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(trial.kind for trial in trials):
        judged = [(judge(trial.before), judge(trial.after)) for trial in trials if trial.kind is kind]
        pairs = [(before, after) for before, after in judged if before is not None and after is not None]
        right = [_falls(before, after, kind) for before, after in pairs]
        quiet = [_quiet(before, after, kind) for before, after in pairs]
        rows[kind.name] = {
            "must fall": kind.dimension or "nothing",
            "pairs": len(pairs),
            "fell": f"{_share(right):.1%}" if kind.dimension and pairs else "",
            "others still": f"{_share(quiet):.1%}" if pairs else "",
            "both": f"{_share([a and b for a, b in zip(right, quiet, strict=True)]):.1%}" if pairs else "",
        }
    return rows


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held)


def _falls(before: Scores, after: Scores, kind: Damage) -> bool:
    if not kind.dimension:
        return True
    was, is_now = before.get(kind.dimension), after.get(kind.dimension)
    return was is not None and is_now is not None and is_now < was - _STILL


def _quiet(before: Scores, after: Scores, kind: Damage) -> bool:
    """Whether no score but those meant moved, and none of those rose; one that cannot be given any more has moved."""
    return all(
        _same(was, after.get(name)) or (name in kind.also and _less(was, after.get(name)))
        for name, was in before.items()
        if name not in (_SUMMARY, kind.dimension)
    )


def _same(was: float | None, is_now: float | None) -> bool:
    return was == is_now if was is None or is_now is None else abs(was - is_now) < _STILL


def _less(was: float | None, is_now: float | None) -> bool:
    return was is not None and is_now is not None and is_now < was
