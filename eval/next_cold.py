"""Items nobody took in training: how often they are found when they come next."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from errors import InputError
from eval.next_item import score_next
from eval.next_lists import Lists
from eval.next_models import Means
from eval.next_rows import row
from eval.sequences import Sequences


def score_cold(data: Sequences, names: Sequence[str], means: Means, share: float) -> dict[str, dict[str, Any]]:
    """Score the models on targets among `share` of the items, drawn by chance and struck from all that is fitted.

    Such an item's text is known, as that of any item. Raises InputError where nobody takes one of them last.
    """
    drawn = np.random.default_rng(means.seed).permutation(len(data.items))[: max(1, round(share * len(data.items)))]
    cold = np.zeros(len(data.items), bool)
    cold[drawn] = True
    kept = without(data, cold)
    asked = np.flatnonzero(cold[kept.targets(1)]) if kept.users else np.zeros(0, int)
    if not len(asked):
        raise InputError(f"Nobody takes one of the {len(drawn)} items held out last. Hold out more with --cold.")
    outcome = score_next(kept, names, means)
    few = Sequences([kept.users[i] for i in asked], kept.items, [kept.taken[i] for i in asked], kept.texts)
    return {
        name: row([Lists(of.items[asked], of.scores[asked]) for of in lists], few, outcome.rows[name]["ms"], means.seed)
        for name, lists in outcome.lists.items()
    }


def without(data: Sequences, cold: np.ndarray) -> Sequences:
    """Strike cold items from everything but the last of each sequence; users with too little left are left out."""
    users, taken = [], []
    for user, sequence in zip(data.users, data.taken, strict=True):
        rest = sequence[:-1][~cold[sequence[:-1]]]
        if len(rest) >= 2 and not cold[sequence[-2]]:
            users.append(user)
            taken.append(np.append(rest, sequence[-1]).astype(np.int32))
    return Sequences(users, data.items, taken, data.texts)
