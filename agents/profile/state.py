"""Statements about one user's taste and the profile they make; JSON-plain, never altered in place."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from retrieval.items import Filter
from retrieval.text import fold

Kind = Literal["like", "dislike", "seen", "limit", "context"]
By = Literal["words", "click", "rating", "statistics", "model", "user"]

MOST_TOKENS = 600
"""What a whole profile may take in a prompt."""
HALF_LIFE_DAYS: dict[Kind, float] = {"like": 365, "dislike": 365, "seen": 3650, "limit": 3650, "context": 90}
"""How long until a statement that nothing confirms counts half. What was seen stays seen; company changes."""
FADED = 0.1
"""A statement weaker than this is dropped."""
_CHARS_A_TOKEN = 4
_SAID: dict[Kind, str] = {
    "like": "likes", "dislike": "dislikes", "seen": "knows already", "limit": "wants only", "context": "says",
}  # fmt: skip


class Source(BaseModel):
    """Where a statement came from."""

    by: By
    words: str
    """The user's own words, the click or the rating."""
    day: date
    thread: str = ""
    turn: int = 0


class Statement(BaseModel):
    """One thing known of a user: about an item, a value of a field (a facet, a person, a span of numbers), or in words.

    Exactly one of `item_id`, `field` and `text` is set.
    """

    kind: Kind
    strength: float = Field(ge=0, le=1)
    """On the day it was last confirmed."""
    confirmed: date
    sources: list[Source] = []
    """The latest few, the newest last."""
    catalog: str = ""
    """The catalogue whose item or field it is about; "" where it is in words."""
    item_id: str = ""
    field: str = ""
    value: str = ""
    """The value in words, or the title of the item."""
    filter: Filter | None = None
    """What an item must meet: always of a limit, and of a span of numbers."""
    text: str = ""
    """The user's own words, where no item and no field is meant."""
    formerly: Kind | None = None
    """What the user said of the same thing before; the older statement itself is dropped."""

    @property
    def matter(self) -> str:
        """What it is about, whatever it says of it: two statements of one matter are merged, or the newer one wins."""
        if self.kind == "seen":
            return f"seen:{self.catalog}:{self.item_id}"
        about = self.item_id or (f"{self.field}={fold(self.value)}" if self.field else fold(self.text))
        return f"{self.catalog}:{about}"

    @property
    def key(self) -> str:
        """Its name within the profile, to edit or forget it by."""
        return f"{self.kind}:{self.matter}"

    def strength_at(self, today: date) -> float:
        """Return what is left of the strength; a clock that goes back changes nothing."""
        days = max(0, (today - self.confirmed).days)
        return float(self.strength * 0.5 ** (days / HALF_LIFE_DAYS[self.kind]))

    def in_words(self) -> str:
        """Return it as one short clause: 'likes genres: Horror'."""
        if self.text:
            return f"{_SAID[self.kind]} “{self.text}”"
        refused = self.kind == "limit" and self.filter is not None and "not" in self.filter.op
        said = "never wants" if refused else _SAID[self.kind]
        return f"{said} {self.field.replace('_', ' ')}: {self.value}" if self.field else f"{said} “{self.value}”"


class Profile(BaseModel):
    """Everything remembered of one user."""

    statements: list[Statement] = []
    on: bool = True
    """False: nothing is read and nothing is written until the user switches it on."""
    version: int = 0
    """Counts the changes."""
    summary: str = ""
    """Two sentences; "" until there is something to say."""

    def of(self, catalog: str, *kinds: Kind) -> list[Statement]:
        """Return the statements that say something about this catalogue, of these kinds (any where none is named)."""
        return [s for s in self.statements if s.catalog in ("", catalog) and (not kinds or s.kind in kinds)]

    def from_elsewhere(self, thread: str) -> "Profile":
        """Return it without what this thread alone has said: its ledger holds that, and it must not count twice."""
        kept = [s for s in self.statements if not s.sources or any(source.thread != thread for source in s.sources)]
        return self.model_copy(update={"statements": kept})

    def in_words(self) -> str:
        """Return all statements, a line each."""
        return "\n".join(statement.in_words() for statement in self.statements)

    @property
    def tokens(self) -> int:
        """About how many tokens it takes in a prompt."""
        return tokens_in(self.statements)


class Lesson(BaseModel):
    """What one turn teaches about a user."""

    statements: list[Statement] = []
    withdrawn: list[str] = []
    """Matters of which the user took back in this thread what was said in it."""
    thread: str = ""


def tokens_in(statements: Iterable[Statement]) -> int:
    """Guess the tokens of statements put into words, a line each."""
    return sum(len(statement.in_words()) // _CHARS_A_TOKEN + 1 for statement in statements)
