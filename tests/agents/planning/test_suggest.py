"""Titles of a model's own: asked for with the plan where they help, and measured on the catalogue's own people."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fakes import ScriptedLLM

from agents.events import TurnFinished
from agents.model.chat import ModelReply
from agents.model.endpoint import Suggestions
from agents.nouns import nouns_of
from agents.planning.draft import draft_from_calls, draft_from_text, titles_in
from agents.planning.suggest import measure_suggestions, titles_for
from agents.session import Cicerone
from agents.state import ToolCall
from errors import ModelNonsense
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from settings import Settings

PLAN = {"query": "", "limits": [], "similar_to": [], "order_by": "", "ask": ""}
NOUNS = ("pot", "pots", ("pot", "pots"))
HELPS = Suggestions(catalog="films", n=20, in_catalog=0.8, hit_rate=0.3, popular=0.05, helps=True)


def turn_of(bundle: Bundle, model: ScriptedLLM, text: str, tools: str = "json") -> TurnFinished:
    async def run() -> TurnFinished:
        async with Cicerone(bundle, Settings(_env_file=None, llm_tools=tools), model) as agent:
            events = [event async for event in agent.turn("ann", "t", text)]
            assert isinstance(events[-1], TurnFinished)
            return events[-1]

    return asyncio.run(run())


def test_a_model_that_knows_what_is_wanted_moves_it_up_without_a_further_call(films: Bundle) -> None:
    text = "I loved The Matrix and Alien. Something to watch?"
    plain = turn_of(films, ScriptedLLM(json.dumps(PLAN), "Here you are."), text)
    wanted = plain.items[-1]
    titles = [f"{wanted.title} ({wanted.fields['year']:.0f})", "A Film Nobody Made (1999)", "The Matrix (1999)"]
    model = ScriptedLLM(json.dumps({**PLAN, "titles": titles}), "Here you are.")
    model.endpoint.suggestions = HELPS
    turn = turn_of(films, model, text)
    place = [item.item_id for item in turn.items].index(wanted.item_id)
    assert place < len(plain.items) - 2
    assert "suggest_titles" in [reason.source for reason in turn.items[place].reasons]
    assert turn.model_calls == plain.model_calls
    trace = next(trace for trace in turn.tools if trace.name == "suggest_titles")
    assert trace.n_hits == 1
    assert "1 not in the catalogue" in trace.note
    assert '"titles"' in model.asked[0]["messages"][0]["content"]
    assert "titles" in model.asked[0]["schema"]["required"]


@pytest.mark.parametrize("known", [None, HELPS.model_copy(update={"helps": False, "hit_rate": 0.0})])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_titles_are_neither_asked_for_nor_heard_where_they_do_not_help(
    films: Bundle, known: Suggestions | None, elsewhere: bool
) -> None:
    model = ScriptedLLM(json.dumps({**PLAN, "titles": ["Amélie"]}), "Here you are.")
    model.endpoint.suggestions = HELPS.model_copy(update={"catalog": "games"}) if elsewhere else known
    turn = turn_of(films, model, "I loved The Matrix. Something to watch?")
    assert "suggest_titles" not in [trace.name for trace in turn.tools]
    assert "titles" not in model.asked[0]["schema"]["properties"]


@pytest.mark.parametrize("helps", [True, False])
def test_native_calls_have_the_tool_only_where_it_helps(films: Bundle, helps: bool) -> None:
    calls = [ToolCall(tool="suggest_titles", args={"titles": ["Amélie"]}), ToolCall(tool="filter_items")]
    model = ScriptedLLM(ModelReply(calls=calls, tokens=10), "Here you are.")
    model.endpoint.suggestions = HELPS if helps else None
    turn = turn_of(films, model, "I loved The Matrix. Something to watch?", tools="native")
    offered = {tool["function"]["name"]: tool["function"]["parameters"] for tool in model.asked[0]["tools"]}
    assert ("suggest_titles" in offered) is helps
    assert ("suggest_titles" in [trace.name for trace in turn.tools]) is helps
    if helps:
        assert list(offered["suggest_titles"]["properties"]) == ["titles"]


def test_whatever_is_written_as_titles_is_read_or_left_out() -> None:
    written = [" A  b (1999)", {"title": "C"}, 7, None, ["D"], "", "C", "x" * 500]
    assert titles_in(written) == ["A b (1999)", "C", "x" * 120]
    assert titles_in("A, B") == titles_in(None) == titles_in({"A": 1}) == []
    assert len(titles_in([str(i) for i in range(50)])) == 20
    draft = draft_from_text(json.dumps({**PLAN, "titles": ["A", "B"]}))
    assert draft is not None
    assert draft.titles == ["A", "B"]
    draft = draft_from_calls([ToolCall(tool="suggest_titles", args={"titles": ["A"]})])
    assert draft is not None
    assert draft.titles == ["A"]


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ('{"titles": ["A (1999)", "B"]}', ["A (1999)", "B"]),
        ('Sure!\n```json\n{"titles": ["A", "B"]}\n```', ["A", "B"]),
        ('{"titles": ["A (1999)", "Broken of', ["A (1999)", "Broken of"]),
        ("I would take A or B.", []),
        ('{"titles": 5}', []),
    ],
)
def test_titles_come_out_of_any_answer(answer: str, titles: list[str]) -> None:
    with ScriptedLLM(answer) as model:
        assert asyncio.run(titles_for(model, "I liked C.", NOUNS, 5)) == titles


@pytest.fixture(scope="module")
def pots(tmp_path_factory: pytest.TempPathFactory, films: Bundle) -> Bundle:
    """Sixty pots, of which twenty people like twelve in a row each, none the best known."""
    var: Path = tmp_path_factory.mktemp("pots")
    roles = {"item_id": "id", "title": "title", "year": "number", "rating_count": "number"}
    rows = [(f"p{i}", f"Pot Number {_word(i)}", 1950 + i, 1000 if i < 20 else 5) for i in range(60)]
    liked = [20 + (3 * who + step) % 40 for who in range(20) for step in range(12)]
    lines = [f"u{i // 12},p{row},5.0,{1000 + i % 12}" for i, row in enumerate(liked)]
    (var / "ratings.csv").write_text("\n".join(["user,item_id,rating,timestamp", *lines]), encoding="utf-8")
    columns = [pa.array([row[i] for row in rows]) for i in range(len(roles))]
    table = import_table(pa.table(columns, names=list(roles)), var / "ratings.csv", roles, source="pots")
    build_bundle(table, "pots", var, embedder=films.embedder)
    return open_bundle(var, "pots", films.embedder)


def _word(i: int) -> str:
    return "".join("abcdefghij"[int(digit)] * 3 for digit in f"{i:02d}").title()


class Seer(ScriptedLLM):
    """Says what `says` makes of the titles it is told."""

    def __init__(self, says: Callable[[Sequence[int]], Sequence[str]]) -> None:
        super().__init__(*["made below"] * 20)
        self._says = says

    def _next(self, **request: Any) -> Any:
        super()._next(**request)
        told = request["messages"][-1]["content"].partition("I liked ")[2].partition(".\n")[0].split("; ")
        return json.dumps({"titles": self._says([int(title[-5:-1]) - 1950 for title in told])})


def title(i: int) -> str:
    return f"Pot Number {_word(i)} ({1950 + i})"


def measured(bundle: Bundle, model: ScriptedLLM) -> Suggestions | None:
    return asyncio.run(measure_suggestions(model, bundle, NOUNS, 20))


def test_an_oracle_helps_and_is_measured_as_one(pots: Bundle) -> None:
    seer = Seer(lambda told: [title(20 + (told[-1] - 20 + step) % 40) for step in range(1, 6)])
    found = measured(pots, seer)
    assert found is not None
    assert (found.catalog, found.n, found.in_catalog, found.hit_rate, found.helps) == ("pots", 20, 1.0, 1.0, True)
    assert 0 < found.popular < 1


def test_a_model_that_names_the_best_known_or_what_does_not_exist_does_not_help(pots: Bundle) -> None:
    best = [int(row) for row in np.argsort(-pots.catalog.prominence, kind="stable")]
    known = measured(pots, Seer(lambda told: [title(i) for i in best if i not in told][:20]))
    assert known is not None
    assert known.hit_rate == known.popular > 0
    assert not known.helps
    made_up = measured(pots, Seer(lambda _: ["A Pot Nobody Made (1999)", title(0)]))
    assert made_up is not None
    assert (made_up.in_catalog, made_up.helps) == (0.5, False)


def test_nonsense_finds_nothing_and_a_catalogue_without_people_is_not_measured(pots: Bundle, games: Bundle) -> None:
    with ScriptedLLM(*[ModelNonsense("It gave an empty answer.")] * 20) as model:
        found = measured(pots, model)
    assert found is not None
    assert (found.n, found.hit_rate, found.in_catalog, found.helps) == (20, 0.0, 0.0, False)
    with ScriptedLLM() as silent:
        assert asyncio.run(measure_suggestions(silent, games, nouns_of("games"))) is None
