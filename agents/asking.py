"""When to ask: a wish that says nothing yet gets one question beside the slate, never twice in a row."""

from agents.events import Question
from agents.state import Ledger, Thread, Understanding
from agents.wording import join
from retrieval.catalog import Catalog
from retrieval.items import Role

_FEW_VALUES = 60
_CHOICES = 4
_OPEN = ("recommend", "smalltalk", "help")


def opening_question(understood: Understanding, ledger: Ledger, thread: Thread, catalog: Catalog) -> Question | None:
    """Return a question about the facet people browse by, or None where there is something to go on."""
    known = ledger.limits or ledger.tastes or understood.query or understood.anchors or understood.order
    if known or understood.soft or thread.query or thread.named or understood.intent not in _OPEN:
        return None
    if thread.past and thread.past[-1].asked:
        return None
    facets = [f for f in catalog.with_role(Role.FACET) if _CHOICES <= f.n_values <= _FEW_VALUES]
    if not facets:
        return None
    best = max(facets, key=lambda f: f.coverage)
    choices = [value for value, _ in catalog.counts(best.name, limit=_CHOICES)]
    return Question(text=f"Where shall we start: {join(choices, 'or')}?", choices=choices)
