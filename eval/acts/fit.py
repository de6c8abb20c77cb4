"""Fit the classifier of dialogue acts, and score it on sentences and on whole families of sentences left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.understanding.act_features import VECTOR_SCALE, masked, spoken
from agents.understanding.acts import SURE, decision, likelihoods
from eval.acts.bank import Example
from retrieval.embed import Embedder

_FOLDS = 5
_BALANCE = 0.3
"""Rare acts count more: 0 not at all, 1 until all weigh the same."""
_HEATS = np.geomspace(0.3, 3, 47)
_Rows = Sequence[int] | np.ndarray


@dataclass(frozen=True)
class Learnt:
    """One model: (n_acts, n_features) weights, (n_acts,) bias, and what its logits are divided by."""

    weights: np.ndarray
    bias: np.ndarray
    heat: float = 1.0


@dataclass(frozen=True)
class Left:
    """What a model said of examples it had not seen: probabilities, (n_examples, n_acts)."""

    acts: list[str]
    likely: np.ndarray


def features(examples: Sequence[Example], embedder: Embedder | None) -> np.ndarray:
    """Return one row an example, with the sentence vector in front where there is an embedder."""
    masks = [masked(example.heard) for example in examples]
    said = np.stack([spoken(example.heard, mask) for example, mask in zip(examples, masks, strict=True)])
    if embedder is None:
        return said
    return np.hstack([embedder.embed(masks) * VECTOR_SCALE, said])


def acts_of(examples: Sequence[Example]) -> list[str]:
    """Return every act there is, in alphabetical order: the order of a model's rows."""
    return sorted({act for example in examples for act in example.acts})


def fit(rows: np.ndarray, examples: Sequence[Example], chosen: _Rows) -> Learnt:
    """Fit on the chosen rows; an example of several acts counts for each in part."""
    from sklearn.linear_model import LogisticRegression

    acts = acts_of(examples)
    pairs = [(i, acts.index(a), 1 / len(examples[i].acts)) for i in map(int, chosen) for a in examples[i].acts]
    which, labels, shares = (list(column) for column in zip(*pairs, strict=True))
    counts = Counter(labels)
    weights = [s * (len(labels) / len(counts) / counts[a]) ** _BALANCE for s, a in zip(shares, labels, strict=True)]
    model = LogisticRegression(C=1.0, max_iter=400, tol=1e-3).fit(rows[which], labels, sample_weight=weights)
    missing = len(acts) - len(model.classes_)
    assert not missing, f"{missing} acts have no example among those chosen"
    return Learnt(model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def left_out(rows: np.ndarray, examples: Sequence[Example], *, by_family: bool) -> np.ndarray:
    """Return the logits of every example by a model that saw none of its family, or else not its sentence."""
    kinds: list[Any] = [example.family if by_family else example.sentence for example in examples]
    order = sorted(set(kinds), key=str)
    np.random.default_rng(0).shuffle(order)
    fold_of = {kind: i % _FOLDS for i, kind in enumerate(order)}
    folds = np.array([fold_of[kind] for kind in kinds])
    if by_family:
        folds = _with_every_act(folds, examples)
    logits = np.zeros((len(examples), len(acts_of(examples))), np.float32)
    for fold in range(_FOLDS):
        learnt = fit(rows, examples, np.flatnonzero(folds != fold))
        out = folds == fold
        logits[out] = rows[out] @ learnt.weights.T + learnt.bias
    return logits


def _with_every_act(folds: np.ndarray, examples: Sequence[Example]) -> np.ndarray:
    """Put families that are all of their act into no fold: nothing could be learnt of it without them."""
    folds = folds.copy()
    for act in acts_of(examples):
        mine = {e.family for e in examples if act in e.acts}
        there = np.array([e.family in mine for e in examples])
        if len(set(folds[there].tolist())) == 1:
            folds[there] = _FOLDS
    return folds


def heat_of(logits: np.ndarray, examples: Sequence[Example]) -> float:
    """Return what to divide logits by, so that what was likely was so as often: least log loss of the right acts."""
    acts = acts_of(examples)
    right = np.array([[act in example.acts for act in acts] for example in examples])
    losses = [-np.log((likelihoods(logits, heat) * right).sum(1) + 1e-9).mean() for heat in _HEATS]
    return float(_HEATS[int(np.argmin(losses))])


def table(logits: np.ndarray, heat: float, examples: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Return by decision: examples, share decided right, and of those surer than `SURE` how many are right."""
    acts = acts_of(examples)
    groups = sorted({decision(act) for act in acts})
    likely = likelihoods(logits, heat) @ np.array([[decision(act) == g for g in groups] for act in acts], float)
    tested = np.flatnonzero(np.abs(logits).sum(1) > 0).tolist()
    right = np.array(
        [groups[likely[i].argmax()] in {decision(a) for a in examples[i].acts} for i in range(len(examples))]
    )
    sure = likely.max(1) >= SURE
    rows = {}
    for name in [*groups, "all"]:
        mine = [i for i in tested if name in ("all", decision(examples[i].acts[0]))]
        if not mine:
            continue
        bold = [i for i in tested if sure[i] and name in ("all", groups[likely[i].argmax()])]
        rows[name] = {
            "examples": len(mine),
            "right": round(float(right[mine].mean()), 3),
            f"said at {SURE:g}": len(bold),
            "of them right": round(float(right[bold].mean()), 3) if bold else "",
        }
    return rows
