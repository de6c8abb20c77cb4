"""Systems outside this process: one behind POST /v1/chat, and replies written down before."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from errors import InputError, ModelUnavailable
from eval.accounts import Account, account_in
from eval.dialogues import Dialogue, read_dialogues
from eval.simulation.system import Reply
from retrieval.catalog import Catalog

if TYPE_CHECKING:
    import httpx2

_TIMEOUT_S = 300.0


class ChatSystem:
    """Any server with `POST /v1/chat`; a history is told as a message of its own, for the door takes none."""

    def __init__(self, address: str, catalog: Catalog, client: "httpx2.AsyncClient | None" = None) -> None:
        """`address` is that of the server, with or without /v1/chat; it must have the catalogue by the same name."""
        import httpx2

        self.name = address
        self._client = client or httpx2.AsyncClient(timeout=_TIMEOUT_S)
        self._url = address.rstrip("/").removesuffix("/v1/chat") + "/v1/chat"
        self._catalog = catalog
        self._thread: str | None = None

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        """Open a new thread with the next message."""
        self._thread = None
        if history:
            titles = [self._catalog.titles[row] for row in self._catalog.rows_of(history)]
            await self.say(f"I already know {' and '.join(titles)}.")

    async def say(self, text: str) -> Reply:
        """Send a message. Raises ModelUnavailable where the server does not answer with a turn."""
        import httpx2

        body: dict[str, Any] = {"message": text, "catalog": self._catalog.name}
        if self._thread:
            body["thread_id"] = self._thread
        try:
            answer = await self._client.post(self._url, json=body)
            raw = answer.raise_for_status().json()
            self._thread = raw.get("thread_id", self._thread)
            return _reply(raw)
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnavailable(
                f"{self._url} did not answer with a turn ({error}). Is it the right server?"
            ) from error


def _reply(raw: dict[str, Any]) -> Reply:
    items = raw.get("items") or []
    turn = {key: value for key, value in raw.items() if key in Account.model_fields}
    shown = [{key: one[key] for key in ("item_id", "title", "reasons", "breaks") if one.get(key)} for one in items]
    turn |= {"role": "assistant", "text": raw["reply"], "items": [one["item_id"] for one in items], "shown": shown}
    return _seen(raw["reply"], turn["items"], turn)


def _seen(text: str, items: Sequence[str], turn: dict[str, Any]) -> Reply:
    """Return a turn of a file or an answer as a simulated user sees it. Raises ValueError naming a bad part."""
    try:
        told = account_in(turn, "the answer") or Account()
    except ValidationError as error:
        raise ValueError(str(error)) from error
    question = told.question
    return Reply(
        text=text,
        items=tuple(items),
        breaks={one.item_id: one.breaks for one in told.shown if one.breaks},
        question=question.text if question else "",
        choices=tuple(question.choices) if question else (),
        notices=tuple(told.notices),
        turn=turn,
    )


class FixedSystem:
    """Replies of a file of dialogues: those of the dialogue of the same id, whatever is said."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises InputError where it cannot be used."""
        self.name = path.name
        self._dialogues: dict[str, Dialogue] = {one.dialogue_id: one for one in read_dialogues(path)}
        self._left: list[Reply] = []

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        """Go to the dialogue's replies. Raises InputError where the file has none for it."""
        if dialogue_id not in self._dialogues:
            raise InputError(f"{self.name} has no dialogue {dialogue_id!r}. Give one a task and repeat, by this id.")
        told = [turn for turn in self._dialogues[dialogue_id].turns if turn.role == "assistant"]
        self._left = [_fixed(turn.text, turn.items, turn.account) for turn in told]

    async def say(self, text: str) -> Reply:
        """Return the next reply; an empty one where none is left."""
        return self._left.pop(0) if self._left else Reply("", turn={"role": "assistant", "text": ""})


def _fixed(text: str, items: Sequence[str], told: Account | None) -> Reply:
    turn: dict[str, Any] = {"role": "assistant", "text": text, "items": list(items)}
    return _seen(text, items, turn | (told.model_dump(mode="json", exclude_defaults=True) if told else {}))
