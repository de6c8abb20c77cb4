"""What must be true after a turn, against what is: each check returns what is wrong, in one line each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agents.events import SlateItem
from agents.state import Thread
from agents.turn import Turn
from agents.verifier import broken
from eval.conversations.claims import Claim, parse_claim
from eval.conversations.suite import Expected
from retrieval.bundle import Bundle
from retrieval.items import NEGATIVE_OPS, Filter
from retrieval.text import fold

_ABOUT = ("details", "compare")


@dataclass(frozen=True)
class After:
    """The state after one turn, with that of the turns before."""

    turn: Turn
    thread: Thread
    bundle: Bundle
    before: Sequence["After"]

    @property
    def filters(self) -> list[Filter]:
        """The limits in force."""
        return self.thread.ledger.filters

    @property
    def slate(self) -> list[SlateItem]:
        """The items recommended; none where items were asked about."""
        return [] if self.is_about else self.turn.slate

    @property
    def is_about(self) -> bool:
        """Whether the turn tells of items instead of recommending."""
        return self.turn.read.understanding.intent in _ABOUT

    def title(self, name: str) -> str:
        """Return the title a name stands for: itself, or "#2" of the slate before, or "#2@1" of turn 1's."""
        if not name.startswith("#"):
            return name
        place, _, number = name[1:].partition("@")
        earlier = [a for a in self.before if a.slate]
        slate = self.before[int(number) - 1].slate if number else (earlier[-1].slate if earlier else [])
        i = int(place) - 1
        return slate[i].title if i < len(slate) else f"{name} (no such item)"


def wrong(expected: Expected, after: After) -> list[str]:
    """Return everything that is not as it must be; nothing where the turn passes."""
    return [reason for check in _CHECKS for reason in check(expected, after)]


def _always(expected: Expected, after: After) -> Iterator[str]:
    """What holds for every turn, stated or not."""
    slate, fields = after.slate, after.bundle.catalog.fields
    ids = [item.item_id for item in slate]
    if len(set(ids)) < len(ids):
        yield "an item is shown twice"
    if refused := set(ids) & set(after.thread.ledger.items("dislike", "seen")):
        yield f"shows what is refused or seen: {', '.join(refused)}"
    rows = after.bundle.catalog.rows_of(ids)
    for item, shown in zip(after.bundle.catalog.items(rows), slate, strict=True):
        missed = sorted({f.field for f in broken(item, after.filters, fields)})
        if missed != sorted({f.field for f in shown.breaks}):
            yield f"{shown.title} misses {missed} and is not marked so"
        if set(missed) - set(expected.breaks):
            yield f"{shown.title} misses {missed}"
    last = after.before[-1].turn if after.before else None
    if after.turn.question and last and last.question:
        put_aside = after.turn.read.refused or last.read.refused
        if not put_aside or after.turn.question.text == last.question.text:
            yield "asks twice in a row"
    if not after.turn.reply:
        yield "no reply"


def _limits(expected: Expected, after: After) -> Iterator[str]:
    said = [f"{f.field} {f.op} {f.value}" for f in after.filters]
    for text in expected.limits:
        if not parse_claim(text).stated_by(after.filters):
            yield f"limit {text!r} is not in {said}"
    limited = {f.field for f in after.filters}
    if expected.fields is not None and not _same_fields(set(expected.fields), after.filters):
        yield f"limited are {sorted(limited)}, not {sorted(expected.fields)}"
    if present := sorted(limited & set(expected.free)):
        yield f"{present} should be free: {said}"
    if expected.same_limits_as is not None:
        then = [] if expected.same_limits_as == 0 else after.before[expected.same_limits_as - 1].filters
        if {f.model_dump_json() for f in after.filters} != {f.model_dump_json() for f in then}:
            yield f"limits are {said}, not those of turn {expected.same_limits_as}"
    if expected.chips is not None:
        n = len({limit.key for limit in after.thread.ledger.limits})
        if n != expected.chips:
            yield f"{n} limits, not {expected.chips}: {said}"


def _same_fields(wanted: set[str], filters: Sequence[Filter]) -> bool:
    """A value refused in several fields ("without X": cast, directors) is accounted for by any of them."""
    left = [f for f in filters if f.field not in wanted]
    spanned = {str(f.value) for f in filters if f.field in wanted and f.op in NEGATIVE_OPS}
    have = {f.field for f in filters}
    return wanted <= have and all(f.op in NEGATIVE_OPS and str(f.value) in spanned for f in left)


