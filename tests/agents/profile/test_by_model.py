"""What a model says of a user is checked: values must be offered, remarks must quote."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.profile.by_model import remarks_by_model, values_by_model
from agents.profile.memory import Memory
from agents.profile.rated import Rated
from agents.profile.state import Source
from agents.profile.store import Profiles
from agents.profile.traits import traits_of
from agents.session import Cicerone
from retrieval.bundle import Bundle
from retrieval.items import Filter
from settings import Settings

DAY = date(2026, 1, 1)


def noted(text: str, *notes: Any) -> tuple[list[tuple[str, str]], int]:
    source = Source(by="words", words=text, day=DAY)
    with ScriptedLLM(json.dumps({"notes": notes})) as model:
        made = asyncio.run(remarks_by_model(model, text, source, 5))
    return [(s.kind, s.text) for s in made.statements], made.n_dropped


def test_a_remark_must_quote_the_user() -> None:
    text = "My wife and I work night shifts, so something short. Mail me at ann@example.org"
    kept, n_dropped = noted(
        text,
        {"kind": "context", "quote": "I work night shifts"},
        {"kind": "like", "quote": "you love horror"},
        {"kind": "order", "quote": "I work night shifts"},
        {"kind": "context", "quote": "ann@example.org"},
        {"kind": "context", "quote": "short"},
        {"kind": "like", "quote": "something short"},
        "nonsense",
    )
    assert kept == [("context", "I work night shifts")]
    assert n_dropped == 6


def test_the_model_never_reads_what_is_private() -> None:
    model = ScriptedLLM('{"notes": []}')
    asyncio.run(remarks_by_model(model, "call +44 20 7946 0958", Source(by="words", words="", day=DAY), 5))
    assert "7946" not in str(model.asked)


@pytest.mark.parametrize("reply", ["", "no idea", "[]", '{"likes": "all"}', '{"likes": [true, 0, -1, 9999, "3"]}'])
def test_nonsense_states_nothing(films: Bundle, reply: str) -> None:
    rows = films.catalog.select([Filter(field="genres", op="contains", value="Sci-Fi")]).rows.tolist()
    rated = [Rated(films.catalog.ids[row], 5.0, DAY) for row in rows]
    with ScriptedLLM(reply) as model:
        made = asyncio.run(values_by_model(model, rated, films.catalog, traits_of(films), DAY, 5))
    assert made.statements == []


def test_values_are_those_offered_and_titles_stay_out_of_the_prompt(films: Bundle) -> None:
    rows = films.catalog.select([Filter(field="genres", op="contains", value="Sci-Fi")]).rows.tolist()
    rated = [Rated(films.catalog.ids[row], 5.0, DAY) for row in rows]
    with ScriptedLLM('{"likes": [1, 1, 77], "dislikes": [2]}') as model:
        made = asyncio.run(values_by_model(model, rated, films.catalog, traits_of(films), DAY, 5))
        prompt = model.asked[0]["messages"][1]["content"]
    assert [s.kind for s in made.statements] == ["like", "dislike"]
    assert made.n_dropped == 2
    assert f"1. {made.statements[0].field}: {made.statements[0].value}" in prompt
    assert not any(films.catalog.titles[row] in prompt for row in rows)


def test_a_message_that_asks_and_tells_nothing_costs_no_call() -> None:
    model = ScriptedLLM()
    for text in ("a comedy from the nineties", "no horror please", "I'd like something short", "show me more"):
        made = asyncio.run(remarks_by_model(model, text, Source(by="words", words=text, day=DAY), 5))
        assert made == ([], 0, 0)


@pytest.mark.parametrize(("llm_profile", "n_calls"), [("off", 0), ("on", 1)])
def test_the_model_notes_only_where_it_is_set_so(films: Bundle, llm_profile: Any, n_calls: int) -> None:
    notes = '{"notes": [{"kind": "context", "quote": "I grew up with silent comedies"}]}'
    replies = ['{"limits": [], "query": ""}', "Here are some."] + [notes] * n_calls
    memory = Memory(Profiles())
    settings = Settings(llm_profile=llm_profile, llm_tools="json")

    async def run() -> None:
        async with Cicerone(films, settings, ScriptedLLM(*replies, takes_tools=False), memory=memory) as agent:
            async for _ in agent.turn("ann", "t", "I grew up with silent comedies. A short one", remembers=True):
                pass

    asyncio.run(run())
    assert [s.text for s in memory.whole("ann").statements if s.text] == ["I grew up with silent comedies"] * n_calls
