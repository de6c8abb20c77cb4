"""Tasks made of the roles, values and rows of any catalogue, the same for the same seed."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

import numpy as np

from errors import InputError
from eval.simulation.sayable import Sayable
from eval.simulation.task import Reveal, Task, Voice, meets
from retrieval.catalog import Catalog
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.text import fold

_REVEALS: tuple[Reveal, ...] = get_args(Reveal)
_VOICES: tuple[Voice, ...] = get_args(Voice)
_BANDS: tuple[Literal["tail", "mid", "head"], ...] = ("tail", "mid", "head")
_TRIES = 600
_LEAST_VALID = (1, 3, 5, 10)
"""So many answers at least, one of these drawn for each task."""
_MOST_VALID = 40
_MOST_SHARE = 0.015
"""Of the catalogue: a list drawn by chance must hardly ever hit."""
_OPEN_POOL = 4
"""Where limits are held back, so many times the answers must meet what is told."""
_CUTS = 0.85
"""A limit that leaves more than this share of the items says nothing."""
_UNSOLVABLE, _AVOIDING, _SEVERAL, _REFUSING, _ASKING = 0.15, 0.25, 0.15, 0.25, 0.25
_MOST_AVOIDED = 3
_LONGEST_TITLE = 40


class TaskMaker:
    """Makes tasks of one catalogue."""

    def __init__(self, catalog: Catalog, *, has_history: bool) -> None:
        """`has_history` tells that people's interactions say how popular an item is."""
        self._catalog = catalog
        self._say = Sayable(catalog)
        self._bands = _thirds(catalog.prominence) if has_history else None
        self._times = Counter(fold(title) for title in catalog.titles)
        self._most = max(3, min(_MOST_VALID, int(_MOST_SHARE * catalog.n_items)))

    def tasks(self, n: int, seed: int) -> list[Task]:
        """Return n tasks. Raises InputError where the catalogue does not allow any."""
        return [self._task(number, seed) for number in range(n)]

    def _task(self, number: int, seed: int) -> Task:
        rng = random.Random(f"{self._catalog.name}:{seed}:{number}")
        reveal = _REVEALS[number % len(_REVEALS)]
        solvable = rng.random() >= _UNSOLVABLE
        for _ in range(_TRIES):
            row, band = self._target(number, rng)
            limits = self._limits(row, reveal, rng) if solvable else self._conflict(row, rng)
            if limits:
                return self._made(f"{self._catalog.name}-{seed}-{number}", row, band, limits, reveal, rng)
        raise InputError(
            f"No task can be made of the catalogue {self._catalog.name!r}: too few of its values repeat. "
            "Give one with more items, or with facets and numbers that several items share."
        )

    def _target(self, number: int, rng: random.Random) -> tuple[int, Literal["", "tail", "mid", "head"]]:
        """Return a row, from each third by popularity in turn."""
        if self._bands is None:
            return rng.randrange(self._catalog.n_items), ""
        band = number // len(_REVEALS) % 3
        return int(rng.choice(self._bands[band])), _BANDS[band]

    def _limits(self, row: int, reveal: Reveal, rng: random.Random) -> list[Filter]:
        """Return limits that the item meets and few others, each of which cuts; [] where this item gives none."""
        values = self._catalog.items([row])[0].values
        wanted = rng.choice((2, 2, 3, 3, 4))
        found = self._say.limits_of(values, rng)
        if rng.random() < _REFUSING:
            found[1:1] = self._say.refusals(values, rng)[:1]
        limits = self._narrowing(found, wanted, row, least=min(self._most, rng.choice(_LEAST_VALID)))
        hides = reveal != "at_once"
        if not limits or (hides and len(limits) < 2) or not self._pool([_beyond(given) for given in limits]):
            return []
        limits.sort(key=lambda given: _comes(given, self._catalog.fields[given.field]))
        wide = max(min(20, self._catalog.n_items // 10), _OPEN_POOL * self._pool(limits))
        if hides and self._pool(limits[:1]) < wide:
            return []
        return limits

    def _narrowing(self, found: Sequence[Filter], wanted: int, row: int, *, least: int) -> list[Filter]:
        limits: list[Filter] = []
        pool = self._catalog.n_items
        for given in found:
            if _alike(given, limits, self._catalog.fields):
                continue
            left = self._pool([*limits, given])
            if not least <= left <= _CUTS * pool or not self._holds(row, given):
                continue
            limits.append(given)
            pool = left
            if len(limits) >= wanted and pool <= self._most:
                return limits if len(limits) <= 4 else []
        return []

    def _holds(self, row: int, given: Filter) -> bool:
        value = self._catalog.items([row])[0].values.get(given.field)
        return meets(value, given, self._catalog.fields[given.field])

    def _conflict(self, row: int, rng: random.Random) -> list[Filter]:
        """Return limits no item meets together, though items meet each, and all but the last."""
        values = self._catalog.items([row])[0].values
        limits = self._narrowing_any(self._say.limits_of(values, rng), rng.choice((1, 2)))
        other = self._catalog.items([rng.randrange(self._catalog.n_items)])[0].values
        for given in self._say.limits_of(other, rng):
            fits = limits and not _alike(given, limits, self._catalog.fields)
            if fits and not self._pool([*limits, given]) and self._pool([given]) >= 5:
                every = [*limits, given]
                return sorted(every, key=lambda one: _comes(one, self._catalog.fields[one.field]))
        return []

    def _narrowing_any(self, found: Sequence[Filter], wanted: int) -> list[Filter]:
        limits: list[Filter] = []
        for given in found:
            if len(limits) < wanted and not _alike(given, limits, self._catalog.fields):
                limits += [given] if self._pool([*limits, given]) else []
        return limits

    def _pool(self, limits: Sequence[Filter]) -> int:
        return len(self._catalog.select(limits).rows)

    def _made(
        self,
        task_id: str,
        row: int,
        band: Literal["", "tail", "mid", "head"],
        limits: list[Filter],
        reveal: Reveal,
        rng: random.Random,
    ) -> Task:
        valid = [int(one) for one in self._catalog.select(limits).rows]
        avoid = self._avoided(valid, row, rng)
        n_valid = len(valid) - len(avoid)
        n_wanted = 3 if n_valid >= 5 and rng.random() < _SEVERAL else 1
        told: Literal["", "opening", "history"] = rng.choice(("opening", "history")) if avoid else ""
        others = [one for one in valid if one != row and self._catalog.ids[one] not in avoid]
        known = [row, *rng.sample(others, min(2, len(others)))] if valid else []
        asks = self._asked(row, limits, rng) if valid and rng.random() < _ASKING else ""
        return Task(
            task_id=task_id,
            catalog=self._catalog.name,
            limits=limits,
            n_opening=len(limits) if reveal == "at_once" else 1,
            reveal=reveal,
            n_valid=n_valid,
            n_wanted=n_wanted,
            avoid=avoid,
            avoid_told=told,
            targets=[self._catalog.ids[one] for one in known],
            band=band if valid else "",
            asks=asks,
            patience=rng.choice((5, 6, 7, 8)),
            voice=rng.choice(_VOICES),
            difficulty=_difficulty(limits, n_valid),
            tags=list(self._tags(limits, n_valid, n_wanted, told)),
        )

    def _avoided(self, valid: list[int], row: int, rng: random.Random) -> list[str]:
        """Return the best known of the answers, which any system would show first, where enough others are left."""
        if len(valid) < 3 or rng.random() >= _AVOIDING:
            return []
        known = sorted((one for one in valid if one != row), key=lambda one: -float(self._catalog.prominence[one]))
        named = [one for one in known if self._can_be_named(one)]
        return [self._catalog.ids[one] for one in named[: min(_MOST_AVOIDED, len(valid) // 2)]]

    def _can_be_named(self, row: int) -> bool:
        title = self._catalog.titles[row]
        words = fold(title).split()
        long = len(words) >= 2 and len(fold(title)) >= 8
        return long and len(title) <= _LONGEST_TITLE and self._times[fold(title)] == 1

    def _asked(self, row: int, limits: Sequence[Filter], rng: random.Random) -> str:
        values = self._catalog.items([row])[0].values
        limited = {given.field for given in limits}
        named = self._catalog.with_role(Role.NUMBER, Role.DATE, Role.PERSON, Role.FACET)
        fields = [f.name for f in named if f.coverage > 0.9 and f.name in values and f.name not in limited]
        return rng.choice(fields) if fields else ""

    def _tags(self, limits: Sequence[Filter], n_valid: int, n_wanted: int, told: str) -> Iterator[str]:
        roles = {self._catalog.fields[given.field].role.value for given in limits}
        yield from sorted(roles)
        if any(given.op in NEGATIVE_OPS for given in limits):
            yield "refusal"
        if told:
            yield f"avoid_{told}"
        if n_wanted > 1:
            yield "several"
        if not n_valid:
            yield "no_answer"


def _comes(given: Filter, field: Field) -> int:
    """What people begin with: what it is, who made it, then how much and when, last what not."""
    if given.op in NEGATIVE_OPS:
        return 3
    return {Role.FACET: 0, Role.PERSON: 1}.get(field.role, 2)


def _beyond(given: Filter) -> Filter:
    """Return a bound without the bound itself: "over 4" may be read so, and must leave an answer too."""
    if given.op not in ("gte", "lte") or isinstance(given.value, str):
        return given
    return given.model_copy(update={"value": given.value + (1e-6 if given.op == "gte" else -1e-6)})


def _alike(given: Filter, limits: Sequence[Filter], fields: dict[str, Field]) -> bool:
    """Whether a limit speaks of a field like one that another speaks of already, so that words would not tell."""
    if any(one.field == given.field for one in limits):
        return True
    words = set(fields[given.field].label.lower().split())
    return any(words & set(fields[one.field].label.lower().split()) for one in limits)


def _difficulty(limits: Sequence[Filter], n_valid: int) -> Literal["easy", "medium", "hard"]:
    """Easy: two limits and five answers at least; hard: four limits, two answers at most, or none."""
    if n_valid <= 2 or len(limits) >= 4:
        return "hard"
    return "easy" if len(limits) <= 2 and n_valid >= 5 else "medium"


def _thirds(prominence: np.ndarray) -> list[list[int]]:
    return [part.tolist() for part in np.array_split(np.argsort(prominence, kind="stable"), 3)]
