"""Turns whose whole conversation comes with the call."""

import asyncio
from typing import Any

import pytest

from agents.events import Event, Token, TurnFinished
from agents.session import Cicerone
from errors import CiceroneError, InputError
from retrieval.bundle import Bundle
from settings import Settings

FORREST, MATRIX, TOYS = "tt0109830", "tt0133093", "tt0114709"


def recommend(bundle: Bundle, line: Any, **options: Any) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            return await agent.recommend(line, **options)

    return asyncio.run(run())


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["items"]]


def test_limits_of_the_context_hold_and_named_items_are_not_recommended(films: Bundle) -> None:
    context = [
        {"role": "user", "text": "a film with Tom Hanks please"},
        {"role": "assistant", "text": "Have you seen Forrest Gump (1994)?"},
        {"role": "user", "text": "yes, something older"},
    ]
    answer = recommend(films, {"id": 7, "context": context})
    assert answer["id"] == 7
    assert {f["field"] for f in answer["filters"]} == {"cast", "year"}
    assert FORREST not in ids(answer)
    years = {item["item_id"]: item["fields"]["year"] for item in answer["items"] if not item.get("breaks")}
    assert all(year < 1994 for year in years.values())


def test_a_history_alone_is_enough_and_is_not_repeated(films: Bundle) -> None:
    answer = recommend(films, {"history": [{"item_id": MATRIX, "rating": 5}, {"item_id": TOYS, "rating": 1}]})
    assert ids(answer)
    assert not {MATRIX, TOYS} & set(ids(answer))
    assert "similar_items" in [tool["name"] for tool in answer["tools"]]


def test_filters_and_exclusions_of_the_caller(films: Bundle) -> None:
    line = {"query": "a comedy", "filters": [{"field": "year", "op": "gte", "value": 1990}], "exclude": [TOYS]}
    answer = recommend(films, line, k=40)
    assert TOYS not in ids(answer)
    assert all(item["fields"]["year"] >= 1990 for item in answer["items"] if not item.get("breaks"))


@pytest.mark.parametrize("text", ["Tell me about The Matrix", "Compare The Matrix and Toy Story"])
def test_a_question_about_items_still_gets_a_list_of_others(films: Bundle, text: str) -> None:
    found = ids(recommend(films, {"query": text}, k=5))
    assert len(found) == 5
    assert MATRIX not in found


def test_an_empty_message_still_gets_a_slate(films: Bundle) -> None:
    assert len(ids(recommend(films, {"context": [{"role": "user", "text": ""}]}, k=5))) == 5


def test_relaxed_items_say_what_they_break(films: Bundle) -> None:
    answer = recommend(films, {"query": "an animated film from 1950"})
    assert ids(answer)
    assert all(item["breaks"] for item in answer["items"])


def test_k_and_slim_items(films: Bundle) -> None:
    answer = recommend(films, {"query": "drama"}, k=3, full=False)
    assert [set(item) for item in answer["items"]] == [{"item_id", "score"}] * 3
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "line",
    [
        None,
        [],
        {},
        {"context": "hi"},
        {"context": [{"role": "user"}]},
        {"query": "x", "k": 0},
        {"query": "x", "filters": [{"field": "nope", "op": "eq", "value": 1}]},
    ],
)
def test_a_line_that_cannot_be_used_says_why(films: Bundle, line: Any) -> None:
    with pytest.raises(CiceroneError) as error:
        recommend(films, line)
    assert len(str(error.value)) > 20
    assert isinstance(error.value, InputError)


def events_of(bundle: Bundle, line: Any, **options: Any) -> list[Event]:
    async def run() -> list[Event]:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            return [event async for event in agent.answer(line, **options)]

    return asyncio.run(run())


def test_a_turn_can_be_followed_and_is_answered_as_in_a_chat(films: Bundle) -> None:
    events = events_of(films, {"context": [{"role": "user", "text": "a comedy with Tom Hanks"}]}, k=2)
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert [event.type for event in events][0] == "turn_started"
    assert {"tool_finished", "slate", "token", "ledger"} < {event.type for event in events}
    assert "".join(event.text for event in events if isinstance(event, Token)) == finished.reply
    assert len(finished.items) == 2
    said = [{"role": "user", "text": "a comedy"}, {"role": "assistant", "text": "Toy Story (1995)"}]
    thanks = events_of(films, {"context": [*said, {"role": "user", "text": "thanks"}]})[-1]
    assert isinstance(thanks, TurnFinished) and thanks.reply and not thanks.items


def test_what_an_answer_showed_can_be_told_by_ids_or_titles(films: Bundle) -> None:
    said = {"role": "assistant", "text": "Two for you."}
    asked = [{"role": "user", "text": "two films"}, said, {"role": "user", "text": "how long is the second one?"}]
    for told in ({"items": [TOYS, "unknown", MATRIX]}, {"text": "1. Toy Story (1995)\n2. The Matrix (1999)"}):
        said.update(told)  # type: ignore[arg-type]
        finished = events_of(films, {"context": asked})[-1]
        assert isinstance(finished, TurnFinished)
        assert [item.item_id for item in finished.items] == [MATRIX]


def test_a_line_that_cannot_be_used_is_refused_before_any_event(films: Bundle) -> None:
    half = {"field": "genres", "op": "contains", "value": "\ud800"}
    for line in ({}, {"filters": [{"field": "nope", "op": "eq", "value": 1}]}, {"filters": [half]}):
        with pytest.raises(InputError):
            events_of(films, line)


def test_of_a_long_conversation_the_latest_is_read_and_that_is_told(films: Bundle) -> None:
    long = [{"role": "user", "text": f"Number {i}. I want a comedy. " + "and so on " * 390} for i in range(60)]
    last = [{"role": "user", "text": "a drama with Tom Hanks"}, {"role": "user", "text": "before 1996"}]
    answer = recommend(films, {"context": [*long, *last]})
    assert {"cast", "year"} <= {f["field"] for f in answer["filters"]}
    (told,) = [text for text in answer["notices"] if "long" in text]
    assert told == "The conversation is long; I read its last 7 messages before this one."


def test_shown_items_given_by_id_cost_nothing_to_read(films: Bundle) -> None:
    shown = {"role": "assistant", "text": "x" * 4000, "items": [MATRIX]}
    answer = recommend(films, {"context": [{"role": "user", "text": "a drama with Tom Hanks"}, *[shown] * 30]})
    assert "cast" in {f["field"] for f in answer["filters"]}
    assert not [text for text in answer["notices"] if "long" in text]
    assert MATRIX not in ids(answer)


def test_a_long_history_keeps_the_latest_of_each_item(films: Bundle) -> None:
    history = [{"item_id": item, "rating": 5, "ts": ts} for ts in range(2_000) for item in (MATRIX, TOYS)]
    answer = recommend(films, {"history": history})
    assert ids(answer)
    assert not {MATRIX, TOYS} & set(ids(answer))
