"""What a linker makes of a text, as the tests of linking compare it."""

from retrieval.linking import Linker, Mention


def kinds(linker: Linker, text: str, kind: str, at_least: float = 0.5) -> list[Mention]:
    """Return the mentions of one kind that are sure enough."""
    return [m for m in linker.link(text) if m.kind == kind and m.score >= at_least]


def limits(linker: Linker, text: str) -> list[tuple[str, str | None, object, bool]]:
    """Return what would become a hard limit: (field, op, value, negated)."""
    return [
        (m.field, m.op, m.value, m.negated)
        for m in linker.link(text)
        if m.kind in ("value", "range") and m.score >= 0.8
    ]
