"""Remarks in passing."""

import pytest

from agents.profile.words import holds_always, is_hateful, remarks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm vegetarian. Something quick?", [("context", "I'm vegetarian")]),
        ("I am allergic to nuts and want a cake", [("context", "I am allergic to nuts and want")]),
        ("Something to watch with my two small kids", [("context", "with my two small kids")]),
        ("We always watch on Fridays.", [("context", "We always watch on Fridays")]),
        ("I hate gore. Show me a comedy", [("dislike", "gore")]),
        ("I really love slow science fiction but not tonight", [("like", "slow science fiction")]),
        ("I'm not a fan of jump scares", [("dislike", "jump scares")]),
        ("I don't like the first one", []),
        ("I'd like something short", []),
        ("I like it", []),
        ("I don't like your suggestions", []),
        ("a comedy from the nineties", []),
        ("who do you love?", []),
    ],
)
def test_remarks(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(said.kind, said.text) for said in remarks(text)]
    if text.startswith("I am allergic"):
        assert found[0][1].startswith("I am allergic to nuts")
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("sentence", "always"),
    [
        ("I never watch horror", True), ("no horror", False), ("I'm vegetarian", True),
        ("under two hours please", False),
        ("always under two hours", True), ("I never eat meat tonight", False), ("never mind the genre", False),
        ("I've always wanted to see a western", False), ("no nuts, I'm allergic", True),
    ],
)  # fmt: skip
def test_only_always_and_never_hold_for_good(sentence: str, always: bool) -> None:
    assert holds_always(sentence) is always


def test_hating_is_no_refusal_for_now() -> None:
    assert is_hateful("I can't stand musicals")
    assert not is_hateful("no musicals")
    assert not is_hateful("I don't like musicals today")
