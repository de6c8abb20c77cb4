"""Recommenders that do not listen: an evaluation that does not put them last measures nothing."""

import random
from collections.abc import Sequence

import numpy as np

from eval.simulation.system import Reply
from retrieval.catalog import Catalog

BAD = ("random", "popular", "repeats")
_SHOWN = 5


class BadSystem:
    """Shows five items whatever is said: by chance, the best known one after the other, or the same five again."""

    def __init__(self, name: str, catalog: Catalog) -> None:
        """`name` is one of `BAD`."""
        self.name, self._catalog = name, catalog
        self._best = np.argsort(-catalog.prominence, kind="stable")
        self._rng = random.Random(0)
        self._n_said = 0

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        """Forget the conversation before; nothing is done with a history."""
        self._rng, self._n_said = random.Random(dialogue_id), 0

    async def say(self, text: str) -> Reply:
        """Show five items."""
        rows = self._rows()
        self._n_said += 1
        items = [self._catalog.ids[row] for row in rows]
        titles = [self._catalog.titles[row] for row in rows]
        reply = f"How about {', '.join(titles)}?"
        shown = [{"item_id": one, "title": title} for one, title in zip(items, titles, strict=True)]
        turn = {"role": "assistant", "text": reply, "items": items, "shown": shown}
        return Reply(reply, tuple(items), turn=turn)

    def _rows(self) -> list[int]:
        n = self._catalog.n_items
        if self.name == "random":
            return self._rng.sample(range(n), min(_SHOWN, n))
        first = 0 if self.name == "repeats" else self._n_said * _SHOWN % max(1, n - _SHOWN)
        return [int(row) for row in self._best[first : first + _SHOWN]]
