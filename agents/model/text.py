"""What models write around what was asked for: thoughts, fences, JSON in prose, tool calls as text."""

import json
import re
from collections.abc import Iterator
from typing import Any

from agents.state import ToolCall

_MAX_CHARS = 20_000
_MAX_STARTS = 60
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_THOUGHT_END = re.compile(r"^.*</think(?:ing)?>", re.S | re.I)
_START = re.compile(r"\{\s*[\"}]|\[\s*[\[{\]]|\"\s*\\?[\[{]")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_DECODER = json.JSONDecoder(strict=False)


def strip_thinking(text: str) -> str:
    """Drop <think> blocks, also one cut off at either end."""
    return _THOUGHT_END.sub("", _THOUGHT.sub("", text)).strip()


class ThoughtFilter:
    """Drops <think> blocks from streamed pieces; holds back what may be the beginning of a tag."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = False

    def feed(self, piece: str) -> str:
        """Return the part of the text so far that is surely no thought."""
        self._held += piece
        shown = ""
        while match := re.search(r"</?think(?:ing)?>", self._held, re.I):
            if not self._inside:
                shown += self._held[: match.start()]
            self._inside = not match[0].startswith("</")
            self._held = self._held[match.end() :]
        opening = self._held.rfind("<")
        safe = len(self._held) if opening < 0 or len(self._held) - opening > len("</thinking>") else opening
        if not self._inside:
            shown += self._held[:safe]
        self._held = self._held[safe:]
        return shown

    def rest(self) -> str:
        """Return what was held back when the stream ends."""
        return "" if self._inside else self._held


def json_values(text: str) -> list[Any]:
    """Return the JSON objects and arrays in a text, in order: bare, fenced, in prose, or encoded twice.

    Forgives trailing commas and raw newlines in strings; what does not parse is skipped.
    """
    return list(_values(text[:_MAX_CHARS]))


def _values(text: str) -> Iterator[Any]:
    position, n_starts = 0, 0
    while n_starts < _MAX_STARTS and (match := _START.search(text, position)):
        n_starts += 1
        value, end = _decode(text, match.start())
        if isinstance(value, str):
            yield from (v for v in [_decode(value, 0)[0]] if isinstance(v, dict | list))
        elif value is not None:
            yield value
        position = end if value is not None else match.start() + 1


def _decode(text: str, start: int) -> tuple[Any, int]:
    for tail in (text[start:], _TRAILING_COMMA.sub(r"\1", text[start:])):
        try:
            value, length = _DECODER.raw_decode(tail.lstrip())
        except (ValueError, RecursionError):
            continue
        return value, start + length
    return None, start + 1


def tool_calls_in(text: str) -> list[ToolCall]:
    """Return the tool calls a model wrote as JSON text instead of calling the tools."""
    return [call for value in json_values(text) for call in _calls(value)]


def _calls(value: Any) -> Iterator[ToolCall]:
    if isinstance(value, list):
        for part in value:
            yield from _calls(part)
    elif isinstance(value, dict):
        inner = value.get("tool_calls") or value.get("function") or value.get("calls")
        if isinstance(inner, list | dict):
            yield from _calls(inner)
            return
        name = value.get("name") or value.get("tool") or inner
        arguments = value.get("arguments", value.get("parameters", value.get("args")))
        if isinstance(name, str) and (parsed := parse_arguments(arguments)) is not None:
            yield ToolCall(tool=name, args=parsed)


def parse_arguments(arguments: Any) -> dict[str, Any] | None:
    """Return a call's arguments as a dict, or None where they are no JSON object; absent ones are {}."""
    if arguments is None or arguments == "":
        return {}
    if isinstance(arguments, str):
        arguments = next(iter(json_values(arguments)), None)
    return arguments if isinstance(arguments, dict) else None
