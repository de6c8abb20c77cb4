"""When a question stands beside the slate, and what its answer means."""

from typing import Any

import pytest

from agents.kit import Kit
from agents.nouns import nouns_of
from agents.planning import asking
from agents.planning.asking import answer_to, does_not_mind, narrowing_question, opening_question
from agents.ranking.ranker import Ranked
from agents.slate import build_slate
from agents.state import Ledger, Limit, Order, PastTurn, Taste, Thread, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from retrieval.bundle import Bundle
from retrieval.items import Filter
from settings import Settings

AFTER_1900 = Limit(filter=Filter(field="year", op="gte", value=1900), words="", turn=0)
COMEDY = Limit(filter=Filter(field="genres", op="contains", value="Comedy"), words="", turn=0)
ASKED = PastTurn(
    turn_id="1", user="", reply="", asked="Which?", asked_field="genres", choices=["Drama", "Sci-Fi", "War"]
)
QUIET = PastTurn(turn_id="2", user="", reply="")


@pytest.fixture
def kit(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> Kit:
    monkeypatch.setattr(asking, "_LARGE_POOL", 20)
    return Kit(films, Settings(planner="basic"), nouns_of("films"))


def turn(kit: Kit, *limits: Limit, past: tuple[PastTurn, ...] = (), **more: Any) -> Turn:
    rows = kit.bundle.catalog.select([limit.filter for limit in limits]).rows
    understood = Understanding(**more.pop("understood", {}))
    ledger = Ledger(limits=list(limits), tastes=more.pop("tastes", []))
    one = Turn("t", "", 6, 0.0, reading=Reading(understood, ledger), ranked=[Ranked(int(r), 1.0) for r in rows], **more)
    one.thread, one.n_pool = Thread(past=list(past)), len(rows)
    one.slate = build_slate(one, kit)
    return one


def test_a_large_pool_is_asked_about_with_its_own_commonest_values(kit: Kit) -> None:
    question = narrowing_question(turn(kit, AFTER_1900), kit)
    assert question
    assert question.field == "genres"
    rows = kit.bundle.catalog.select([AFTER_1900.filter]).rows
    assert question.choices == [value for value, _ in kit.bundle.catalog.counts("genres", rows, 4)]


@pytest.mark.parametrize(
    "more",
    [
        {"past": (ASKED,)},
        {"past": (ASKED, QUIET, QUIET, QUIET)},
        {"past": (QUIET, PastTurn(turn_id="3", user="", reply="", asked="Light or serious?"), QUIET)},
        {"understood": {"query": "a slow dream of memory and loss"}},
        {"understood": {"intent": "more"}},
        {"understood": {"order": Order(field="year", descending=True)}},
        {"tastes": [Taste(kind="like", words="", turn=0, field="genres", value="Drama")]},
        {"always_slate": True},
    ],
)
def test_nobody_is_nagged(kit: Kit, more: dict[str, Any]) -> None:
    """Not of what was asked, is liked or was just asked, nor one who said plainly what they want."""
    assert narrowing_question(turn(kit, AFTER_1900, **more), kit) is None


def test_what_is_known_or_small_is_not_asked_about(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert narrowing_question(turn(kit, COMEDY), kit) is None
    monkeypatch.setattr(asking, "_LARGE_POOL", 100)
    assert narrowing_question(turn(kit, AFTER_1900), kit) is None


@pytest.mark.parametrize("text", ["any", "I don't mind", "doesn't matter", "Whatever.", "no preference", "you choose"])
def test_a_question_may_be_left_open(text: str) -> None:
    assert does_not_mind(text, Thread(past=[ASKED]))
    assert not does_not_mind(text, Thread(past=[QUIET]))
    assert not does_not_mind(f"{text}, but nothing sad", Thread(past=[ASKED]))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Drama", "Drama"),
        ("sci fi please", "Sci-Fi"),
        ("yes, a drama", None),
        ("a war one", "War"),
        ("drama or war", ["Drama", "War"]),
        ("drama or opera", None),
        ("something sad", None),
    ],
)
def test_choices_answer_it_clicked_or_typed(text: str, value: Any) -> None:
    answer = answer_to(text, Thread(past=[ASKED]))
    assert (answer.value if answer else None) == value
    assert answer is None or answer.field == "genres"
    assert answer_to(text, Thread(past=[QUIET])) is None
    assert answer_to(text, Thread()) is None


def test_the_opening_question_is_not_asked_again(films: Bundle) -> None:
    first = opening_question(Understanding(), Ledger(), Thread(), films.catalog)
    assert first
    again = PastTurn(turn_id="1", user="", reply="", asked=first.text, asked_field=first.field)
    later = opening_question(Understanding(), Ledger(), Thread(past=[again, QUIET]), films.catalog)
    assert later is None or later.field != first.field
