"""Fit the judge to people's labels and predict every dialogue from folds that never saw its system (or itself)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from errors import InputError
from eval.dialogues import Dialogue
from eval.judging.baselines import length_of, predict_by_words, system_means, words_of
from eval.judging.evidence import Reader, evidence, texts
from eval.judging.kernel import fit_kernel

Folds = Literal["system", "dialogue"]
_N_FOLDS = 10
_WORDS = "words (TF-IDF ridge)"
_N_INNER = 5
_FEWEST, _FEWEST_SYSTEMS = 20, 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """Labelled dialogues and what was predicted for them out of fold."""

    dialogues: Sequence[Dialogue]
    labels: np.ndarray
    folds: np.ndarray
    """Names of the folds, (n,)."""
    predicted: Mapping[str, np.ndarray]
    """By judge: "judge", and the trivial ones."""

    @property
    def systems(self) -> np.ndarray:
        """Return the system of every dialogue, (n,)."""
        return np.array([dialogue.system for dialogue in self.dialogues])


def calibrate(
    dialogues: Sequence[Dialogue], target: str, by: Folds, readers: Sequence[Reader] = (texts,), seed: int = 0
) -> Calibration:
    """Return the calibration on the dialogues that carry the label. Raises InputError where that is impossible."""
    labelled = [dialogue for dialogue in dialogues if dialogue.label(target) is not None]
    _check(dialogues, labelled, target, by)
    labels = np.array([dialogue.label(target) for dialogue in labelled], float)
    systems = np.array([dialogue.system for dialogue in labelled])
    folds = systems if by == "system" else _by_chance(len(labelled), _N_FOLDS, seed)
    chance = _by_chance(len(labelled), _N_INNER, seed + 1)
    seen, bags = evidence(labelled, readers), [words_of(dialogue) for dialogue in labelled]
    lengths = np.array([[length_of(one), len(one.turns)] for one in labelled])
    predicted = {name: np.zeros(len(labelled)) for name in ("judge", _WORDS)}
    means: list[tuple[np.ndarray, np.ndarray | None]] = []
    for fold in np.unique(folds):
        tested = folds == fold
        known, asked = np.flatnonzero(~tested), np.flatnonzero(tested)
        groups = _groups(systems[~tested], chance[~tested])
        rows, others = seen.split(tested)
        predicted["judge"][tested] = fit_kernel(rows, labels[~tested]).above(others)
        by_words = predict_by_words([bags[i] for i in known], labels[~tested], groups, [bags[i] for i in asked])
        predicted[_WORDS][tested] = by_words - labels[~tested].mean()
        means.append((tested, system_means(labels, systems, tested)))
    # A fold without a good system has a low mean: added fold by fold, it would tell systems apart the wrong way round.
    predicted = {name: above + _level(labels, folds) for name, above in predicted.items()}
    predicted |= {"length": lengths[:, 0], "number of turns": lengths[:, 1]}
    if by == "dialogue" and len(set(systems)) > 1 and all(mean is not None for _, mean in means):
        predicted["mean of the system"] = np.zeros(len(labelled))
        for tested, mean in means:
            predicted["mean of the system"][tested] = mean
    return Calibration(labelled, labels, folds, predicted)


def _level(labels: np.ndarray, folds: np.ndarray) -> float:
    """Return the mean level that the folds were fitted to, one number for all: no rank or correlation rests on it."""
    return float(np.mean([labels[folds != fold].mean() for fold in np.unique(folds)]))


def _groups(systems: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return what is left out to choose the strength: whole systems, where there are enough of them."""
    return systems if len(set(systems)) >= _FEWEST_SYSTEMS else chance


def _check(dialogues: Sequence[Dialogue], labelled: Sequence[Dialogue], target: str, by: Folds) -> None:
    if not labelled:
        names = sorted({name for dialogue in dialogues for name in dialogue.labels})
        there = f"they are labelled {', '.join(names)}" if names else "none carries any label"
        raise InputError(f"No dialogue is labelled {target!r}; {there}. Give another --target.")
    if len(labelled) < _FEWEST:
        raise InputError(f"Only {len(labelled)} dialogues are labelled {target!r}. Give at least {_FEWEST}.")
    if by == "system" and len({dialogue.system for dialogue in labelled}) < 2:
        raise InputError("All labelled dialogues are of one system. Use --folds dialogue, or add another system's.")


def _by_chance(n: int, n_folds: int, seed: int) -> np.ndarray:
    numbers = np.arange(n) % n_folds
    np.random.default_rng(seed).shuffle(numbers)
    return np.array([f"{number}" for number in numbers])
