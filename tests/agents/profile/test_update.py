"""How profiles change: merging, contradicting, fading, forgetting, and the room they have."""

from datetime import date, timedelta
from typing import Any

from agents.profile.state import MOST_TOKENS, Lesson, Profile, Source, Statement
from agents.profile.update import edited, forgotten, learnt, switched

DAY = date(2026, 1, 1)


def statement(kind: str = "like", value: str = "Horror", thread: str = "t1", turn: int = 0, **more: Any) -> Statement:
    day = more.pop("day", DAY)
    source = Source(by="words", words=f"I said {value}", day=day, thread=thread, turn=turn)
    facts = {"strength": 0.6, "catalog": "films", "field": "genres", **more}
    return Statement(kind=kind, value=value, confirmed=day, sources=[source], **facts)  # type: ignore[arg-type]


def after(*lessons: Statement, today: date = DAY) -> Profile:
    profile = Profile()
    for one in lessons:
        profile = learnt(profile, Lesson(statements=[one], thread=one.sources[0].thread), today)
    return profile


def test_saying_it_again_makes_it_stronger_and_keeps_where_it_came_from() -> None:
    [merged] = after(statement(), statement(thread="t2")).statements
    assert 0.6 < merged.strength < 1
    assert [source.thread for source in merged.sources] == ["t1", "t2"]


def test_the_same_turn_heard_twice_counts_once() -> None:
    assert after(statement(), statement()).statements[0].strength == 0.6


def test_the_newer_of_two_that_contradict_wins_and_says_what_was_before() -> None:
    [left] = after(statement("like"), statement("dislike", thread="t2", day=DAY + timedelta(5))).statements
    assert (left.kind, left.formerly) == ("dislike", "like")
    [still] = after(statement("dislike", day=DAY + timedelta(5)), statement("like", day=DAY)).statements
    assert still.kind == "dislike"


def test_seeing_something_does_not_contradict_liking_it() -> None:
    about: dict[str, Any] = {"field": "", "item_id": "tt1"}
    kinds = {s.kind for s in after(statement("like", **about), statement("seen", thread="t2", **about)).statements}
    assert kinds == {"like", "seen"}


def test_what_nothing_confirms_fades_by_half_and_goes() -> None:
    one = statement("context", text="with my kids", field="", value="", strength=0.8)
    assert one.strength_at(DAY + timedelta(90)) == 0.4
    assert one.strength_at(DAY - timedelta(90)) == 0.8
    later = DAY + timedelta(365)
    profile = learnt(after(one), Lesson(statements=[statement(day=later)]), later)
    assert [s.kind for s in profile.statements] == ["like"]


def test_it_never_takes_more_than_its_tokens_and_keeps_limits_before_weak_likes() -> None:
    limit = statement("limit", "Gore", strength=0.3)
    likes = [statement(value=f"A rather long value number {i}", strength=0.2 + i / 500, turn=i) for i in range(200)]
    profile = learnt(Profile(), Lesson(statements=[limit, *likes]), DAY)
    assert profile.tokens <= MOST_TOKENS
    assert profile.statements[0] == limit
    assert likes[-1] in profile.statements
    assert likes[0] not in profile.statements


def test_what_is_taken_back_goes_only_where_no_other_conversation_said_it() -> None:
    matter = statement().matter
    once = learnt(after(statement()), Lesson(withdrawn=[matter], thread="t1"), DAY)
    assert not once.statements
    twice = learnt(after(statement(), statement(thread="t2")), Lesson(withdrawn=[matter], thread="t2"), DAY)
    assert len(twice.statements) == 1


def test_off_means_nothing_is_learnt() -> None:
    off = switched(after(statement()), on=False)
    assert learnt(off, Lesson(statements=[statement(value="Comedy")]), DAY) == off
    assert switched(off, on=True).statements == off.statements


def test_single_statements_are_forgotten_and_edited() -> None:
    profile = after(statement(), statement(value="Comedy"))
    key = profile.statements[0].key
    assert [s.value for s in forgotten(profile, key).statements] == ["Comedy"]
    assert forgotten(profile, "like:nothing") == profile
    weaker = profile.statements[0].model_copy(update={"strength": 0.2})
    assert [s.strength for s in edited(profile, key, weaker).statements] == [0.2, 0.6]


def test_a_profile_survives_json() -> None:
    profile = after(statement(), statement("seen", "Alien", field="", item_id="tt1"))
    assert Profile.model_validate_json(profile.model_dump_json()) == profile
