"""The second opinion on replies: it finds what is wrong, and lets pass what is true."""

import asyncio
from typing import Any

import pytest

from agents.budget import MAX_STEPS
from agents.graph import build_graph
from agents.session import Cicerone
from agents.stateless import parse_line, prepare
from agents.turn import Turn
from eval.recheck import Recheck
from retrieval.bundle import Bundle
from settings import Settings


@pytest.fixture(scope="module")
def turn(films: Bundle) -> Turn:
    """A finished turn whose slate holds Alien and at least one other."""

    async def run() -> Turn:
        agent = Cicerone(films, Settings(planner="basic"))
        taken = prepare(parse_line({"query": "horror films of the 1970s"}), agent.kit, 5, always_slate=True)
        await build_graph(agent.kit).ainvoke({"turn_id": "t"}, {"recursion_limit": MAX_STEPS}, context=taken)
        return taken

    return asyncio.run(run())


def found(turn: Turn, bundle: Bundle, reply: str) -> list[tuple[str, str]]:
    turn.reply = reply
    return [(one.kind, one.words) for one in Recheck(turn, bundle).findings()]


def test_the_programs_own_reply_is_supported(turn: Turn, films: Bundle) -> None:
    assert len(turn.slate) >= 2
    assert found(turn, films, turn.reply) == []


@pytest.mark.parametrize(
    "reply",
    [
        "Alien (1979) is a horror film by Ridley Scott. It stars Sigourney Weaver.",
        "Both are from the 1970s. **Alien** runs about 1 h 57 min.",
        "I picked 2 films for you: Alien and The Exorcist.",
    ],
)
def test_what_is_true_passes(turn: Turn, films: Bundle, reply: str) -> None:
    assert found(turn, films, reply) == []


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ("Try **The Matrix** instead.", "title", "The Matrix"),
        ("It reminds me of The Matrix (1999).", "title", "The Matrix (1999)"),
        ("Alien came out in 1986.", "number", "1986"),
        ("Alien is one of the best of the 1990s.", "number", "1990s"),
        ("Alien runs 3 hours.", "number", "3 hours"),
        ("Alien was made by Stanley Kubrick.", "person", "Stanley Kubrick"),
        ("Alien is a warm comedy.", "facet", "comedy"),
    ],
)
def test_what_is_wrong_is_found(turn: Turn, films: Bundle, reply: str, kind: str, words: str) -> None:
    told: list[tuple[str, Any]] = found(turn, films, reply)
    assert (kind, words) in told


def test_a_full_stop_in_a_title_ends_no_sentence(turn: Turn, films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = Recheck(turn, films)
    monkeypatch.setattr(checked, "_known", ["The Matrix Mr. Fox"])
    turn.reply = "It is no **The Matrix Mr. Fox**, but near."
    assert checked.findings() == []


def test_a_sentence_is_held_against_the_items_it_names(turn: Turn, films: Bundle) -> None:
    year = next(item.fields["year"] for item in turn.slate if item.title != "Alien")
    assert found(turn, films, f"Alien is from {year}.") == [("number", str(year))]
