"""Dialogues of any system, as JSONL: who said what, which items were shown, and what people made of it."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from agents.events import Action
from errors import InputError
from eval.accounts import Account, account_in
from ui.batch import numbered_lines

Labels = Mapping[str, tuple[float, ...]]
"""By the name of what was labelled: one number an annotator, or one alone."""
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one side said at once; `items` are ids of the catalogue the system recommends from, where it told them."""

    role: Role
    text: str
    items: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict)
    account: Account | None = None
    """What the system told of the turn beside its words; None where nothing."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole dialogue of one system with one person."""

    dialogue_id: str
    system: str
    turns: tuple[Utterance, ...]
    labels: Labels = field(default_factory=dict)
    task: Mapping[str, Any] | None = None
    """What the user was to find, where the dialogue was held for a task: as `eval tasks` writes it."""

    def said(self, role: Role) -> list[str]:
        """Return the texts of one side, in order."""
        return [turn.text for turn in self.turns if turn.role == role]

    def label(self, target: str) -> float | None:
        """Return the mean of the annotators, None where nobody labelled this."""
        given = self.labels.get(target, ())
        return sum(given) / len(given) if given else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a user said, what was replied, and what the user said next (None at the end)."""

    asked: str
    reply: str
    reaction: str | None
    items: tuple[str, ...] = ()
    account: Account | None = None
    """Of the reply."""
    action: Action | None = None
    """The click that was the user's turn."""


def exchanges(dialogue: Dialogue) -> list[Exchange]:
    """Return the dialogue as exchanges; turns of one side in a row count as one, with the last account of them."""
    runs: list[Utterance] = []
    for turn in dialogue.turns:
        if runs and runs[-1].role == turn.role:
            last = runs[-1]
            text, account = f"{last.text}\n{turn.text}", turn.account or last.account
            runs[-1] = Utterance(turn.role, text, last.items + turn.items, account=account)
        else:
            runs.append(turn)
    return [
        Exchange(
            runs[i - 1].text if i else "",
            run.text,
            runs[i + 1].text if i + 1 < len(runs) else None,
            run.items,
            run.account,
            _action(runs[i - 1]) if i else None,
        )
        for i, run in enumerate(runs)
        if run.role == "assistant"
    ]


def _action(turn: Utterance) -> Action | None:
    return turn.account.action if turn.account else None


def read_dialogues(path: Path) -> list[Dialogue]:
    """Return the dialogues of a JSONL file, plain or .gz. Raises InputError naming the line."""
    found: list[Dialogue] = []
    lines: dict[str, int] = {}
    for number, line in numbered_lines(path):
        try:
            dialogue = dialogue_in(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise InputError(f"Line {number} of {path} is no dialogue: {_cause(error)}.") from error
        if (first := lines.setdefault(dialogue.dialogue_id, number)) != number:
            raise InputError(f"Line {number} of {path} repeats the dialogue_id of line {first}; give each its own.")
        found.append(dialogue)
    if not found:
        raise InputError(f"{path} holds no dialogue. Give JSONL with one dialogue a line.")
    return found


def _cause(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON ({error.msg} at column {error.colno})"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def dialogue_in(raw: Any) -> Dialogue:
    """Return one dialogue of a file. Raises ValueError saying what is wrong with it."""
    if not isinstance(raw, dict):
        raise ValueError("it is not a JSON object")
    turns = raw.get("turns")
    if not isinstance(turns, list):
        raise ValueError('"turns" must be a list of {"role", "text"}')
    return Dialogue(
        _name(raw, "dialogue_id"),
        _name(raw, "system"),
        tuple(_utterance(turn, i) for i, turn in enumerate(turns, 1)),
        _labels(raw.get("labels"), "the dialogue"),
        _task(raw.get("task")),
    )


def line_of(dialogue: Dialogue) -> dict[str, Any]:
    """Return a dialogue as a line of a file; what `dialogue_in` reads from it is the same."""
    line: dict[str, Any] = {"dialogue_id": dialogue.dialogue_id, "system": dialogue.system}
    line["turns"] = [_turn_line(turn) for turn in dialogue.turns]
    labels = {name: list(values) for name, values in dialogue.labels.items()}
    return line | ({"labels": labels} if labels else {}) | ({"task": dict(dialogue.task)} if dialogue.task else {})


def _turn_line(turn: Utterance) -> dict[str, Any]:
    line: dict[str, Any] = {"role": turn.role, "text": turn.text}
    line |= {"items": list(turn.items)} if turn.items else {}
    line |= {"labels": {name: list(values) for name, values in turn.labels.items()}} if turn.labels else {}
    return line | (turn.account.line() if turn.account else {})


def _task(raw: Any) -> Mapping[str, Any] | None:
    if raw is not None and not isinstance(raw, dict):
        raise ValueError('"task" must be an object')
    return raw


def _name(raw: Mapping[str, Any], key: str) -> str:
    name = raw.get(key)
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f'"{key}" must be a text that is not empty')
    return name


def _utterance(raw: Any, number: int) -> Utterance:
    if not isinstance(raw, dict):
        raise ValueError(f"turn {number} is not a JSON object")
    role, text, items = raw.get("role"), raw.get("text"), raw.get("items")
    if role not in ("user", "assistant"):
        raise ValueError(f'the "role" of turn {number} must be "user" or "assistant"')
    if not isinstance(text, str) and text is not None:
        raise ValueError(f'the "text" of turn {number} must be a text')
    if items is not None and not (isinstance(items, list) and all(_is_id(item) for item in items)):
        raise ValueError(f'the "items" of turn {number} must be a list of ids')
    labels = _labels(raw.get("labels"), f"turn {number}")
    return Utterance(role, text or "", tuple(map(str, items or ())), labels, account_in(raw, f"turn {number}"))


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _labels(raw: Any, where: str) -> Labels:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ValueError(f'the "labels" of {where} must be an object of numbers')
    return {name: tuple(_numbers(value, name, where)) for name, value in raw.items() if value is not None}


def _numbers(value: Any, name: str, where: str) -> Iterator[float]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one):
            raise ValueError(f'the label "{name}" of {where} must be a number or a list of numbers')
        yield float(one)