def _slate(expected: Expected, after: After) -> Iterator[str]:
    slate = after.slate
    titles = [item.title for item in slate]
    if expected.items == "some" and not slate:
        yield "shows nothing"
    if isinstance(expected.items, int) and len(slate) != expected.items:
        yield f"shows {len(slate)} items, not {expected.items}: {titles}"
    folded = {fold(title) for title in titles}
    for title in map(after.title, expected.includes):
        if fold(title) not in folded:
            yield f"{title} is not among {titles}"
    for title in map(after.title, expected.excludes):
        if fold(title) in folded:
            yield f"shows {title}"
    yield from _repeats(expected, after, folded)
    yield from _claimed(expected, slate)
    yield from _sorted(expected.order, slate)


def _repeats(expected: Expected, after: After, folded: set[str]) -> Iterator[str]:
    if expected.new and (again := folded & {fold(i.title) for a in after.before for i in a.slate}):
        yield f"shows again {sorted(again)}"
    if expected.same_items_as is not None:
        then = {item.item_id for item in after.before[expected.same_items_as - 1].slate}
        if {item.item_id for item in after.slate} != then:
            yield f"shows {[item.title for item in after.slate]}, not the slate of turn {expected.same_items_as}"


def _claimed(expected: Expected, slate: Sequence[SlateItem]) -> Iterator[str]:
    if (expected.every or expected.some or expected.order) and not slate:
        yield "shows nothing"
    for claim in map(parse_claim, expected.every):
        if bad := [i.title for i in slate if not _meets(i, claim)]:
            yield f"not {claim.field} {claim.verb} {_said(claim)}: {bad}"
    for text in expected.some:
        if slate and not any(_meets(item, parse_claim(text)) for item in slate):
            yield f"none has {text!r}: {[item.title for item in slate]}"


def _meets(item: SlateItem, claim: Claim) -> bool:
    return claim.meets(item.fields.get(claim.field))


def _said(claim: Claim) -> str:
    return f"{claim.low:g}..{claim.high:g}" if claim.verb == "within" else ", ".join(sorted(claim.values))


def _sorted(order: str, slate: Sequence[SlateItem]) -> Iterator[str]:
    if order:
        name, _, direction = order.rpartition(" ")
        values = [item.fields.get(name) for item in slate]
        if None in values or values != sorted(values, reverse=direction == "desc"):  # type: ignore[type-var]
            yield f"not in order of {order}: {values}"


def _tastes(expected: Expected, after: After) -> Iterator[str]:
    catalog, tastes = after.bundle.catalog, after.thread.ledger.tastes
    have: dict[str, set[str]] = {"like": set(), "dislike": set(), "seen": set()}
    for taste in tastes:
        row = catalog.row_of(taste.item_id) if taste.item_id else None
        have[taste.kind].add(fold(taste.value if row is None else catalog.titles[row]))
    for kind, names in (("like", expected.likes), ("dislike", expected.dislikes), ("seen", expected.seen)):
        for name in map(after.title, names):
            if fold(name) not in have[kind]:
                yield f"no {kind} of {name}: {have}"
    known = [statement.in_words() for statement in after.turn.profile.statements]
    for words in expected.statements:
        if not any(fold(words) in fold(one) for one in known):
            yield f"no statement says {words!r}: {known}"
    for name in map(after.title, expected.no_tastes):
        if any(fold(name) in names for names in have.values()):
            yield f"a taste of {name}: {have}"


def _told(expected: Expected, after: After) -> Iterator[str]:
    turn = after.turn
    if expected.asked is not None and bool(turn.question) != expected.asked:
        yield f"asks {turn.question.text!r}" if turn.question else "asks nothing"
    intent = turn.read.understanding.intent
    if expected.intent and intent not in expected.intent.split("|"):
        yield f"taken for {intent}, not {expected.intent}"
    if expected.notice is not None and bool(turn.notices) != expected.notice:
        yield f"notices: {turn.notices}"
    if expected.about is not None:
        about = {fold(item.title) for item in turn.slate} if after.is_about else set()
        if about != {fold(after.title(name)) for name in expected.about}:
            yield f"about {sorted(about)}, not {[after.title(name) for name in expected.about]}"


_CHECKS: tuple[Callable[[Expected, After], Iterator[str]], ...] = (_always, _limits, _slate, _tastes, _told)
