"""Which words of a conversation are searched for."""

from collections.abc import Sequence

from agents.nouns import nouns_of
from agents.planning.talk import recent_words
from agents.state import Ledger, Limit, PastTurn, Thread, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from retrieval.items import Filter

NOUNS = nouns_of("films")


def words(text: str, *past: tuple[str, str], always_slate: bool = False, limits: Sequence[Limit] = ()) -> str:
    turns = [PastTurn(turn_id=str(i), user=user, reply=reply) for i, (user, reply) in enumerate(past)]
    turn = Turn("t", text, 5, 0.0, always_slate=always_slate, thread=Thread(past=turns))
    turn.reading = Reading(Understanding(), Ledger(limits=list(limits)))
    return recent_words(turn, NOUNS)


def test_a_first_message_counts_unless_it_sets_limits() -> None:
    limit = Limit(filter=Filter(field="year", op="gte", value=1990), words="", turn=0)
    assert words("like a heist in Rome") == "heist rome"
    assert words("a heist in Rome since 1990", limits=[limit]) == ""
    assert words("in Rome", ("a heist", ""), limits=[limit]) == "heist rome"


def test_the_telling_words_of_both_sides_where_a_caller_gave_both() -> None:
    past = ("I like heist films", "Have you seen the bank job?")
    assert words("something in Rome please", past, always_slate=True) == "heist bank job rome"
    assert words("something in Rome please", past) == "heist rome"


def test_only_the_latest_messages() -> None:
    past = [(f"word{i}", "") for i in range(9)]
    assert words("now", *past) == "word5 word6 word7 word8 now"
