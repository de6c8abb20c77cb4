"""The format of the suite: conversations as TOML, each turn with what must be true after it."""

import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from errors import InputError

FOLDER = Path(__file__).parent


class Expected(BaseModel):
    """One turn and what must be true after it; what is not stated is not asked.

    A claim is text about a field, such as "year 1990..1999" (see claims.py). A title written "#2" is the second item
    of the slate shown before this turn, "#2@1" that of turn 1.
    """

    model_config = ConfigDict(extra="forbid")

    say: str = ""
    """The message."""
    do: str = ""
    """A click instead: "like #1", "dislike #2", "seen #3", "more_like #1", "remove_chip year"."""

    limits: list[str] = []
    """Claims that the limits on a field come to, together."""
    fields: list[str] | None = None
    """Exactly the fields that are limited; of a refusal that spans several fields, any one of them counts."""
    free: list[str] = []
    """Fields without any limit."""
    same_limits_as: int | None = None
    """The turn (1 is the first) after which exactly the same limits were in force; 0 is before the first."""
    every: list[str] = []
    """Claims that every item of the slate meets."""
    some: list[str] = []
    """Claims that at least one item of the slate meets."""
    items: int | Literal["some"] | None = None
    """How many items are shown."""
    includes: list[str] = []
    excludes: list[str] = []
    new: bool = False
    """No item was shown in an earlier slate of this conversation."""
    same_items_as: int | None = None
    """The turn whose slate is shown again, in whatever order."""
    order: str = ""
    """Field and direction the slate is sorted by: "runtime_min desc"."""
    about: list[str] | None = None
    """Exactly the titles the turn is about: those asked about or compared."""
    breaks: list[str] = []
    """Fields of the limits that shown items do not meet, marked so; otherwise every item must meet every limit."""
    likes: list[str] = []
    """Titles or values liked so far; no others are asked for."""
    dislikes: list[str] = []
    seen: list[str] = []
    no_tastes: list[str] = []
    """Titles or values that are neither liked, disliked nor seen."""
    statements: list[str] = []
    """Words that statements of the profile the turn worked with must contain, each in one of them."""
    asked: bool | None = None
    """Whether a question stands beside the slate."""
    intent: str = ""
    """What the turn was taken for; several with "|"."""
    notice: bool | None = None
    """Whether the user is told of something."""
    chips: int | None = None
    """How many limits the user sees."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.say) == bool(self.do):
            raise ValueError("a turn has either words (say) or a click (do)")
        return self


class Conversation(BaseModel):
    """A scripted conversation."""

    model_config = ConfigDict(extra="forbid")

    name: str
    turn: list[Expected] = Field(min_length=3, max_length=12)


class Suite(BaseModel):
    """A file of conversations over one catalogue."""

    model_config = ConfigDict(extra="forbid")

    catalog: str
    held_out: bool = False
    """Nothing was mended for these: how many pass is a measurement, not a duty."""
    conversation: list[Conversation]


def read_suite(path: Path) -> Suite:
    """Read one file. Raises InputError naming the part that is wrong."""
    try:
        suite = Suite.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}). Give a TOML file of conversations.") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    names = [conversation.name for conversation in suite.conversation]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{path} has two conversations called {twice[0]!r}. Give each a name of its own.")
    return suite


def suites_of(catalog: str) -> dict[str, Suite]:
    """Return the shipped suites over this catalogue by name. Raises InputError where there are none."""
    suites = {path.stem: read_suite(path) for path in sorted(FOLDER.glob("*.toml"))}
    mine = {name: suite for name, suite in suites.items() if suite.catalog == catalog}
    if not mine:
        known = ", ".join(sorted({suite.catalog for suite in suites.values()}))
        raise InputError(f"There are no conversations about {catalog!r}. Choose one of: {known}.")
    return mine
