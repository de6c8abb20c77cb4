"""A tool is a typed function: an arguments model, a docstring written for the model, a result the UI can show."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import CiceroneError, ToolError
from retrieval.bundle import Bundle
from retrieval.items import Filter, Hit


Args = TypeVar("Args", bound=BaseModel)


class ToolArgs(BaseModel):
    """Arguments every retrieval tool takes."""

    model_config = ConfigDict(extra="forbid")

    filters: list[Filter] = Field(default=[], description="Limits every item must satisfy; [] for none.")
    k: int = Field(default=50, ge=1, le=500, description="How many items to return.")


class ToolResult(BaseModel):
    """What every tool returns."""

    hits: list[Hit] = []
    note: str = ""
    """One sentence for the trace."""
    ms: float = 0
    n_pool: int = 0
    """How many items satisfied the filters before any top-k."""
    n_unknown: int = 0
    """Items left out only because a filtered field of theirs is unknown."""
    data: dict[str, Any] = {}
    """What is no list of items: counts, a question, something to remember."""


@dataclass(frozen=True)
class ToolContext:
    """What a tool may see of the turn."""

    bundle: Bundle
    exclude: frozenset[str] = field(default_factory=frozenset)
    """Items never to return: seen, refused, already shown."""


@dataclass(frozen=True)
class Tool(Generic[Args]):
    """One tool under the name the planner sees."""

    name: str
    args: type[Args]
    run: Callable[[Args, ToolContext], ToolResult]

    @property
    def description(self) -> str:
        """What the tool does, in the words for the model."""
        return " ".join((self.run.__doc__ or "").split())

    def schema(self) -> dict[str, Any]:
        """Return the tool as an entry of `tools` in a chat completion request."""
        parameters = self.args.model_json_schema()
        return {"type": "function", "function": {"name": self.name, "description": self.description, "parameters": parameters}}

    def call(self, raw: dict[str, Any], context: ToolContext) -> ToolResult:
        """Validate, run and time the tool. Raises ToolError naming the bad argument and what it should be."""
        started = time.perf_counter()
        try:
            result = self.run(self.args.model_validate(raw), context)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            raise ToolError(f"{self.name}: {where}: {first['msg']}.") from error
        except CiceroneError as error:
            raise ToolError(f"{self.name}: {error}") from error
        return result.model_copy(update={"ms": round((time.perf_counter() - started) * 1000, 2)})
