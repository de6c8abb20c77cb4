"""What the tools did for an answer, as one foldable message of the chat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents.events import ToolStarted, ToolTrace
from agents.wording import describe_filter, describe_value
from retrieval.items import Field, Filter
from ui.markdown import literal

Message = dict[str, Any]
"""One message in the form gr.Chatbot takes."""

_SAID_ELSEWHERE = {"filters", "k"}


@dataclass(frozen=True)
class Step:
    """One call of a tool: what it was asked and, once it is over, what came of it."""

    title: str
    lines: tuple[str, ...] = ()
    pending: bool = False

    @property
    def markdown(self) -> str:
        """Return it as a point of a list; all of it is shown as it is."""
        return f"- {literal(self.title)}" + "".join(f"\n    - {literal(line)}" for line in self.lines)


def pending(started: ToolStarted, fields: dict[str, Field]) -> Step:
    """Return the step of a tool that is still working."""
    return Step(f"{started.name} …", tuple(_arguments(started.args, fields)), pending=True)


def done(trace: ToolTrace, fields: dict[str, Field]) -> Step:
    """Return the step of a finished tool: its title, what it was asked and what it noted."""
    lines = _arguments(trace.args, fields)
    if trace.n_unknown:
        lines.append(f"{trace.n_unknown:,} left out because a value this limits is unknown")
    return Step(title(trace), (*lines, *(text for text in (trace.note, trace.error) if text)))


def title(trace: ToolTrace) -> str:
    """Return one line about a finished call: "search_meaning: 50 of 1,204 in 12 ms"."""
    if trace.error:
        return f"{trace.name}: failed, went on without it"
    among = f" of {trace.n_pool:,}" if trace.n_pool else ""
    return f"{trace.name}: {trace.n_hits:,}{among} in {_took(trace.ms)}"


def stopped(step: Step) -> Step:
    """Return a pending step as one that was given up; any other as it is."""
    if not step.pending:
        return step
    return replace(step, title=step.title.removesuffix(" …") + ": stopped", pending=False)


def message(steps: Sequence[Step], noun: tuple[str, str], n_items: int, ms: float) -> Message:
    """Return all steps of a turn as one message that unfolds; `ms` is 0 while the turn runs."""
    ways = f"in {len(steps)} ways" if len(steps) > 1 else "in one way"
    if any(step.pending for step in steps):
        said = f"Looking through {n_items:,} {noun[1]} {ways} …"
    else:
        said = f"Looked through {n_items:,} {noun[1]} {ways}" + (f" · {_took(ms)}" if ms else "")
    content = "\n".join(step.markdown for step in steps)
    return {"role": "assistant", "content": content, "metadata": {"title": said, "status": "done"}}


def _took(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def _arguments(args: dict[str, Any], fields: dict[str, Field]) -> list[str]:
    lines = [
        f"{name}: {describe_value(value)}" for name, value in args.items() if value and name not in _SAID_ELSEWHERE
    ]
    limits = [_limit(raw, fields) for raw in args.get("filters") or []]
    return lines + ([f"only: {', '.join(limits)}"] if limits else [])


def _limit(raw: Any, fields: dict[str, Field]) -> str:
    given = raw if isinstance(raw, Filter) else Filter.model_validate(raw)
    return describe_filter(given, fields[given.field]) if given.field in fields else given.field
