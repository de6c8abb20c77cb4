"""When to ask: a wish that says nothing yet gets one question beside the slate, never twice in a row."""

from agents.events import Question
from agents.state import Ledger, Thread, Understanding
from agents.wishes import FEW, speakable_facets, values_of
from agents.wording import join
from retrieval.catalog import Catalog
from retrieval.items import Field

_CHOICES = 4
_OPEN = ("recommend", "smalltalk", "help")


def opening_question(understood: Understanding, ledger: Ledger, thread: Thread, catalog: Catalog) -> Question | None:
    """Return a question about the facet people browse by, or None where there is something to go on."""
    known = ledger.limits or ledger.tastes or understood.query or understood.anchors or understood.order
    if known or understood.soft or thread.query or thread.named or understood.intent not in _OPEN:
        return None
    if thread.past and thread.past[-1].asked:
        return None
    for field in speakable_facets(catalog):
        choices = values_of(field, catalog)[:_CHOICES]
        if field.n_values <= FEW and len(choices) >= min(_CHOICES, field.n_values):
            return Question(text=_asked(field, choices), choices=choices)
    return None


def _asked(field: Field, choices: list[str]) -> str:
    listed = join(choices, "or")
    if field.n_values > len(choices):
        return f"Where shall we start: {listed}?"
    return f"Which {field.label}: {listed}?"
