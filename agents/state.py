"""What flows through one turn, and what a thread remembers between turns; all of it JSON-plain."""

from typing import Any, Literal

from pydantic import BaseModel

from agents.events import Question
from retrieval.items import NEGATIVE_OPS, Filter

Intent = Literal[
    "recommend", "similar", "more", "details", "compare", "count", "values", "recap", "feedback", "smalltalk", "help"
]  # fmt: skip


class Limit(BaseModel):
    """A hard limit of this conversation; it lives until the user lifts it."""

    filter: Filter
    words: str
    """The user's words it came from."""
    turn: int
    source: Literal["words", "model", "profile", "caller"] = "words"

    @property
    def key(self) -> str:
        """Name of its chip, stable within the thread; a refusal that spans several fields is one chip."""
        where = "" if self.filter.op in NEGATIVE_OPS else self.filter.field
        return f"limit:{where}:{self.filter.op}:{self.filter.value}"


class Taste(BaseModel):
    """A like, a dislike or a "seen it": of an item, or of a facet or person value."""

    kind: Literal["like", "dislike", "seen"]
    words: str
    turn: int
    item_id: str = ""
    field: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """Name of its chip, stable within the thread."""
        return f"{self.kind}:{self.item_id or self.field + '=' + self.value}"


class Ledger(BaseModel):
    """The hard limits and tastes of one conversation, oldest first."""

    limits: list[Limit] = []
    tastes: list[Taste] = []

    @property
    def filters(self) -> list[Filter]:
        """The limits as filters for the tools."""
        return [limit.filter for limit in self.limits]

    def items(self, *kinds: str) -> list[str]:
        """Return the items liked, disliked or seen, oldest first."""
        return [t.item_id for t in self.tastes if t.item_id and t.kind in kinds]


class Order(BaseModel):
    """An order the user asked for by name: "longest", "newest"."""

    field: str
    descending: bool


class Understanding(BaseModel):
    """What one message means, before anything is looked up."""

    intent: Intent = "recommend"
    query: str = ""
    """What is left of the request once limits are taken out; "" when nothing is."""
    anchors: list[str] = []
    """Items the user points at: the one to resemble, to compare or to ask about."""
    soft: list[Filter] = []
    """Values named too unsurely for a limit; they only rank."""
    order: Order | None = None
    values_of: str = ""
    """The field whose values are asked for ("which countries are there?")."""
    k: int | None = None
    """How many items the user asked for."""
    undone: bool = False
    """The message takes the last change back."""
    notices: list[str] = []


class ToolCall(BaseModel):
    """One typed call; arguments are checked against the tool's model before it runs."""

    tool: str
    args: dict[str, Any] = {}
    label: str = ""
    """Name of its list where one tool is asked twice; "" for the tool's own."""
    also: list[Filter] = []
    """What its list must meet beside the limits."""

    @property
    def list_name(self) -> str:
        """Under which name its result is ranked and explained."""
        return self.label or self.tool


class Plan(BaseModel):
    """What to ask the tools; the basic planner and a model both return this and nothing downstream knows which."""

    calls: list[ToolCall] = []
    limits: list[Limit] = []
    """Limits a model found in the conversation that the linker did not; already traced to its words."""
    question: Question | None = None
    by: Literal["basic", "llm"] = "basic"

    def with_filters(self, filters: list[Filter]) -> "Plan":
        """Return the plan with these filters, and the call's own, on every call that takes any."""
        calls = [
            c.model_copy(update={"args": {**c.args, "filters": [f.model_dump() for f in (*filters, *c.also)]}})
            if "filters" in c.args
            else c
            for c in self.calls
        ]
        return self.model_copy(update={"calls": calls})


class PastTurn(BaseModel):
    """One finished turn, as the thread remembers it."""

    turn_id: str
    user: str
    reply: str
    slate: list[str] = []
    """Ids of the items shown, best first."""
    focus: list[str] = []
    """Ids of the items the turn was about (details, comparison)."""
    asked: str = ""
    """The question asked, if any."""
    asked_field: str = ""
    """The facet it was about."""
    choices: list[str] = []
    """The answers offered."""
    unheard: list[str] = []
    """Words of the message of which it was said that nothing has them."""
    rejects: bool = False
    """Whether the message refused a whole slate without a reason."""
    clicked: bool = False
    """Whether it was a click: `user` then says in words of ours what was clicked."""


class Thread(BaseModel):
    """Everything a conversation remembers; this is what is checkpointed."""

    ledger: Ledger = Ledger()
    past: list[PastTurn] = []
    n_dropped: int = 0
    """Turns before those of `past`, which are no longer kept."""
    undo: list[Ledger] = []
    """Earlier ledgers, the newest last."""
    query: str = ""
    """Subject of the conversation: the last words that were no limit."""
    wish: Understanding = Understanding()
    """The last request for items; a click goes on with it."""
    named: list[str] = []
    """Items named by the user or by a caller's context; never recommended, for they are known."""
    refused: list[str] = []
    """Items of slates that were refused as a whole, and those of which it was said that there are no others."""
    adventure: float = 0
    """Familiar (−1) to adventurous (1), as last asked for."""
    catalog: str = ""
    """Name of the catalogue it is about; "" before the first turn."""
    build: str = ""
    """The build that answered last."""

    def reset(self) -> "Thread":
        """Return the thread without its limits and subject; what was shown, liked and refused stays, undo works."""
        changed = {"ledger": Ledger(tastes=self.ledger.tastes), "undo": [*self.undo, self.ledger]}
        return self.model_copy(update={**changed, "query": "", "wish": Understanding(), "named": [], "adventure": 0})

    @property
    def n_turns(self) -> int:
        """How many turns it had so far; the number of the next one, as limits and tastes note it."""
        return self.n_dropped + len(self.past)

    @property
    def talk(self) -> list[PastTurn]:
        """Past turns of words; clicks left out."""
        return [turn for turn in self.past if not turn.clicked]

    @property
    def shown(self) -> list[str]:
        """Every item shown so far, oldest first, each once."""
        return list(dict.fromkeys(item_id for turn in self.past for item_id in turn.slate))

    @property
    def last_slate(self) -> list[str]:
        """The items of the last slate shown, best first."""
        return next((turn.slate for turn in reversed(self.past) if turn.slate), [])
