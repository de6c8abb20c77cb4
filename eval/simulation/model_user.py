"""A simulated user whose words and choices are a language model's; where it fails, the agenda speaks."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.model.chat import ChatModel, Message
from agents.model.text import json_values
from errors import ModelError
from eval.simulation.agenda import AgendaUser
from eval.simulation.persona import rules, shown, told_now
from eval.simulation.system import Reply
from eval.simulation.task import Task
from eval.simulation.user import LOOKS_AT, Kind, Move, World
from retrieval.items import Filter

_TIMEOUT_S = 300.0
_MAX_TOKENS = 200
_MOST_CHARS = 500
_MOST_REMEMBERED = 12
_KINDS: dict[str, Kind] = {
    "open": "open", "answer": "answer", "reject": "reject", "accept": "accept", "ask": "ask", "give_up": "give_up",
}  # fmt: skip


class _Said(BaseModel):
    """What the model must answer."""

    model_config = ConfigDict(extra="ignore")

    move: str
    item: int | None = None
    text: str = Field(min_length=1)


class ModelUser:
    """Acts out a task; the agenda goes along, decides what may be told when, and stands in for a failing model."""

    name = "model"

    def __init__(self, task: Task, world: World, seed: int, model: ChatModel) -> None:
        self.task, self._world, self._model = task, world, model
        self._agenda = AgendaUser(task, world, seed)
        self._messages: list[Message] = [{"role": "system", "content": rules(task, world)}]

    async def open(self) -> Move:
        """Say what is looked for, as far as the task tells it at once."""
        move = await self._agenda.open()
        asked = f"You begin the conversation. {told_now(self._agenda.told, self._world)} Use the move open."
        if self.task.avoid_told == "opening":
            titles = [self._world.title(one) for one in self.task.avoid]
            asked += f" Say that you know these already: {', '.join(titles)}."
        said = await self._said(asked, 0)
        return Move("open", said.text, by="model") if said else self._instead(move)

    async def react(self, reply: Reply) -> Move:
        """React as the model says, told what the agenda would tell now."""
        ahead = self._agenda.copy()
        before = list(ahead.told)
        move = await ahead.react(reply)
        new = [given for given in ahead.told if given not in before]
        n_shown = len(list(dict.fromkeys(reply.items))[:LOOKS_AT])
        said = await self._said(self._asked(reply, new), n_shown)
        if said is None:
            self._agenda = ahead
            return self._instead(move)
        return self._moved(said, move, ahead, reply)

    def _asked(self, reply: Reply, new: list[Filter]) -> str:
        listed = shown(reply, self.task, self._world)
        left = f"You have patience for about {max(1, self._agenda.patience)} more messages."
        tell = told_now(new, self._world)
        return f"The assistant says: {reply.text[:_MOST_CHARS]}\nIt shows:\n{listed}\n{left} {tell} What do you say?"

    def _moved(self, said: _Said, move: Move, ahead: AgendaUser, reply: Reply) -> Move:
        """Return the model's move; the agenda goes on from what really happened."""
        kind = _KINDS[said.move]
        if kind == "accept" and said.item:
            item = list(dict.fromkeys(reply.items))[said.item - 1]
            self._agenda.taken.append(item)
            enough = len(set(self._agenda.taken)) >= self.task.n_wanted
            return Move("accept" if enough else "more", said.text, (item,), by="model")
        if move.kind in ("give_up", "told_none") or kind == "give_up":
            end: Kind = move.kind if move.kind == "told_none" else "give_up"
            return Move(end, said.text, by="model")
        ahead.taken = list(self._agenda.taken)
        ahead.wait()
        self._agenda = ahead
        return Move(kind, said.text, by="model")

    async def _said(self, asked: str, n_shown: int) -> _Said | None:
        """Return what the model says, asked once again where it gave no such JSON; None where that fails too."""
        self._messages.append({"role": "user", "content": asked})
        for _ in range(2):
            try:
                answer = await self._model.complete(
                    self._recent(), schema=_Said.model_json_schema(), max_tokens=_MAX_TOKENS, timeout_s=_TIMEOUT_S
                )
            except ModelError:
                return None
            said, fault = _read(answer.text, n_shown)
            self._messages.append({"role": "assistant", "content": answer.text[:_MOST_CHARS]})
            if said:
                return said
            self._messages.append({"role": "user", "content": f"{fault} Answer with the JSON object only."})
        return None

    def _recent(self) -> list[Message]:
        return [self._messages[0], *self._messages[1:][-_MOST_REMEMBERED:]]

    def _instead(self, move: Move) -> Move:
        return Move(move.kind, move.text, move.takes, move.about, by="fallback")


def _read(text: str, n_shown: int) -> tuple[_Said | None, str]:
    """Return what was said, or None and what is wrong with it."""
    values: list[Any] = [value for value in json_values(text) if isinstance(value, dict)]
    if not values:
        return None, "That was no JSON."
    try:
        said = _Said.model_validate(values[0])
    except ValidationError as error:
        return None, f"The JSON lacks a part or has a wrong one ({'.'.join(map(str, error.errors()[0]['loc']))})."
    if said.move not in _KINDS:
        return None, f"{said.move!r} is no move."
    if said.move == "accept" and not 1 <= (said.item or 0) <= n_shown:
        return None, "To accept, give the number of an item shown."
    return said.model_copy(update={"text": said.text.strip()[:_MOST_CHARS]}), ""
