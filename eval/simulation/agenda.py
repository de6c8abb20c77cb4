"""A simulated user without a model: follows an agenda, and looks at the items rather than at the words."""

import copy
import random

from eval.simulation.honesty import marks_all, says_none
from eval.simulation.system import Reply
from eval.simulation.talk import Talk, label_in
from eval.simulation.task import Task
from eval.simulation.user import LOOKS_AT, Move, World
from retrieval.items import Filter


class AgendaUser:
    """Acts out a task; another seed says the same in other words."""

    name = "agenda"

    def __init__(self, task: Task, world: World, seed: int) -> None:
        self.task, self._world = task, world
        self._talk = Talk(world.fields, world.nouns, task.voice, random.Random(f"{task.task_id}:{seed}"))
        self.told = list(task.limits[: task.n_opening])
        """The limits told so far."""
        self.taken: list[str] = []
        self._shown: set[str] = set()
        self.patience = task.patience
        self._meant: tuple[str, int] | None = None
        """The item asked about in the message before, and its place."""
        self._has_asked = False

    def copy(self) -> "AgendaUser":
        """Return this user as they are now, to try a reaction; only the draw of words is shared."""
        twin = copy.copy(self)
        twin.told, twin.taken, twin._shown = list(self.told), list(self.taken), set(self._shown)
        return twin

    def wait(self) -> None:
        """Forget a question or a choice that was not voiced."""
        self._meant = None

    @property
    def hidden(self) -> list[Filter]:
        """The limits not told yet."""
        return [given for given in self.task.limits if given not in self.told]

    async def open(self) -> Move:
        """Say what is looked for, as far as the task tells it at once."""
        known = [self._world.title(one) for one in self.task.avoid] if self.task.avoid_told == "opening" else []
        return Move("open", self._talk.opening(self.told, known))

    async def react(self, reply: Reply) -> Move:
        """Take what fits, else help the system on as the task allows; with each turn patience wears thinner."""
        looked = list(dict.fromkeys(reply.items))[:LOOKS_AT]
        if self._meant:
            (item, number), self._meant = self._meant, None
            return self._take([item], number)
        good = [one for one in looked if one not in self.taken and self._world.fits(one, self.task)]
        repeated = bool(looked) and self._shown.issuperset(looked)
        self._shown.update(looked)
        if good and self.task.asks and not self._has_asked:
            return self._ask(good[0], looked.index(good[0]))
        if good:
            return self._take(good, looked.index(good[0]))
        if not self.hidden and not self.task.solvable and self._is_honest(reply):
            return Move("told_none", self._talk.told_none())
        self.patience -= 1 + repeated + self._is_ignored(looked, reply)
        if self.patience <= 0:
            return Move("give_up", self._talk.giving_up())
        return self._answer(reply, looked) or self._reject(looked, repeated=repeated)

    def _ask(self, item: str, number: int) -> Move:
        self._has_asked, self._meant = True, (item, number)
        field = self._world.fields[self.task.asks]
        return Move("ask", self._talk.about(field, number), about=(item, field.name))

    def _take(self, good: list[str], number: int) -> Move:
        new = tuple(good[: self.task.n_wanted - len(self.taken)])
        self.taken += new
        if len(self.taken) >= self.task.n_wanted:
            return Move("accept", self._talk.taking(number), new)
        self.patience -= 1
        if self.patience <= 0:
            return Move("give_up", self._talk.giving_up(), new)
        return Move("more", self._talk.more(number), new)

    def _is_honest(self, reply: Reply) -> bool:
        return says_none(reply) and marks_all(reply, self.task.limits, self._world.values, self._world.fields)

    def _is_ignored(self, looked: list[str], reply: Reply) -> bool:
        """Whether nothing shown meets what was told, and nobody says so."""
        misses = bool(looked) and all(self._world.broken(one, self.told) for one in looked)
        return misses and not says_none(reply)

    def _answer(self, reply: Reply, looked: list[str]) -> Move | None:
        """Answer a question as it was asked; None where there was none, or it is better to say what is wrong."""
        if not reply.question:
            return None
        fields = set(self._world.sayable.fields_of_choices(list(reply.choices))) if reply.choices else set()
        fields |= {f.name for f in self._world.fields.values() if label_in(reply.question, f)}
        meant = [given for given in [*self.hidden, *self.told] if given.field in fields]
        is_open = not fields
        if not meant and is_open and self.hidden:
            meant = self.hidden[:1]
        if meant:
            self._tell(meant[0])
            return Move("answer", self._talk.answer(meant[0], reply.choices))
        if self.task.reveal == "on_rejection" and self.hidden and looked:
            return None
        return Move("answer", self._talk.no_matter())

    def _reject(self, looked: list[str], *, repeated: bool) -> Move:
        first = looked[0] if looked else ""
        missed = self._world.broken(first, self.task.limits) if first else self.task.limits
        if self.hidden and self.task.reveal != "on_asking":
            given = next((one for one in missed if one in self.hidden), self.hidden[0])
            self._tell(given)
            return Move("reject", self._talk.reason(given))
        if told := [given for given in missed if given in self.told]:
            return Move("insist", self._talk.insisting(told[0]))
        if first in self.task.avoid and self.task.avoid_told:
            return Move("insist", self._talk.known())
        return Move("reject", self._talk.again() if repeated else self._talk.rejection())

    def _tell(self, given: Filter) -> None:
        if given not in self.told:
            self.told.append(given)
