"""What each tool did, as collapsible messages of the chat."""

from typing import Any

from agents.events import ToolStarted, ToolTrace
from agents.wording import describe_filter, describe_value
from retrieval.items import Field, Filter
from ui.markdown import literal

Message = dict[str, Any]
"""One message in the form gr.Chatbot takes."""

_SAID_ELSEWHERE = {"filters", "k"}


def pending(started: ToolStarted, fields: dict[str, Field]) -> Message:
    """Return the step of a tool that is still working."""
    return _step(f"{started.name} …", _arguments(started.args, fields), "pending")


def done(trace: ToolTrace, fields: dict[str, Field]) -> Message:
    """Return the step of a finished tool: its title, what it was asked and what it noted."""
    lines = _arguments(trace.args, fields)
    if trace.n_unknown:
        lines.append(f"{trace.n_unknown:,} left out because a value this limits is unknown")
    lines += [text for text in (trace.note, trace.error) if text]
    return _step(title(trace), lines or ["nothing else to tell"], "done")


def title(trace: ToolTrace) -> str:
    """Return one line about a finished call: "search_meaning: 50 of 1,204 in 12 ms"."""
    if trace.error:
        return f"{trace.name}: failed, went on without it"
    among = f" of {trace.n_pool:,}" if trace.n_pool else ""
    took = f"{trace.ms:.0f} ms" if trace.ms < 1000 else f"{trace.ms / 1000:.1f} s"
    return f"{trace.name}: {trace.n_hits:,}{among} in {took}"


def stopped(step: Message) -> Message:
    """Return a pending step as one that was given up; any other as it is."""
    if step.get("metadata", {}).get("status") != "pending":
        return step
    return _step(step["metadata"]["title"].removesuffix(" …") + ": stopped", ["stopped before it was done"], "done")


def _step(title: str, lines: list[str], status: str) -> Message:
    content = "\n".join(f"- {literal(line)}" for line in lines)
    return {"role": "assistant", "content": content, "metadata": {"title": title, "status": status}}


def _arguments(args: dict[str, Any], fields: dict[str, Field]) -> list[str]:
    lines = [
        f"{name}: {describe_value(value)}" for name, value in args.items() if value and name not in _SAID_ELSEWHERE
    ]
    limits = [_limit(raw, fields) for raw in args.get("filters") or []]
    return lines + ([f"only: {', '.join(limits)}"] if limits else [])


def _limit(raw: Any, fields: dict[str, Field]) -> str:
    given = raw if isinstance(raw, Filter) else Filter.model_validate(raw)
    return describe_filter(given, fields[given.field]) if given.field in fields else given.field
