"""The chat in a terminal."""

import asyncio
import json

import pytest
from fake_agent import FakeAgent

from ui.terminal import ask, chat


def run_chat(agent: FakeAgent, *lines: str) -> int:
    left = list(lines)

    async def read(prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return asyncio.run(chat(agent, read))


def test_ask_prints_the_reply_and_numbered_items(capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(ask(FakeAgent(), "a mystery", k=2)) == 0
    out = capsys.readouterr().out
    assert "I found 13 books that fit." in out
    assert "  1. " in out
    assert "  2. " in out
    assert "search_meaning: 13 of 1,204 in 12 ms" in out
    assert "of readers liked" in out


def test_ask_prints_the_whole_turn_as_json_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(ask(FakeAgent(), "a mystery", as_json=True)) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "turn_finished"


def test_a_failed_turn_ends_with_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(ask(FakeAgent(), "fail")) == 1
    assert "could not be finished" in capsys.readouterr().out


def test_chat_keeps_the_thread_until_new(capsys: pytest.CaptureFixture[str]) -> None:
    agent = FakeAgent()
    assert run_chat(agent, "a mystery", "under 300 pages", "/limits", "/new", "travel", "/limits", "/quit") == 0
    out = capsys.readouterr().out
    assert "mystery · under 300 pages" in out
    assert [len(thread.limits) for thread in agent.threads.values()] == [2, 1]


def test_chat_ends_cleanly_at_the_end_of_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_chat(FakeAgent(), "", "/help", "/nonsense") == 0
    out = capsys.readouterr().out
    assert "in the mood for" in out
    assert "There is no /nonsense" in out
    assert out.rstrip().endswith("Bye.")


def test_markup_in_titles_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    agent = FakeAgent()
    agent.books["b1"]["title"] = "[bold red]The [/] Harbour\x1b[2J"
    agent.books["b1"]["rating"] = 100
    asyncio.run(ask(agent, "anything"))
    out = capsys.readouterr().out
    assert "[bold red]The [/] Harbour[2J" in out
    assert "\x1b[2J" not in out
