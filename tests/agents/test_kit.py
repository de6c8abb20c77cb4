"""What a turn may not recommend, and the chips of a ledger."""

from typing import Any

import pytest

from agents.kit import Kit
from agents.nouns import nouns_of
from agents.state import Intent, Ledger, Limit, PastTurn, Taste, Thread, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from retrieval.bundle import Bundle
from retrieval.items import Filter, Op
from settings import Settings

ALIEN = "tt0078748"


@pytest.fixture
def kit(films: Bundle) -> Kit:
    return Kit(films, Settings(planner="basic"), nouns_of("films"))


def limit(field: str, op: Op, value: Any, words: str = "") -> Limit:
    return Limit(filter=Filter(field=field, op=op, value=value), words=words, turn=0)


TASTES = [
    Taste(kind="like", words="I love it", turn=0, item_id="liked"),
    Taste(kind="dislike", words="no", turn=0, item_id="refused"),
    Taste(kind="seen", words="seen", turn=0, item_id="seen"),
    Taste(kind="like", words="", turn=0, field="genres", value="Comedy"),
]


def turn(intent: Intent) -> Turn:
    reading = Reading(Understanding(intent=intent, anchors=["anchor"]), Ledger(tastes=TASTES), named=["named now"])
    past = [PastTurn(turn_id="1", user="", reply="", slate=["shown"])]
    thread = Thread(named=["named before"], past=past)
    return Turn("t", "", 6, 0.0, exclude=frozenset({"caller's"}), thread=thread, reading=reading)


KNOWN = {"caller's", "named before", "named now", "anchor", "liked", "refused", "seen"}


@pytest.mark.parametrize("intent", ["recommend", "feedback", "smalltalk"])
def test_what_is_known_or_refused_is_not_recommended(kit: Kit, intent: Intent) -> None:
    assert kit.excluded(turn(intent)) == KNOWN


@pytest.mark.parametrize("intent", ["more", "similar"])
def test_asking_for_others_excludes_what_was_shown(kit: Kit, intent: Intent) -> None:
    assert kit.excluded(turn(intent)) == KNOWN | {"shown"}


@pytest.mark.parametrize("intent", ["details", "compare"])
def test_questions_about_items_exclude_nothing(kit: Kit, intent: Intent) -> None:
    assert kit.excluded(turn(intent)) == frozenset()


def test_chips_are_limits_then_tastes_in_words(kit: Kit) -> None:
    tastes = [
        Taste(kind="dislike", words="not that one", turn=0, item_id=ALIEN),
        Taste(kind="like", words="I like jokes", turn=0, field="genres", value="Comedy"),
    ]
    limits = [limit("year", "gte", 1990, "the nineties on"), limit("cast", "contains", "Tom Hanks")]
    chips = kit.chips(Ledger(limits=limits, tastes=tastes))
    assert [chip.text for chip in chips] == ["from 1990 on", "with Tom Hanks", "dislike: Alien", "like: Comedy"]
    assert [chip.kind for chip in chips] == ["limit", "limit", "dislike", "like"]
    assert [chip.words for chip in chips] == ["the nineties on", "", "not that one", "I like jokes"]
    assert len({chip.key for chip in chips}) == len(chips)


def test_a_refusal_over_several_fields_is_one_chip_in_its_place(kit: Kit) -> None:
    refused = [limit(field, "not_contains", "Tom Hanks") for field in ("cast", "directors")]
    chips = kit.chips(Ledger(limits=[*refused, limit("year", "gte", 1990)]))
    assert [chip.text for chip in chips] == ["without Tom Hanks", "from 1990 on"]


def test_a_key_removes_its_chip_and_no_other(kit: Kit) -> None:
    from agents.ledger import remove_key

    before = Ledger(limits=[limit("year", "gte", 1990), limit("year", "lte", 1999)], tastes=TASTES)
    for chip in kit.chips(before):
        left = kit.chips(remove_key(before, chip.key))
        assert left == [other for other in kit.chips(before) if other.key != chip.key]
