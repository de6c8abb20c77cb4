"""Reading what chat servers send; the SDK validates nothing, so any part may be missing or of another type."""

from collections.abc import Sequence
from typing import Any

from agents.model.text import ThoughtFilter, parse_arguments
from agents.state import ToolCall


class Streamed:
    """What a stream has given so far."""

    def __init__(self) -> None:
        self.thoughts = ThoughtFilter()
        self.n_chars = 0
        self.tokens = 0
        self.finished = False

    def take(self, chunk: dict[str, Any]) -> str:
        """Return what of this chunk may be shown."""
        choice = first(chunk.get("choices"))
        delta = choice.get("delta")
        piece = self.thoughts.feed(text_of(delta.get("content")) if isinstance(delta, dict) else "")
        self.n_chars += len(piece)
        self.tokens = total_tokens(chunk) or self.tokens
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


def total_tokens(raw: dict[str, Any]) -> int:
    """Return what the server counted; 0 where it did not."""
    usage = raw.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) else 0


def estimate_tokens(messages: Sequence[dict[str, str]], n_chars: int) -> int:
    """Guess the tokens of a call whose server counts none."""
    return (sum(len(m["content"]) for m in messages) + n_chars) // 4
