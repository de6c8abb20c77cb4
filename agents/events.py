"""Typed events: what `Cicerone.turn` yields and every door shows; the same over SSE."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from retrieval.items import Filter


class Reason(BaseModel):
    """Why an item is shown."""

    text: str
    """One clause, ready to show."""
    source: str
    """The field, tool or event it rests on: "genres", "similar_items", "liked"."""


class SlateItem(BaseModel):
    """One recommended item as every door shows it."""

    item_id: str
    title: str
    score: float
    fields: dict[str, Any] = {}
    """Known values for the card, by field name, in catalogue order."""
    reasons: list[Reason] = []
    strength: float | None = None
    """Calibrated chance, 0–1, that in such a talk people took this item next; None where nothing was fitted for it."""
    satisfies: list[Filter] = []
    breaks: list[Filter] = []
    """Limits it does not meet: it is shown as a nearest miss."""


class Chip(BaseModel):
    """A limit or taste of this conversation, as a removable chip."""

    key: str
    """Stable within the thread; give it back to remove the chip."""
    text: str
    kind: Literal["limit", "like", "dislike", "seen"]
    words: str
    """The words of the user it came from."""


class Question(BaseModel):
    """One question with up to four choices, always beside a slate."""

    text: str
    choices: list[str] = []
    field: str = Field(default="", exclude=True)
    """The facet asked about, "" for a question of a model's own. Doors leave it out: a choice is taken by saying it."""


class ToolTrace(BaseModel):
    """One tool call as `batch` and `turn_finished` report it."""

    name: str
    ms: float
    n_hits: int
    args: dict[str, Any] = {}
    n_pool: int = 0
    n_unknown: int = 0
    note: str = ""
    error: str = ""


class Action(BaseModel):
    """A click instead of a sentence; it makes a turn of its own."""

    kind: Literal["like", "dislike", "seen", "more_like", "remove_chip", "adventure"]
    item_id: str = ""
    """The item clicked (all kinds but remove_chip and adventure)."""
    key: str = ""
    """The chip removed (remove_chip), or the level as a number (adventure)."""

    @property
    def level(self) -> float:
        """Familiar (−1) to adventurous (1); 0 where the key is no number."""
        try:
            return max(-1.0, min(1.0, float(self.key)))
        except ValueError:
            return 0.0


class TurnStarted(BaseModel):
    """A turn begins."""

    type: Literal["turn_started"] = "turn_started"
    thread_id: str
    turn_id: str
    planner: Literal["basic", "llm"]


class ToolStarted(BaseModel):
    """A tool was called."""

    type: Literal["tool_started"] = "tool_started"
    call_id: str
    name: str
    args: dict[str, Any]


class ToolFinished(BaseModel):
    """A tool answered or failed."""

    type: Literal["tool_finished"] = "tool_finished"
    call_id: str
    tool: ToolTrace


class Slate(BaseModel):
    """The verified items of the turn, best first; a later slate replaces an earlier one."""

    type: Literal["slate"] = "slate"
    items: list[SlateItem]


class Token(BaseModel):
    """The next piece of the reply."""

    type: Literal["token"] = "token"
    text: str
    """The next piece of the reply; the pieces concatenate to the reply."""


class Asked(BaseModel):
    """A question beside the slate."""

    type: Literal["question"] = "question"
    question: Question


class LedgerChanged(BaseModel):
    """The limits and tastes now in force."""

    type: Literal["ledger"] = "ledger"
    filters: list[Filter]
    chips: list[Chip]


class ProfileChanged(BaseModel):
    """What is known of the taste of the user, in two sentences."""

    type: Literal["profile"] = "profile"
    summary: str


class Notice(BaseModel):
    """One line the user should know."""

    type: Literal["notice"] = "notice"
    text: str


class Failed(BaseModel):
    """The turn could not be finished as planned; turn_finished follows."""

    type: Literal["error"] = "error"
    text: str


class SentenceCounts(BaseModel):
    """What became of the sentences a model wrote about the slate."""

    kept: int = 0
    """True of the slate, and shown as they were."""
    replaced: int = 0
    """Not borne out by the rows: a sentence of our own stands in their place."""
    dropped: int = 0
    """Not borne out, and about no item that needed a sentence still."""


class TurnFinished(BaseModel):
    """The turn as a whole; always the last event."""

    type: Literal["turn_finished"] = "turn_finished"
    thread_id: str
    turn_id: str
    reply: str
    items: list[SlateItem]
    filters: list[Filter]
    question: Question | None = None
    adventure: float = 0
    """Familiar (−1) to adventurous (1): what the slate leans to, and the next one where nothing else is asked."""
    notices: list[str] = []
    planner: Literal["basic", "llm"] = "basic"
    """Who planned in the end; "basic" also where the model was asked and failed."""
    tools: list[ToolTrace] = []
    model_calls: int = 0
    tokens: int = 0
    """Of all prompts (`tokens_in`) and answers (`tokens_out`) of the language model."""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_estimated: bool = False
    """The server did not count all of them; what it left out is guessed from the letters."""
    cost: float | None = None
    """Of the tokens, in the currency of the prices set; None where none are."""
    ms: float = 0
    stages_ms: dict[str, float] = {}
    model_notes: list[str] = []
    """What was dropped from or replaced in the model's answers."""
    sentences: SentenceCounts = SentenceCounts()


Event = Annotated[
    TurnStarted
    | ToolStarted
    | ToolFinished
    | Slate
    | Token
    | Asked
    | LedgerChanged
    | ProfileChanged
    | Notice
    | Failed
    | TurnFinished,
    Field(discriminator="type"),
]
