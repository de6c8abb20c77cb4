"""What the model cost each user each day, and what happens when a day's tokens are used up."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.budget import Budget
from agents.database import SqliteDatabase
from agents.events import Event, TurnFinished
from agents.model.chat import Message, Usage
from agents.session import Cicerone
from agents.spending import Spending, Spent
from retrieval.bundle import Bundle
from settings import Settings

PLAN = '{"limits": [], "query": "space", "similar_to": [], "order_by": "", "ask": ""}'


def turn_of(tokens: int, tokens_out: int = 0, *, estimated: bool = False, priced: bool = False) -> Budget:
    budget = Budget(price_in=1.0, price_out=2.0) if priced else Budget()
    budget.n_calls, budget.usage = 2, Usage(tokens, tokens_out, 0, estimated)
    return budget


def test_turns_add_up_by_user_and_day() -> None:
    days = [date(2026, 1, 1)]
    spending = Spending(today=lambda: days[0])
    spending.add("ann", turn_of(100, 20))
    spending.add("ann", turn_of(10, 5, estimated=True, priced=True))
    spending.add("bob", turn_of(7))
    spending.add("bob", Budget())
    assert spending.today("ann") == Spent(calls=4, tokens_in=85, tokens_out=25, estimated=True, cost=15e-6)
    assert spending.today("ann").tokens == 110
    assert spending.today("bob") == Spent(calls=2, tokens_in=7)
    assert spending.today("eve") == Spent()
    days[0] = date(2026, 1, 2)
    assert spending.today("ann") == Spent()


def test_sums_outlive_the_process_and_go_when_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    first = SqliteDatabase(path)
    Spending(first).add("ann-canary", turn_of(5))
    first.close()
    second = SqliteDatabase(path)
    spending = Spending(second)
    assert spending.today("ann-canary").tokens == 5
    assert spending.delete("ann-canary") == 1
    second.close()
    assert b"canary" not in path.read_bytes()


def test_when_a_days_tokens_are_used_up_the_basic_planner_answers_and_says_so(films: Bundle) -> None:
    async def run() -> list[TurnFinished]:
        settings = Settings(_env_file=None, llm_daily_tokens=15, llm_price_in=1.0, llm_price_out=1.0)
        turns = []
        with ScriptedLLM(PLAN, "Alien is a tense ride from 1979. ", PLAN, "Alien is tense. ") as model:
            model.endpoint.tools = False
            async with Cicerone(films, settings, model) as agent:
                for user in ("ann", "ann", "bob"):
                    events = [event async for event in agent.turn(user, None, "a horror film set in space")]
                    assert isinstance(events[-1], TurnFinished)
                    turns.append(events[-1])
        return turns

    first, second, other = asyncio.run(run())
    assert (first.planner, first.model_calls, first.tokens, first.notices) == ("llm", 2, 20, [])
    assert (first.tokens_in + first.tokens_out, first.cost) == (20, 20e-6)
    assert (second.planner, second.model_calls, second.tokens) == ("basic", 0, 0)
    assert len(second.notices) == 1 and "15 tokens" in second.notices[0]
    assert second.items and second.reply
    assert other.planner == "llm"


def test_what_a_turn_cost_that_nobody_listened_to_the_end_is_counted_before_the_next_begins(films: Bundle) -> None:
    class Endless(ScriptedLLM):
        async def stream(
            self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
        ) -> AsyncGenerator[str, None]:
            async for piece in super().stream(messages, timeout_s=timeout_s, usage=usage):
                yield piece
            await asyncio.sleep(60)

    async def run() -> Spent:
        with Endless(PLAN, ["Alien is a tense ride from 1979. ", "It"]) as model:
            model.endpoint.tools = False
            async with Cicerone(films, Settings(_env_file=None), model) as agent:
                events = agent.turn("ann", "t", "a horror film set in space")
                while (await anext(events)).type != "token":
                    pass
                await events.aclose()
                return agent.spending.today("ann")

    spent = asyncio.run(run())
    assert (spent.calls, spent.tokens) == (2, 20)


def test_calls_without_a_user_are_counted_and_rationed_together(films: Bundle) -> None:
    async def run() -> tuple[list[dict[str, Any]], Event, Spent]:
        with ScriptedLLM(PLAN, "Alien is a tense ride from 1979. ") as model:
            model.endpoint.tools = False
            async with Cicerone(films, Settings(_env_file=None, llm_daily_tokens=15), model) as agent:
                lines = [await agent.recommend({"query": "a horror film set in space"}) for _ in range(2)]
                events = [event async for event in agent.answer({"query": "a horror film set in space"})]
                return lines, events[-1], agent.spending.today("")

    (first, second), last, spent = asyncio.run(run())
    assert (first["model_calls"], first["notices"], spent.tokens) == (2, [], 20)
    assert second["model_calls"] == 0 and "15 tokens" in second["notices"][0]
    assert isinstance(last, TurnFinished) and last.model_calls == 0 and last.items


def test_sums_that_cannot_be_kept_cost_nobody_an_answer(films: Bundle, caplog: pytest.LogCaptureFixture) -> None:
    db = SqliteDatabase()
    spending = Spending(db)

    async def run() -> list[Event]:
        with ScriptedLLM(PLAN, "Alien is a tense ride from 1979. ") as model:
            model.endpoint.tools = False
            settings = Settings(_env_file=None, llm_daily_tokens=1000)
            async with Cicerone(films, settings, model, spending=spending) as agent:
                return [event async for event in agent.turn("ann", None, "a horror film set in space")]

    db.close()
    assert asyncio.run(run())[-1].type == "turn_finished"
    assert "spending" in caplog.text


def test_sums_of_long_ago_go() -> None:
    days = [date(2026, 1, 1)]
    spending = Spending(today=lambda: days[0])
    spending.add("ann", turn_of(5))
    days[0] = date(2027, 6, 1)
    spending.add("bob", turn_of(5))
    days[0] = date(2026, 1, 1)
    assert spending.today("ann") == Spent()
