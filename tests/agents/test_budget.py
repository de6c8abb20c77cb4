"""What a turn may spend on its model: calls, time, tokens, money, rounds of tools."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.budget import MAX_CALLS, MAX_ROUNDS, Budget
from agents.model.chat import ModelReply, ToolsRefused, TooSlow, Usage
from errors import ModelNonsense, ModelUnavailable

ASK = [{"role": "user", "content": "a wish"}]


class Endless(ScriptedLLM):
    """Never ends, whatever time it is given."""

    closed = False

    async def complete(self, *_: Any, **how: Any) -> ModelReply:
        await asyncio.Event().wait()
        raise AssertionError

    async def stream(self, *_: Any, **how: Any) -> AsyncGenerator[str, None]:
        try:
            while True:
                yield "on "
                await asyncio.sleep(0.01)
        finally:
            self.closed = True


def ask(budget: Budget, timeout_s: float = 20) -> ModelReply:
    return asyncio.run(budget.complete(ASK, timeout_s=timeout_s))


def listen(budget: Budget, timeout_s: float = 20, usage: Usage | None = None) -> str:
    async def collect() -> str:
        return "".join([piece async for piece in budget.stream(ASK, timeout_s=timeout_s, usage=usage)])

    return asyncio.run(collect())


def test_calls_and_tokens_are_counted_whether_streamed_or_not() -> None:
    with ScriptedLLM(ModelReply(text="a", tokens=30, tokens_out=10, tokens_cached=5), ["b", "c"]) as model:
        budget = Budget(model)
        assert ask(budget).text == "a"
        usage = Usage()
        assert listen(budget, usage=usage) == "bc"
    assert budget.n_calls == 2
    assert budget.usage == Usage(tokens=40, tokens_out=10, tokens_cached=5)
    assert budget.usage.tokens_in == 30
    assert usage.tokens == 10


@pytest.mark.parametrize(("prices", "cost"), [((2.0, 8.0), 0.00014), ((0.0, 0.0), 0.0), ((2.0, None), None)])
def test_the_cost_is_told_where_both_prices_are_known(prices: Any, cost: float | None) -> None:
    budget = Budget(
        ScriptedLLM(ModelReply(text="a", tokens=40, tokens_out=10)), price_in=prices[0], price_out=prices[1]
    )
    ask(budget)
    assert budget.cost == (pytest.approx(cost) if cost is not None else None)


def test_the_call_after_the_last_one_is_refused() -> None:
    with ScriptedLLM(*["a"] * MAX_CALLS) as model:
        budget = Budget(model)
        for _ in range(MAX_CALLS):
            ask(budget)
        assert not budget.open
        with pytest.raises(ModelUnavailable, match=f"{MAX_CALLS} times in this turn"):
            ask(budget)
        with pytest.raises(ModelUnavailable, match="the most"):
            listen(budget)
    assert budget.n_calls == MAX_CALLS


@pytest.mark.parametrize("failure", [ModelUnavailable("Gone."), TooSlow("Slow.")])
def test_a_model_that_is_away_is_asked_once_a_turn(failure: Exception) -> None:
    with ScriptedLLM(failure) as model:
        budget = Budget(model)
        with pytest.raises(ModelUnavailable):
            ask(budget)
        assert not budget.open
        with pytest.raises(ModelUnavailable, match="not asked again"):
            listen(budget)
    assert budget.n_calls == 1


@pytest.mark.parametrize("failure", [ModelNonsense("Rubbish."), ToolsRefused("No tools.")])
def test_a_model_that_answered_badly_may_be_asked_again(failure: Exception) -> None:
    with ScriptedLLM(failure, "good") as model:
        budget = Budget(model)
        with pytest.raises(ModelNonsense):
            ask(budget)
        assert ask(budget).text == "good"


def test_no_call_outlives_its_time_even_where_the_client_keeps_none() -> None:
    with pytest.raises(TooSlow):
        ask(Budget(Endless()), timeout_s=0.01)
    model = Endless()
    with pytest.raises(TooSlow):
        listen(Budget(model), timeout_s=0.05)
    assert model.closed


def test_no_call_gets_more_time_than_the_turn_has() -> None:
    now = 100.0
    budget = Budget(Endless(), deadline_s=100.15, clock=lambda: now)
    with pytest.raises(TooSlow):
        ask(budget, timeout_s=3600)
    late = Budget(Endless(), deadline_s=99, clock=lambda: now)
    assert not late.open
    with pytest.raises(ModelUnavailable, match="time of this turn"):
        ask(late)
    assert late.n_calls == 0


def test_who_stops_listening_closes_the_stream_and_pays_for_what_came() -> None:
    async def run() -> tuple[Endless, Budget]:
        model = Endless()
        budget = Budget(model)
        pieces = budget.stream(ASK, timeout_s=20)
        assert await anext(pieces) == "on "
        await pieces.aclose()
        return model, budget

    model, budget = asyncio.run(run())
    assert model.closed
    assert budget.open


def test_a_call_given_up_on_is_the_last_one() -> None:
    async def run() -> Budget:
        budget = Budget(Endless())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await budget.complete(ASK, timeout_s=20)
        return budget

    assert not asyncio.run(run()).open


def test_tools_run_at_most_so_often() -> None:
    budget = Budget()
    assert [budget.take_round() for _ in range(MAX_ROUNDS + 1)] == [True] * MAX_ROUNDS + [False]


def test_an_answer_without_end_is_cut_where_it_should_have_ended() -> None:
    with ScriptedLLM("a" * 99_000, ["b" * 500] * 9_000) as model:
        budget = Budget(model)
        assert len(asyncio.run(budget.complete(ASK, max_tokens=100, timeout_s=20)).text) < 2000

        async def listened() -> int:
            return sum([len(piece) async for piece in budget.stream(ASK, max_tokens=100, timeout_s=20)])

        assert asyncio.run(listened()) < 2000


def test_without_a_model_nothing_is_asked() -> None:
    assert not Budget().open and not Budget().has_model and Budget().name == ""
    with pytest.raises(ModelUnavailable, match="no language model"):
        ask(Budget())


def test_what_a_model_cannot_is_remembered_beyond_the_turn() -> None:
    model = ScriptedLLM()
    Budget(model).endpoint.tools = False
    assert model.endpoint.takes_tools is False
