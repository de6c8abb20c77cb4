"""What a thread keeps of a turn."""

from typing import Any

import pytest

from agents.events import Action, Question, SlateItem
from agents.kit import Kit
from agents.nouns import nouns_of
from agents.remember import NAMED_KEPT, TURNS_KEPT, UNDO_KEPT, remember
from agents.state import Intent, Ledger, Limit, PastTurn, Thread, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from retrieval.bundle import Bundle
from retrieval.items import Filter
from settings import Settings


@pytest.fixture
def kit(films: Bundle) -> Kit:
    return Kit(films, Settings(planner="basic"), nouns_of("films"))


def ledger(*years: int) -> Ledger:
    limits = [Limit(filter=Filter(field="year", op="gte", value=year), words=str(year), turn=0) for year in years]
    return Ledger(limits=limits)


def after(
    kit: Kit,
    thread: Thread | None = None,
    *,
    turn_id: str = "new",
    now: Ledger | None = None,
    named: list[str] | None = None,
    slate: str = "",
    more: dict[str, Any] | None = None,
    **understood: Any,
) -> Thread:
    """Return the thread after one turn; `slate` is a letter an item."""
    thread = thread or Thread()
    reading = Reading(Understanding(**understood), now or thread.ledger, named=named or [])
    items = [SlateItem(item_id=letter, title=letter, score=1) for letter in slate]
    turn = Turn(
        turn_id=turn_id, text="words", k=6, deadline_s=0, thread=thread, reading=reading, slate=items, reply="reply",
        **(more or {}),
    )  # fmt: skip
    remember(turn, kit)
    return turn.thread


def test_a_turn_is_kept_with_its_words_slate_and_question(kit: Kit) -> None:
    thread = after(kit, slate="ab", more={"question": Question(text="Which?")})
    assert thread.past == [PastTurn(turn_id="new", user="words", reply="reply", slate=["a", "b"], asked="Which?")]


def test_a_click_is_kept_as_the_sentence_it_stands_for(kit: Kit) -> None:
    thread = after(kit, more={"action": Action(kind="seen", item_id="tt0078748")})
    assert thread.past[0].user == "I know Alien already"


@pytest.mark.parametrize("intent", ["details", "compare"])
def test_a_question_about_items_is_a_focus_and_no_slate(kit: Kit, intent: Intent) -> None:
    before = after(kit, slate="ab", query="trains")
    thread = after(kit, before, turn_id="next", intent=intent, slate="b", named=["b"], query="how long is it")
    assert thread.past[-1].focus == ["b"]
    assert thread.last_slate == ["a", "b"]
    assert thread.query == "trains"
    assert not thread.named


def test_a_turn_retried_under_its_id_replaces_itself(kit: Kit) -> None:
    thread = after(kit, after(kit, after(kit, turn_id="1", slate="a"), turn_id="2", slate="b"), turn_id="2", slate="c")
    assert [(past.turn_id, past.slate) for past in thread.past] == [("1", ["a"]), ("2", ["c"])]


def test_only_a_change_can_be_undone_and_undoing_takes_it_off(kit: Kit) -> None:
    one = after(kit, now=ledger(1990))
    idle = after(kit, one, now=ledger(1990))
    two = after(kit, idle, now=ledger(2000))
    assert idle.undo == [Ledger()]
    assert two.undo == [Ledger(), ledger(1990)]
    back = after(kit, two, now=two.undo[-1], undone=True)
    assert back.ledger == ledger(1990)
    assert back.undo == [Ledger()]


@pytest.mark.parametrize(
    ("understood", "subject"),
    [
        ({"query": "ships"}, "ships"),
        ({}, "trains"),
        ({"intent": "similar", "anchors": ["a"]}, ""),
        ({"intent": "smalltalk", "query": "thanks"}, "trains"),
        ({"intent": "more", "query": "others"}, "trains"),
        ({"intent": "feedback", "query": "good"}, "trains"),
    ],
)
def test_the_subject_changes_with_a_new_request_only(kit: Kit, understood: dict[str, Any], subject: str) -> None:
    assert after(kit, Thread(query="trains"), **understood).query == subject


def test_named_items_pile_up_once_each(kit: Kit) -> None:
    assert after(kit, Thread(named=["a", "b"]), named=["c", "a"]).named == ["a", "b", "c"]


def test_what_is_kept_has_an_end_and_the_oldest_goes_first(kit: Kit) -> None:
    thread = Thread(
        past=[PastTurn(turn_id=str(i), user="", reply="") for i in range(TURNS_KEPT)],
        undo=[ledger(i) for i in range(UNDO_KEPT)],
        named=[str(i) for i in range(NAMED_KEPT)],
    )
    full = after(kit, thread, now=ledger(2000), named=["x"])
    assert (len(full.past), full.past[0].turn_id, full.past[-1].turn_id) == (TURNS_KEPT, "1", "new")
    assert (full.n_dropped, full.n_turns) == (1, TURNS_KEPT + 1)
    assert (len(full.undo), full.undo[0], full.undo[-1]) == (UNDO_KEPT, ledger(1), Ledger())
    assert (len(full.named), full.named[0], full.named[-1]) == (NAMED_KEPT, "1", "x")


def test_the_thread_before_is_left_as_it_was(kit: Kit) -> None:
    thread = Thread(past=[PastTurn(turn_id="1", user="", reply="")], named=["a"])
    copy = thread.model_copy(deep=True)
    after(kit, thread, now=ledger(1990), named=["b"], slate="ab", query="ships")
    assert thread == copy
