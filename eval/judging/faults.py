"""What is wrong with an exchange, by code alone: every fault has a name, and none of them is a matter of taste."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from errors import FilterError
from eval.dialogues import Exchange
from eval.judging.claims import ClaimReader
from eval.judging.cut_off import is_cut
from eval.judging.replay import Replayed
from eval.simulation.task import broken
from retrieval.bundle import Bundle
from retrieval.items import Filter
from retrieval.text import fold, tokens

FAULTS = (
    "invented", "mistitled", "limits_broken", "task_limits_broken", "refused_again", "known_again", "shown_again",
    "twice", "unsupported", "inconsistent", "empty", "cut", "failed", "timed_out", "fallen_back", "calls_failed",
)  # fmt: skip
"""Their names, as `checks` of a judged dialogue counts them."""
WITHOUT_CATALOG = ("empty", "cut", "failed", "timed_out", "fallen_back", "calls_failed")
"""Those of them that are seen without a catalogue."""
Fault = tuple[str, str]
"""Its name, and what is at fault: an id, a title, words."""
_OTHERS_ASKED_FOR = ("more", "similar")
_STATED = re.compile(
    r"\b(?:here (?:are|is)|i (?:found|picked)|these)\s+(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"(?! (?:minutes|hours|years))|^(?P<m>\d+) \w+ to look at\b",
    re.I,
)
_NUMBERS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_FIRST = re.compile(
    r"(?:\bstart with|\btop of the list is) \*\*(?P<name>.+?)\*\*|\*\*(?P<other>[^*]+)\*\*(?: \(\d{4}\))? comes first",
    re.I,
)
_FAILED = re.compile(r"\bcould not finish this turn\b|\bsomething went wrong\b", re.I)
_TIMED_OUT = re.compile(r"\b(?:took too long|timed out|time-?out)\b", re.I)
_FELL_BACK = re.compile(r"\bbasic planner answered\b|\bthis answer is my own\b", re.I)


class Faults:
    """Finds the faults of exchanges over one catalogue."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._claims = ClaimReader(bundle)

    def __call__(self, read: Sequence[Replayed], task: Mapping[str, Any] | None = None) -> list["Checked"]:
        """Return the faults of every exchange of one dialogue, in order."""
        replies = [one.exchange.reply for one in read]
        found = []
        for i, one in enumerate(read):
            claims = self._claims(one)
            faults = [
                *(("invented", name) for name in one.unknown),
                *self._of_items(one, task),
                *(("unsupported", f"{wrong.kind}: {wrong.words}") for wrong in claims.wrong),
                *(("inconsistent", f"names {stranger.words}") for stranger in claims.strangers),
                *_of_list(one),
                *of_reply(one.exchange, replies[:i] + replies[i + 1 :]),
            ]
            found.append(Checked(tuple(faults), claims.n))
        return found

    def _of_items(self, read: Replayed, task: Mapping[str, Any] | None) -> Iterator[Fault]:
        excused = {item.item_id: {f.field for f in item.breaks} for item in read.turn.slate}
        ledger, turn = read.turn.read.ledger, read.turn
        refused = {*ledger.items("dislike", "seen"), *_avoided(task)}
        known = {
            *ledger.items("like"),
            *turn.thread.named,
            *turn.read.named,
            *turn.read.understanding.anchors,
        } - refused
        shown = set(turn.thread.shown) if turn.read.understanding.intent in _OTHERS_ASKED_FOR else set()
        for item_id in read.recommended:
            for given in read.limits:
                if given.field not in excused.get(item_id, ()) and self.breaks(item_id, given):
                    yield "limits_broken", f"{item_id}: {given.field} {given.op} {given.value}"
            for given in self._of_task(item_id, task):
                if given.field not in excused.get(item_id, ()):
                    yield "task_limits_broken", f"{item_id}: {given.field} {given.op} {given.value}"
            for name, items in (("refused_again", refused), ("known_again", known), ("shown_again", shown - known)):
                if item_id in items:
                    yield name, item_id
        yield from self._twice(read)
        yield from self._mistitled(read)

    def breaks(self, item_id: str, given: Filter) -> bool:
        """Return whether an item is known to break a limit; where nobody knows its value it breaks nothing."""
        catalog = self._bundle.catalog
        row = catalog.row_of(item_id)
        try:
            allowed = [catalog.select([given]).rows, catalog.select([Filter(field=given.field, op="unknown")]).rows]
        except FilterError:
            return False
        return row is not None and not any(row in np.asarray(rows) for rows in allowed)

    def _of_task(self, item_id: str, task: Mapping[str, Any] | None) -> list[Filter]:
        """Return the limits of the task that the first message told and the item does not meet."""
        catalog = self._bundle.catalog
        told = (task or {}).get("limits") or []
        limits = [Filter.model_validate(one) for one in told[: (task or {}).get("n_opening", len(told))]]
        (item,) = catalog.items(catalog.rows_of([item_id]))
        return broken(item.values, [one for one in limits if one.field in catalog.fields], catalog.fields)

    def _twice(self, read: Replayed) -> Iterator[Fault]:
        catalog = self._bundle.catalog
        years = [field.name for field in catalog.fields.values() if field.unit == "year"]
        seen: set[tuple[str, ...]] = set()
        for item_id in read.exchange.items:
            if (row := catalog.row_of(item_id)) is None:
                continue
            (item,) = catalog.items([row])
            twin = ("title", fold(item.title) or item.title, *(str(item.values.get(name)) for name in years))
            if not read.is_about and {("id", item_id), twin} & seen:
                yield "twice", item_id
            seen |= {("id", item_id), twin}

    def _mistitled(self, read: Replayed) -> Iterator[Fault]:
        catalog = self._bundle.catalog
        for shown in read.exchange.account.shown if read.exchange.account else ():
            row = catalog.row_of(shown.item_id)
            if row is not None and shown.title and fold(shown.title) != fold(catalog.titles[row]):
                yield "mistitled", f"{shown.item_id}: {shown.title}"


