"""Prompts that servers can keep cached: what does not change from turn to turn comes first, byte for byte."""

import asyncio
import json
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.model.chat import ModelReply
from agents.session import Cicerone
from agents.state import ToolCall
from retrieval.bundle import Bundle
from settings import Settings

PLAN = '{"limits": [], "query": "space", "similar_to": [], "order_by": "", "ask": ""}'
CALLS = ModelReply(calls=[ToolCall(tool="search_meaning", args={"query": "space"})], tokens=10)
WISHES = ("a horror film set in space", "something wistful like Toy Story, under two hours")


def asked_in_two_turns(bundle: Bundle, *, tools: bool) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        model = ScriptedLLM(*[CALLS if tools else PLAN, "Alien is tense. "] * 2, takes_tools=tools)
        async with Cicerone(bundle, Settings(_env_file=None), model) as agent:
            for wish in WISHES:
                async for _ in agent.turn("ann", "t", wish):
                    pass
        return model.asked

    return asyncio.run(run())


@pytest.mark.parametrize("tools", [True, False], ids=["native", "json"])
def test_two_turns_begin_what_they_ask_with_the_same_words(films: Bundle, tools: bool) -> None:
    asked = asked_in_two_turns(films, tools=tools)
    plans = [request for request in asked if "stream" not in request]
    answers = [request for request in asked if "stream" in request]
    assert len(plans) == len(answers) == 2
    for first, second in (plans, answers):
        stable = first["messages"][0]
        assert stable["role"] == "system"
        assert stable == second["messages"][0]
        assert first["messages"] != second["messages"]
        assert "Toy Story" not in stable["content"]
        for what in ("tools", "schema"):
            assert json.dumps(first.get(what)) == json.dumps(second.get(what))
