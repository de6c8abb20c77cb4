"""What the speaker's company likes and does not, told from what people of a story do."""

import pytest

from retrieval.linking import Linker


@pytest.mark.parametrize(
    "text",
    ["she's not into horror", "my son hates horror", "he doesn't like horror", "my wife can't stand horror",
     "for my dad, who hates horror", "for my friend, she dislikes horror"],
)  # fmt: skip
def test_what_the_company_dislikes_is_refused(link: Linker, text: str) -> None:
    [horror] = [m for m in link.link(text) if m.value == "Horror"]
    assert horror.negated or horror.cue == "dislike"
    assert horror.score >= 0.8


def test_what_somebody_loves_for_whom_it_is_asked_for_is_wanted(link: Linker) -> None:
    [value] = [m for m in link.link("something for my mum, who loves comedies") if m.kind == "value"]
    assert (value.value, value.cue, value.negated) == ("Comedy", "", False)
    assert value.score >= 0.8


@pytest.mark.parametrize("text", ["a film about a girl and she hates horror", "one where he loves horror"])
def test_people_of_a_story_are_no_company(link: Linker, text: str) -> None:
    assert all(m.score < 0.8 and m.cue == "" for m in link.link(text) if m.value == "Horror")
