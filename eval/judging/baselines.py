"""What any judge has to beat: the length of a dialogue, its words alone, and the mean of its system."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from eval.dialogues import Dialogue
from eval.judging.ridge import fit_ridge
from retrieval.text import tokens

_RARE = 2
_MOST_WORDS = 2_000


def length_of(dialogue: Dialogue) -> float:
    """Return how many words were said."""
    return float(sum(len(tokens(turn.text)) for turn in dialogue.turns))


def words_of(dialogue: Dialogue) -> Counter[str]:
    """Return how often each word was said, the users' and the system's apart."""
    return Counter(f"{turn.role[0]} {word}" for turn in dialogue.turns for word in tokens(turn.text))


def predict_by_words(
    train: Sequence[Counter[str]], labels: np.ndarray, groups: np.ndarray, test: Sequence[Counter[str]]
) -> np.ndarray:
    """Return what a ridge on TF-IDF predicts for the dialogues under test; words and weights come from the others."""
    held = Counter(word for bag in train for word in bag)
    common = sorted((word for word, n in held.items() if n >= _RARE), key=lambda word: (-held[word], word))
    place = {word: i for i, word in enumerate(common[:_MOST_WORDS])}
    idf = np.log((1 + len(train)) / (1 + np.array([held[word] for word in place])))

    def rows(bags: Sequence[Counter[str]]) -> np.ndarray:
        matrix = np.zeros((len(bags), len(place)))
        for i, bag in enumerate(bags):
            for word in bag.keys() & place.keys():
                matrix[i, place[word]] = 1 + np.log(bag[word])
        matrix *= idf
        unit: np.ndarray = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
        return unit

    return fit_ridge(rows(train), labels, groups)(rows(test))


def system_means(labels: np.ndarray, systems: np.ndarray, tested: np.ndarray) -> np.ndarray | None:
    """Return the mean of the same system's other dialogues, None where a system under test has none."""
    if not set(systems[tested]) <= set(systems[~tested]):
        return None
    return np.array([labels[~tested & (systems == system)].mean() for system in systems[tested]])
