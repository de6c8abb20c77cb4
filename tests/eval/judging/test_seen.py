"""What code sees in an exchange."""

import pytest
from dialogue_of import dialogue_of

from eval.dialogues import exchanges
from eval.judging import cues
from eval.judging.features import features
from eval.judging.seen import Seen, asked_for, look, reaction


def seen_in(*texts: str) -> list[Seen]:
    return look(exchanges(dialogue_of(*texts)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I would recommend:  \n1: Heat (1995)  \n2: War of Oz  \n", ["heat", "war of oz"]),
        ("How about The Piano(1993)", ["the piano"]),
        ('Have you seen "Alien" or "Aliens"?', ["alien", "aliens"]),
        ("Good ones are Vanilla Sky and The Last Samurai.", ["vanilla sky and the last samurai"]),
        ("What do you like?", []),
        ("", []),
    ],
)
def test_names_are_found_without_a_catalogue(text: str, names: list[str]) -> None:
    assert cues.named_in(text) == names


def test_long_text_without_end_is_read_in_no_time() -> None:
    assert cues.named_in("A" * 50_000 + " The " * 10_000) is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Can you recommend a comedy?", "items"),
        ("another one", "items"),
        ("Why is it a great choice?", "about"),
        ("What are they about?", "about"),
        ("Hello!", "social"),
        ("", "other"),
    ],
)
def test_what_is_asked(text: str, kind: str) -> None:
    assert asked_for(text) == kind


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Thanks, I'll watch it", "praise"),
        ("You keep giving me the same list", "complaint"),
        ("No, I have seen it", "refusal"),
        ("A comedy", "plain"),
        (None, "none"),
    ],
)
def test_how_a_reply_is_taken(text: str | None, taken: str) -> None:
    assert reaction(text) == taken


def test_a_reply_that_gives_items_answers_a_request_for_items() -> None:
    good, idle, empty = seen_in(
        "Recommend me a comedy", "Heat (1995)", "Suggest more", "I hope you enjoy it", "More", ""
    )
    assert (good.answered, good.named, good.fresh) == (True, ("heat",), 1)
    assert (idle.answered, idle.idle) == (False, True)
    assert (empty.answered, empty.empty) == (False, True)


def test_the_same_reply_twice_is_no_answer_and_its_items_are_not_fresh() -> None:
    first, again = seen_in("Recommend something", 'Try "Heat"!', "Another please", 'Try "Heat"!')
    assert (first.repeated, again.repeated, again.answered, again.fresh) == (False, True, False, 0)


def test_why_wants_words() -> None:
    long = "Because it follows two careful men who respect each other while they fight to the end."
    curt, told = seen_in("Why is it good?", "You should see it.", "Why?  why is it so good?", long)
    assert (curt.answered, told.answered, told.explains) == (False, True, True)


def test_a_gap_where_a_name_should_stand() -> None:
    assert [one.gap for one in seen_in("a", "How about  ?", "b", "Have you seen __unk__", "c", "Try Heat.")] == [
        True,
        True,
        False,
    ]


def test_features_have_the_same_names_for_every_dialogue_and_are_finite() -> None:
    full = features(dialogue_of("Hi", "Hello", "Recommend one", "Heat (1995)", "Thanks, bye"))
    for odd in (dialogue_of(), dialogue_of(""), dialogue_of("", ""), dialogue_of("?", "!", "🙂")):
        found = features(odd)
        assert list(found) == list(full)
        assert all(-10 < value < 10 for value in found.values())
    assert full["praise_last"] == full["farewell"] == 1
    assert full["complaint"] == 0
