"""Questions that tell a plot: what is asked, and which have one answer."""

from typing import Any

import pytest

from eval.plots import plot_turns
from retrieval.bundle import Bundle

ALIEN = "tt0078748"
PLOT = {"type": "Plot", "value": "a crew is hunted by a creature"}
WEAVER, SCOTT, YEAR = (
    {"type": "Actor", "value": "sigourney weaver"},
    {"type": "Director", "value": "ridley scott"},
    {"type": "Year", "value": "1979"},
)


def asked(films: Bundle, *slots: dict[str, str], **more: Any) -> list[tuple[str, str]]:
    turns = plot_turns([{"text": "?", "slots": list(slots), **more}], films.catalog)
    return [(turn["context"][0]["text"], turn["targets"][0]["item_id"]) for turn in turns]


def test_gold_ids_are_taken_as_they_are_if_there_is_one(films: Bundle) -> None:
    assert asked(films, PLOT, gold=["x"]) == [("a crew is hunted by a creature", "x")]
    assert asked(films, PLOT, gold=["x", "y"]) == []


def test_without_gold_two_facts_must_leave_one_item(films: Bundle) -> None:
    assert [item_id for _, item_id in asked(films, PLOT, WEAVER, SCOTT)] == [ALIEN]
    assert [item_id for _, item_id in asked(films, PLOT, SCOTT, YEAR)] == [ALIEN]
    assert asked(films, PLOT, SCOTT) == []
    assert asked(films, PLOT, SCOTT, {"type": "Genre", "value": "horror"}) == []
    assert asked(films, PLOT, SCOTT, {"type": "Year", "value": "1980s"}) == []


@pytest.mark.parametrize("kind", ["Actor", "Character_Name"])
def test_names_are_masked(films: Bundle, kind: str) -> None:
    told = {"type": "Plot", "value": "ellen Ripley flees, with her cat, from a creature"}
    [(text, _)] = asked(films, told, {"type": kind, "value": "Ellen Ripley"}, gold=["x"])
    assert text == "flees with her cat from a creature"


def test_two_words_are_no_plot(films: Bundle) -> None:
    assert asked(films, {"type": "Plot", "value": "ripley flees"}, gold=["x"]) == []
    assert asked(films, WEAVER, SCOTT) == []
