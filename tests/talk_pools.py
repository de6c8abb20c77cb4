"""Turns to fit a ranker on, drawn so that one column tells what was taken."""

import numpy as np

from agents.ranking.learned import COLUMNS, CONTEXT
from eval.logit import Pool

NAMES = list(COLUMNS)
TOLD = NAMES.index("co_liked")
ASKED = ("subject_asked_for", "likeness_asked_for")


def pools(n: int, name: str = "talks", n_candidates: int = 30) -> list[Pool]:
    """Return turns where the candidate co-liked most is usually taken, three turns a dialogue."""
    draw = np.random.default_rng(5)
    made = []
    for i in range(n):
        columns = draw.random((n_candidates, len(NAMES))).astype(np.float32)
        columns[:, [NAMES.index(name) for name in ASKED]] = 0
        taken = np.zeros(n_candidates, bool)
        taken[int(np.argmax(columns[:, TOLD] + 0.1 * draw.random(n_candidates)))] = True
        made.append(
            Pool(f"{name} {i // 3}", columns, np.zeros(len(CONTEXT)), taken, draw.random(n_candidates), 1, True)
        )
    return made
