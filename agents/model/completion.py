"""Reading what chat servers send; the SDK validates nothing, so any part may be missing or of another type."""

from collections.abc import Sequence
from typing import Any

from agents.model.chat import Message, Usage
from agents.model.text import ThoughtFilter, parse_arguments
from agents.state import ToolCall

_CHARS_A_TOKEN = 4


class Streamed:
    """What a stream has given so far."""

    def __init__(self) -> None:
        self.thoughts = ThoughtFilter()
        self.n_chars = 0
        self.counted: dict[str, Any] = {}
        """The chunk in which the server counted tokens."""
        self.finished = False

    def take(self, chunk: dict[str, Any]) -> str:
        """Return what of this chunk may be shown."""
        choice = first(chunk.get("choices"))
        delta = choice.get("delta")
        piece = self.thoughts.feed(text_of(delta.get("content")) if isinstance(delta, dict) else "")
        self.n_chars += len(piece)
        self.counted = chunk if chunk.get("usage") else self.counted
        self.finished = self.finished or bool(choice.get("finish_reason"))
        return piece


def plain(answer: Any) -> dict[str, Any]:
    """Return an SDK object as a dict; {} where it is none (a server that sent HTML)."""
    raw = answer.to_dict(mode="json", warnings=False) if hasattr(answer, "to_dict") else None
    return raw if isinstance(raw, dict) else {}


def first(choices: Any) -> dict[str, Any]:
    """Return the first choice; {} where there is none."""
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def text_of(content: Any) -> str:
    """Content is text, null, or a list of parts."""
    if isinstance(content, list):
        return "".join(text_of(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def native_calls(raw: Any) -> list[ToolCall]:
    """Return the calls whose name and arguments can be read."""
    functions = [c.get("function") for c in raw if isinstance(c, dict)] if isinstance(raw, list) else []
    read = [(f.get("name"), parse_arguments(f.get("arguments"))) for f in functions if isinstance(f, dict)]
    return [ToolCall(tool=name, args=args) for name, args in read if isinstance(name, str) and args is not None]


def spent(raw: dict[str, Any], messages: Sequence[Message], n_chars: int) -> Usage:
    """Return what the server counted, or a guess from the letters sent and received (`n_chars`) where it did not."""
    counted = raw.get("usage")
    counted = counted if isinstance(counted, dict) else {}
    total, given, made = (_count(counted, name) for name in ("total_tokens", "prompt_tokens", "completion_tokens"))
    if total := total or given + made:
        details = counted.get("prompt_tokens_details")
        cached = _count(details, "cached_tokens") if isinstance(details, dict) else 0
        return Usage(tokens=total, tokens_out=made or max(0, total - given) * bool(given), tokens_cached=cached)
    made = n_chars // _CHARS_A_TOKEN
    given = sum(len(m["content"]) for m in messages) // _CHARS_A_TOKEN
    return Usage(tokens=given + made, tokens_out=made, estimated=True)


def _count(counted: dict[str, Any], name: str) -> int:
    number = counted.get(name)
    return number if isinstance(number, int) and number > 0 else 0
