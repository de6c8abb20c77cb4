"""Turns a minute and tokens a day of a token: what is too much is told when to come again."""

import asyncio

import pytest
from fastapi import HTTPException

from agents.budget import Budget
from agents.model.chat import Usage
from agents.spending import Spending
from ui.identity import Who
from ui.rates import Rates, take_turn
from ui.tokens import ApiToken, new_token


def a_token(**given: int) -> ApiToken:
    return new_token("x", user_id="ada", **given)[1]  # type: ignore[arg-type]


def holder(token: ApiToken) -> Who:
    return Who(token.user_id, True, token.scopes, token)


def test_a_minutes_turns_may_come_at_once_then_one_at_a_time() -> None:
    now = [1000.0]
    rates, token = Rates(lambda: now[0]), a_token(turns_a_minute=6)
    assert [rates.wait_s(token) for _ in range(6)] == [0] * 6
    assert rates.wait_s(token) == pytest.approx(10)
    assert rates.wait_s(a_token(turns_a_minute=6)) == 0, "another token has turns of its own"
    now[0] += 9.9
    assert rates.wait_s(token) == pytest.approx(0.1)
    now[0] += 0.1
    assert rates.wait_s(token) == 0
    assert rates.wait_s(token) == pytest.approx(10)
    now[0] += 3600
    assert [rates.wait_s(token) for _ in range(7)].count(0) == 6


def refused(token: ApiToken, rates: Rates, spending: Spending) -> HTTPException:
    with pytest.raises(HTTPException) as error:
        asyncio.run(take_turn(holder(token), rates, spending))
    return error.value


def test_too_many_turns_are_answered_with_when_to_come_again() -> None:
    token, rates, spending = a_token(turns_a_minute=1), Rates(lambda: 0.0), Spending()
    asyncio.run(take_turn(holder(token), rates, spending))
    error = refused(token, rates, spending)
    assert (error.status_code, error.headers) == (429, {"Retry-After": "60"})


def test_a_days_tokens_are_those_of_all_turns_of_its_user() -> None:
    spending, budget = Spending(), Budget()
    budget.n_calls, budget.usage = 1, Usage(tokens=100, tokens_out=10)
    asyncio.run(take_turn(holder(a_token(daily_tokens=100)), Rates(), spending))
    spending.add("ada", budget)
    asyncio.run(take_turn(holder(a_token(daily_tokens=101)), Rates(), spending))
    error = refused(a_token(daily_tokens=100), Rates(), spending)
    assert error.status_code == 429
    assert error.headers and 0 < int(error.headers["Retry-After"]) <= 24 * 3600


def test_a_token_for_something_else_takes_no_turns() -> None:
    token = new_token("x", scopes=("read",))[1]
    assert refused(token, Rates(), Spending()).status_code == 403


def test_guests_and_who_a_proxy_logs_in_are_not_counted() -> None:
    for known in (True, False):
        for _ in range(200):
            asyncio.run(take_turn(Who("x", known, frozenset({"chat"})), Rates(lambda: 0.0), Spending()))