class Checked:
    """The faults of one exchange, and how many sentences and reasons were checked."""

    def __init__(self, faults: tuple[Fault, ...], n_claims: int) -> None:
        self.faults, self.n_claims = faults, n_claims

    def named(self, *names: str) -> list[str]:
        """Return what is at fault under these names."""
        return [what for name, what in self.faults if name in names]


def _avoided(task: Mapping[str, Any] | None) -> Sequence[str]:
    """Return the items a task says must not be shown, where the user or a history told of them."""
    return list(task.get("avoid") or ()) if task and task.get("avoid_told", "opening") else []


def _of_list(read: Replayed) -> Iterator[Fault]:
    """Whether what a reply says of its list as a whole is so: how many there are, which is first."""
    reply, slate = read.exchange.reply, read.turn.slate
    told = read.exchange.account is not None
    if not told or not read.exchange.items or read.is_about:
        return
    for match in _STATED.finditer(reply):
        said = (match["n"] or match["m"]).lower()
        if (int(said) if said.isdigit() else _NUMBERS[said]) != len(read.exchange.items):
            yield "inconsistent", f"says {match[0]!r} of {len(read.exchange.items)}"
    first = _FIRST.search(reply)
    if first and slate and fold(first["name"] or first["other"]) != fold(slate[0].title):
        yield "inconsistent", f"calls {first['name'] or first['other']!r} the first"


def of_reply(exchange: Exchange, others: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with a reply as such; no catalogue is needed. `others` are the other replies of the talk."""
    account, reply = exchange.account, exchange.reply
    if not tokens(reply):
        yield "empty", ""
    elif is_cut(reply, others):
        yield "cut", reply[-40:]
    if _FAILED.search(reply):
        yield "failed", reply[:80]
    for notice in account.notices if account else ():
        for name, words in (("timed_out", _TIMED_OUT), ("fallen_back", _FELL_BACK)):
            if words.search(notice):
                yield name, notice
    for call in account.tools if account else ():
        if call.error:
            yield "calls_failed", f"{call.name}: {call.error}"
