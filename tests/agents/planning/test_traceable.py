"""What a limit may rest on: the words of the message, however they are negated, and what is known from before."""

from collections.abc import Callable

import pytest
from planning_briefs import brief_of

from agents.planning.brief import PlanBrief
from agents.planning.numbers_in_words import numbers_in
from agents.planning.traceable import Contradicted, Untraced, trace
from retrieval.bundle import Bundle
from retrieval.items import Filter


@pytest.fixture
def unread(films: Bundle) -> Callable[[str], PlanBrief]:
    """Return the brief of a message of which the linker understood nothing."""

    def make(text: str) -> PlanBrief:
        brief = brief_of(films, text)
        brief.mentions.clear()
        brief.ledger = brief.ledger.model_copy(update={"limits": []})
        return brief

    return make


def genre(op: str, value: str = "Comedy") -> Filter:
    return Filter(field="genres", op=op, value=value)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("a comedy", False),
        ("no comedies", True),
        ("not a comedy this time", True),
        ("anything but a comedy", True),
        ("not sad but a comedy", False),
        ("nothing heavy, just comedy", False),
        ("comedy is not for me", True),
        ("a comedy, not too silly", False),
        ("I never laugh. A comedy then", True),  # beyond what is understood: then it may exclude, and require nothing
    ],
)
def test_a_word_is_wanted_or_refused_as_it_was_said(
    unread: Callable[[str], PlanBrief], text: str, negated: bool
) -> None:
    brief = unread(text)
    said, turned = ("not_contains", "contains") if negated else ("contains", "not_contains")
    assert trace(genre(said), brief.fields["genres"], brief).source == "model"
    with pytest.raises(Contradicted):
        trace(genre(turned), brief.fields["genres"], brief)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("older than 2000", "upper"),
        ("not older than 2000", "lower"),
        ("no more than 2000", "upper"),
        ("no later than 2000", "upper"),
        ("nothing before 2000", "lower"),
        ("since 2000", "lower"),
        ("not bad, from 2000", "lower"),
        ("around 2000", ""),
    ],
)
def test_a_denied_bound_is_the_other_one(text: str, direction: str) -> None:
    assert [number.direction for number in numbers_in(text)] == [direction]


@pytest.mark.parametrize(
    ("profile", "given", "source"),
    [
        ("never wants Comedy\nlikes War", genre("not_contains"), "profile"),
        ("dislikes War\nlikes Comedy", genre("not_contains"), ""),
        ("likes Comedy", genre("contains"), ""),
        ("wants only runtime under 100 minutes", Filter(field="runtime_min", op="lte", value=100), "profile"),
        ("wants only runtime under 100 minutes", Filter(field="runtime_min", op="gte", value=100), ""),
        ("likes the 1990s", Filter(field="year", op="between", value=[1990, 1999]), ""),
    ],
)
def test_what_is_known_may_exclude_and_bound_and_no_more(
    unread: Callable[[str], PlanBrief], profile: str, given: Filter, source: str
) -> None:
    brief = unread("something wistful")
    brief.profile = profile
    if source:
        assert trace(given, brief.fields[given.field], brief).source == source
        return
    with pytest.raises(Untraced):
        trace(given, brief.fields[given.field], brief)


def test_the_message_wins_over_what_is_known(unread: Callable[[str], PlanBrief]) -> None:
    brief = unread("a comedy for once")
    brief.profile = "never wants Comedy"
    with pytest.raises(Contradicted):
        trace(genre("not_contains"), brief.fields["genres"], brief)
