"""Calls of the judging model: each kept as soon as it is answered, asked again only where something changed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.model.chat import ChatModel, Message, ModelReply, TooSlow
from errors import InputError, ModelNonsense

_CHARS_A_TOKEN = 4


@dataclass
class Spent:
    """What calls cost, those kept from before included."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    def add(self, call: dict[str, Any]) -> None:
        """Add one call as it is kept."""
        self.calls += 1
        self.tokens_in += call["tokens_in"]
        self.tokens_out += call["tokens_out"]
        self.tokens_cached += call["tokens_cached"]


class Calls:
    """A model and the file of what it has answered, one JSON a line; without a file nothing is kept."""

    def __init__(self, model: ChatModel, path: Path | None, timeout_s: float, *, temperature: float = 0) -> None:
        self.model = model
        self._path = path
        self._timeout_s = timeout_s
        self._temperature = temperature
        self._kept = _read(path)
        self.model_name = model.name.rsplit("/", 1)[-1] if model.name.startswith("/") else model.name
        self.n_new = 0

    def key(self, messages: Sequence[Message], repeat: int) -> str:
        """Name a call by everything that its answer depends on."""
        told = json.dumps([self.model.name, self._temperature, repeat, list(messages)], ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:24]

    def is_kept(self, messages: Sequence[Message], repeat: int) -> bool:
        """Whether it was answered before."""
        return self.key(messages, repeat) in self._kept

    async def ask(
        self, messages: Sequence[Message], schema: dict[str, Any], *, repeat: int, max_tokens: int, spent: Spent
    ) -> str | None:
        """Return an answer, None where the model gave none in time or nonsense. Raises ModelUnavailable."""
        key = self.key(messages, repeat)
        if key not in self._kept:
            try:
                reply = await self.model.complete(
                    messages, schema=schema, max_tokens=max_tokens, timeout_s=self._timeout_s
                )
            except (TooSlow, ModelNonsense):
                return None
            self._keep(key, reply)
        call = self._kept[key]
        spent.add(call)
        return str(call["answer"])

    def _keep(self, key: str, reply: ModelReply) -> None:
        self.n_new += 1
        counted = {"tokens_in": reply.tokens - reply.tokens_out, "tokens_out": reply.tokens_out}
        call = {"key": key, "model": self.model_name, "answer": reply.text, **counted}
        self._kept[key] = call | {"tokens_cached": reply.tokens_cached}
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(json.dumps(self._kept[key], ensure_ascii=False) + "\n")
        except OSError as error:
            raise InputError(f"{self._path} cannot be written ({error.strerror}). Choose another --out.") from error


def estimated_tokens(messages: Sequence[Message]) -> int:
    """Guess the tokens of a prompt from its letters."""
    return sum(len(message["content"]) for message in messages) // _CHARS_A_TOKEN


def _read(path: Path | None) -> dict[str, dict[str, Any]]:
    """Return the calls kept; a last line only half written is cut off. Raises InputError for another kind of file."""
    if path is None or not path.is_file():
        return {}
    whole = path.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    try:
        calls = [json.loads(line) for line in kept.splitlines()]
        found = {call["key"]: call for call in calls if call.keys() >= {"answer", "tokens_in", "tokens_cached"}}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path} holds no calls of a judge. Delete it or choose another --out.") from error
    if len(kept) < len(whole):
        path.write_bytes(kept)
    return found
