"""What a message does (refuses, has seen, asks about …), by a classifier for talk that no pattern knows.

Logistic regression over the sentence vector of the masked message, its words and letters, and what was linked; fitted
by `eval acts --fit`. The vectors are those of one embedder: under another, or where a catalogue has none, a second set
of weights does without. Both are calibrated, so that a probability means the same.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.nouns import Nouns
from agents.state import Thread
from agents.understanding.act_features import VECTOR_SCALE, Heard, masked, spoken
from retrieval.bundle import Bundle
from retrieval.embed import Embedder, MiniLM
from retrieval.items import Role
from retrieval.linking import Mention

WEIGHTS = Path(__file__).with_name("acts.npz")
SURE = 0.6
"""So likely must an act be to be believed: measured on talk left out, nine of ten are right then."""
WANT = "want"
_ONE = {
    "ask": WANT, "narrow": WANT, "why": "details", "hello": "courtesy", "bye": "courtesy", "tells": "courtesy",
}  # fmt: skip
"""Acts that are answered in one way, and what they are together."""
_PLAIN = frozenset(
    "value person bound item items a an the some something with and by in from of for please i want show me".split()
)
"""A message of nothing else is a wish, and costs no vector."""
_MOST_LETTERS = 400
"""Longer messages are no turn of phrase; the first so many letters tell."""


class Act(NamedTuple):
    """The likeliest act of a message; "" where nobody asked the classifier."""

    name: str = ""
    likely: float = 0.0
    fine: Mapping[str, float] = {}
    """How likely each act is before those answered in one way are added up."""

    def among(self, *names: str, least: float = SURE) -> bool:
        """Whether it is one of these, and likely enough."""
        return self.name in names and self.likely >= least


class _Model(NamedTuple):
    weights: np.ndarray
    """(n_acts, n_features)"""
    bias: np.ndarray
    heat: float
    """What logits are divided by, so that probabilities are frequencies."""


def decision(act: str) -> str:
    """Return what an act is answered as: "why" and "details" are answered alike."""
    return _ONE.get(act, act)


def heard_in(text: str, mentions: Sequence[Mention], thread: Thread, bundle: Bundle, nouns: Nouns) -> Heard:
    """Gather what the classifier looks at."""
    past = thread.past[-1] if thread.past else None
    fields = bundle.catalog.fields.values()
    return Heard(
        text=text[:_MOST_LETTERS],
        mentions=mentions,
        people={field.name for field in bundle.catalog.with_role(Role.PERSON)},
        nouns=nouns[2],
        labels=tuple(sorted({name for f in fields for name in (f.label, f.name)}, key=lambda n: (-len(n), n))),
        has_slate=bool(thread.last_slate),
        after_question=bool(past and past.asked),
        after_details=bool(past and past.focus),
        first=past is None,
    )


def act_of(heard: Heard, embedder: Embedder | None) -> Act:
    """Return the likeliest act; `embedder` is that of the catalogue, None where it has no vectors."""
    mask = masked(heard)
    if set(mask.lower().rstrip(".!").split()) <= _PLAIN:
        return Act(WANT, 1.0)
    features = spoken(heard, mask)
    names, by_vector, by_words = _models(WEIGHTS)
    model = by_words
    if embedder is not None and embedder.name == MiniLM.name:
        model = by_vector
        features = np.concatenate([embedder.embed([mask])[0] * VECTOR_SCALE, features])
    fine = dict(zip(names, likelihoods(features @ model.weights.T + model.bias, model.heat).tolist(), strict=True))
    together: dict[str, float] = {}
    for name, likely in fine.items():
        together[decision(name)] = together.get(decision(name), 0.0) + likely
    best = max(together, key=lambda name: together[name])
    return Act(best, together[best], fine)


def likelihoods(logits: np.ndarray, heat: float) -> np.ndarray:
    """Return probabilities over the last axis."""
    scaled = logits / heat
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    likely: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return likely


def save(path: Path, names: Sequence[str], by_vector: Any, by_words: Any) -> None:
    """Write both models, each (weights, bias, heat), a byte a weight with one scale an act."""
    kept: dict[str, np.ndarray] = {"names": np.array(names)}
    for label, (weights, bias, heat) in (("vector", by_vector), ("words", by_words)):
        scale = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-9) / 127
        kept[f"{label}_weights"] = np.rint(weights / scale).astype(np.int8)
        kept[f"{label}_scale"] = scale.astype(np.float32)
        kept[f"{label}_bias"] = np.asarray(bias, np.float32)
        kept[f"{label}_heat"] = np.array(heat, np.float32)
    np.savez_compressed(path, **kept)  # type: ignore[arg-type]  # its stubs know no keywords


@lru_cache(maxsize=2)
def _models(path: Path) -> tuple[list[str], _Model, _Model]:
    with np.load(path, allow_pickle=False) as kept:
        both = [
            _Model(
                kept[f"{label}_weights"].astype(np.float32) * kept[f"{label}_scale"],
                kept[f"{label}_bias"],
                float(kept[f"{label}_heat"]),
            )
            for label in ("vector", "words")
        ]
        return [str(name) for name in kept["names"]], both[0], both[1]
