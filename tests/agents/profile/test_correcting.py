"""What a user makes of their own profile: all in one step, or nothing where a part of it cannot be."""

from datetime import date
from typing import Any

import pytest

from agents.profile.correcting import Correction, Kept, corrected
from agents.profile.state import Kind, Profile, Source, Statement
from errors import Conflict, InputError
from retrieval.items import Filter

DAY, TODAY = date(2026, 1, 1), date(2026, 3, 1)


def statement(kind: Kind, **about: Any) -> Statement:
    sources = [Source(by="words", words="what I said", day=DAY, thread="t1", turn=2)]
    return Statement(kind=kind, strength=0.5, confirmed=DAY, sources=sources, **about)


LIKED = statement("like", catalog="films", item_id="f1", value="One", formerly="dislike")
GENRE = statement("like", catalog="films", field="genres", value="Horror")
LIMIT = statement("limit", catalog="films", field="year", value="after 1990",
                  filter=Filter(field="year", op="gte", value=1990))  # fmt: skip
SAID = statement("context", text="we watch with the children")
PROFILE = Profile(statements=[LIKED, GENRE, LIMIT, SAID], version=7)


def put_right(*kept: Kept, **more: Any) -> Profile:
    """All other statements stay as they are."""
    asked = {one.key: one for one in kept}
    stay = [asked.get(s.key, Kept(key=s.key)) for s in PROFILE.statements]
    return corrected(PROFILE, Correction(statements=stay, **more), TODAY)


def test_nothing_asked_changes_nothing() -> None:
    assert corrected(PROFILE, Correction(), TODAY) is PROFILE
    assert put_right() == PROFILE
    same = Kept(key=SAID.key, kind="context", strength=0.5, text="  we watch with the children ")
    assert put_right(same, on=True, version=7) == PROFILE


def test_what_is_left_out_is_forgotten_and_the_rest_is_as_it_was() -> None:
    left = corrected(PROFILE, Correction(statements=[Kept(key=LIMIT.key), Kept(key=LIKED.key)]), TODAY)
    assert left.statements == [LIKED, LIMIT]
    assert left.version == 8
    assert corrected(PROFILE, Correction(statements=[]), TODAY).statements == []
    assert PROFILE.statements == [LIKED, GENRE, LIMIT, SAID], "the one it was made of is left alone"


def test_a_correction_is_the_users_own_word_of_today() -> None:
    changed = put_right(Kept(key=LIKED.key, kind="dislike", strength=1)).statements[0]
    assert (changed.kind, changed.strength, changed.confirmed, changed.item_id) == ("dislike", 1, TODAY, "f1")
    assert changed.sources == [Source(by="user", words="corrected by the user", day=TODAY)]
    assert changed.formerly is None


def test_other_words_are_kept_as_one_plain_line() -> None:
    (changed,) = put_right(Kept(key=SAID.key, text=" I watch\0 alone,\n ask a@b.example ")).of("", "context")
    assert changed.text.startswith("I watch alone, ask ")
    assert "@" not in changed.text


def test_memory_is_switched_without_touching_what_it_holds() -> None:
    off = corrected(PROFILE, Correction(on=False), TODAY)
    assert (off.on, off.version, off.statements) == (False, 8, PROFILE.statements)
    assert corrected(off, Correction(on=False), TODAY).version == 8


@pytest.mark.parametrize("version", [6, 8])
def test_a_profile_that_has_changed_since_is_left_alone(version: int) -> None:
    with pytest.raises(Conflict, match=f"version 7, not {version}"):
        put_right(version=version)


def test_a_statement_that_is_not_there_is_named_in_part() -> None:
    with pytest.raises(InputError, match="There is no statement 'like:x{75}' in this profile"):
        corrected(PROFILE, Correction(statements=[Kept(key="like:" + "x" * 500)]), TODAY)


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        (GENRE, {"kind": "seen"}),
        (GENRE, {"kind": "limit"}),
        (GENRE, {"kind": "context"}),
        (LIKED, {"text": "words for an item"}),
        (SAID, {"text": "   "}),
        (SAID, {"kind": "seen"}),
        (SAID, {"kind": "limit"}),
    ],
)
def test_what_cannot_be_said_of_a_thing_is_refused(about: Statement, asked: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be made that. Leave it out to forget it"):
        put_right(Kept(key=about.key, **asked))


@pytest.mark.parametrize(
    ("about", "kind"), [(LIKED, "seen"), (GENRE, "dislike"), (LIMIT, "like"), (SAID, "like"), (SAID, "dislike")]
)
def test_what_can_be_said_of_a_thing_is_taken(about: Statement, kind: Kind) -> None:
    assert kind in [s.kind for s in put_right(Kept(key=about.key, kind=kind)).statements]


def test_two_statements_about_the_same_are_refused() -> None:
    seen = statement("seen", catalog="films", item_id="f1", value="One")
    profile = Profile(statements=[LIKED, seen])
    both = [Kept(key=LIKED.key, kind="seen"), Kept(key=seen.key)]
    with pytest.raises(InputError, match="about the same thing"):
        corrected(profile, Correction(statements=both), TODAY)
