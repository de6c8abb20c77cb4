"""A tool is a typed function: an arguments model, a docstring written for the model, a result the UI can show."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from errors import CiceroneError, ToolError
from retrieval.bundle import Bundle
from retrieval.items import Filter, Hit

Args = TypeVar("Args", bound=BaseModel)


class Arguments(BaseModel):
    """Base of all arguments: unknown names are refused, and null means not given, as some models write it."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: object) -> object:
        return {name: value for name, value in raw.items() if value is not None} if isinstance(raw, dict) else raw


class ToolArgs(Arguments):
    """Arguments every retrieval tool takes."""

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
        parameters = inlined(self.args.model_json_schema())
        parameters.pop("description", None)
        function = {"name": self.name, "description": self.description, "parameters": parameters}
        return {"type": "function", "function": function}

    def call(self, raw: dict[str, Any], context: ToolContext) -> ToolResult:
        """Validate, run and time the tool. Raises ToolError naming the bad argument and what it should be."""
        started = time.perf_counter()
        try:
            result = self.run(self.args.model_validate(raw), context)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            raise ToolError(f"{self.name}: {where}: {first['msg']}, not {str(first['input'])[:60]!r}.") from error
        except CiceroneError as error:
            raise ToolError(f"{self.name}: {error}") from error
        return result.model_copy(update={"ms": round((time.perf_counter() - started) * 1000, 2)})


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Put definitions in the place of references, which not every server follows, and drop the titles."""
    definitions = schema.pop("$defs", {})

    def plain(part: Any, *, names: bool = False) -> Any:
        if isinstance(part, list):
            return [plain(entry) for entry in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part and not names:
            beside = {key: value for key, value in part.items() if key != "$ref"}
            return plain({**definitions[part["$ref"].rsplit("/", 1)[1]], **beside})
        kept = {key: value for key, value in part.items() if names or key != "title"}
        return {key: plain(value, names=key == "properties" and not names) for key, value in kept.items()}

    inlined: dict[str, Any] = plain(schema)
    return inlined
