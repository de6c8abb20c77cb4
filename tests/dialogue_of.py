"""Tiny dialogues by hand."""

from collections.abc import Mapping, Sequence

from eval.dialogues import Dialogue, Role, Utterance


def dialogue_of(
    *texts: str,
    name: str = "d",
    system: str = "s",
    labels: Mapping[str, Sequence[float]] | None = None,
    items: Mapping[int, tuple[str, ...]] | None = None,
) -> Dialogue:
    """Return a dialogue that a user begins, both sides taking turns; `items` by the place of the turn."""
    roles: tuple[Role, Role] = ("user", "assistant")
    turns = tuple(Utterance(roles[i % 2], text, (items or {}).get(i, ())) for i, text in enumerate(texts))
    return Dialogue(name, system, turns, {key: tuple(values) for key, values in (labels or {}).items()})
