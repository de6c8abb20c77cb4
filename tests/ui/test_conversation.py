"""Events folded into what a page shows."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fake_agent import FakeAgent, FakeLibrary

from agents.events import Action
from ui.conversation import Conversation
from ui.page import Page
from ui.visitor import Prefs, Visitor

ANN = Visitor("u")


def opened(agent: FakeAgent | None = None, library: FakeLibrary | None = None) -> tuple[Page, Conversation]:
    page = Page(library or FakeLibrary(agent or FakeAgent()))
    return page, asyncio.run(page.fresh())


def talk_through(*inputs: str | dict[str, Any], agent: FakeAgent | None = None) -> tuple[Conversation, Page]:
    page, talk = opened(agent)

    async def run() -> None:
        for given in inputs:
            drawn = page.say(given, talk, ANN) if isinstance(given, str) else page.do(given, talk, ANN)
            async for _ in drawn:
                pass

    asyncio.run(run())
    return talk, page


def contents(talk: Conversation) -> list[str]:
    return [message["content"] for message in talk.messages()]


def test_a_turn_shows_the_words_the_steps_and_the_reply() -> None:
    talk, _ = talk_through("a mystery")
    messages = talk.messages()
    assert [m["role"] for m in messages] == ["user", "assistant", "assistant"]
    assert messages[1]["metadata"] == {"title": "Looked through 40 books in one way · 20 ms", "status": "done"}
    assert r"search\_meaning: 13 of 1,204 in 12 ms" in messages[1]["content"]
    assert "/look/how" not in messages[1]["content"]  # nothing is kept of it
    assert messages[2]["content"] == "I found **13** books that fit."
    assert [chip.text for chip in talk.chips] == ["mystery"]
    assert len(talk.slate) == 6


def test_an_empty_message_gets_a_nudge_and_no_turn() -> None:
    agent = FakeAgent()
    talk, _ = talk_through("   ", "", agent=agent)
    assert agent.threads == {}
    assert all("in the mood for" in text for text in contents(talk))


def test_choices_are_offered_once_and_only_on_the_last_question() -> None:
    talk, _ = talk_through("ask me")
    assert [o["value"] for o in talk.messages()[-1]["options"]] == ["Under 200 pages", "Any length"]
    talk, _ = talk_through("ask me", "travel")
    assert not any(message.get("options") for message in talk.messages())


def test_a_dislike_removes_the_item_and_says_so() -> None:
    talk, _ = talk_through("mystery")
    first = talk.slate[0]
    talk, _ = talk_through("mystery", {"kind": "dislike", "item_id": first.item_id})
    assert first.item_id not in [item.item_id for item in talk.slate]
    assert f"*You disliked {first.title}*" in contents(talk)


def test_removing_a_chip_says_which() -> None:
    talk, _ = talk_through("mystery", {"kind": "remove_chip", "key": "limit:genres:contains:Mystery"})
    assert talk.chips == []
    assert "*You lifted: mystery*" in contents(talk)


@pytest.mark.parametrize("deed", [{}, {"kind": "drop table"}, {"kind": "like", "item_id": ["x"]}])
def test_a_click_that_was_never_offered_changes_nothing(deed: dict[str, Any]) -> None:
    talk, _ = talk_through("mystery")
    after, _ = talk_through("mystery", deed)
    assert contents(after) == contents(talk)


def test_a_broken_turn_says_so_without_internals_and_keeps_the_state() -> None:
    talk, _ = talk_through("mystery", "crash please")
    assert "secret internals" not in str(contents(talk))
    assert "Nothing is lost" in contents(talk)[-1]
    assert [chip.text for chip in talk.chips] == ["mystery"]
    assert len(talk.slate) == 6
    talk, _ = talk_through("mystery", "crash please", "under 400 pages")
    assert [chip.text for chip in talk.chips] == ["mystery", "under 400 pages"]


def test_a_failure_of_the_agent_is_one_line() -> None:
    talk, _ = talk_through("fail now")
    assert "*The turn could not be finished; try again.*" in contents(talk)


def test_a_notice_is_shown_once() -> None:
    talk, _ = talk_through("offline travel")
    assert contents(talk).count("*The model did not answer; basic planner used.*") == 1


def test_a_stopped_turn_closes_its_steps() -> None:
    agent = FakeAgent()
    page, talk = opened(agent)

    async def run() -> None:
        async def follow() -> None:
            async for _ in page.say("slow", talk, ANN):
                pass

        task = asyncio.create_task(follow())
        while not any("metadata" in m for m in talk.messages()):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not talk.lock.locked()

    asyncio.run(run())
    assert agent.n_cancelled == 1
    assert [m["metadata"]["status"] for m in talk.messages() if "metadata" in m] == ["done"]
    assert contents(talk)[-1] == "*Stopped.*"


def test_a_turn_stopped_by_the_person_keeps_what_it_had() -> None:
    agent = FakeAgent()
    page, talk = opened(agent)

    async def follow() -> None:
        async for _ in page.say("slow mystery", talk, ANN):
            pass

    async def run() -> None:
        following = asyncio.create_task(follow())
        while not any("metadata" in m for m in talk.messages()):
            await asyncio.sleep(0)
        await talk.stop()
        await following

    asyncio.run(run())
    assert agent.n_cancelled == 1
    assert contents(talk)[-1] == "*Stopped.*"
    assert [chip.text for chip in talk.chips] == ["mystery"]


def test_turns_of_one_tab_wait_for_each_other() -> None:
    page, talk = opened()

    async def follow(drawn: Any) -> None:
        async for _ in drawn:
            pass

    async def run() -> None:
        first = follow(page.say("mystery", talk, ANN))
        second = follow(page.do(Action(kind="like", item_id="b1").model_dump(), talk, ANN))
        await asyncio.gather(first, second)

    asyncio.run(run())
    assert [m["role"] for m in talk.messages()].count("user") == 2
    assert len(talk.chips) == 2


def test_a_fresh_chat_forgets() -> None:
    page, talk = opened()

    async def run() -> tuple[Any, ...]:
        async for _ in page.say("mystery", talk, ANN):
            pass
        return [drawn async for drawn in page.do({"kind": "fresh"}, talk, ANN)][-1]

    chat, _, chips, _, _, fresh = asyncio.run(run())
    assert (chat.value, chips.strip(), fresh.thread_id) == ([], "", None)
    assert talk.closed


def test_the_badge_tells_when_the_model_was_replaced() -> None:
    class WithModel(FakeLibrary):
        def planner_name(self) -> str:
            return "some-model at 127.0.0.1:9001"

    page, talk = opened(library=WithModel())
    assert "some-model" in page.top(talk)
    drain(page.say("travel", talk, ANN))
    assert "some-model" not in page.top(talk)
    assert "basic planner" in page.top(talk)


def drain(drawn: AsyncIterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    async def run() -> list[tuple[Any, ...]]:
        return [parts async for parts in drawn]

    return asyncio.run(run())


def test_another_catalogue_begins_a_conversation_of_its_own() -> None:
    page, talk = opened(library=FakeLibrary(FakeAgent(), FakeAgent("larder", ("recipe", "recipes"))))
    drain(page.say("mystery", talk, ANN))
    chat, slate, chips, top, _, fresh = drain(page.do({"kind": "catalog", "key": "larder"}, talk, ANN))[-1]
    assert (fresh.about.name, fresh.thread_id, chat.value, chips.strip()) == ("larder", None, [], "")
    assert "recipes" in chat.placeholder
    assert "One of the recipes about a river" in [example["text"] for example in chat.examples]
    assert "Your recipes will stand here" in slate
    assert '<option value="larder" selected>larder · recipes</option>' in top
    assert "Cicerone · recipes" in top
    assert talk.closed


@pytest.mark.parametrize("name", ["broken", "../etc", "nowhere"])
def test_a_catalogue_that_cannot_be_opened_leaves_the_conversation(name: str) -> None:
    page, talk = opened(library=FakeLibrary(FakeAgent(), FakeAgent("larder")))
    drain(page.say("mystery", talk, ANN))
    drawn = drain(page.do({"kind": "catalog", "key": name}, talk, ANN))[-1]
    assert drawn[-1] is talk
    assert "The" in contents(talk)[-1]
    assert talk.about.name == "shelf"
    drain(page.say("under 300 pages", talk, ANN))
    assert [chip.text for chip in talk.chips] == ["mystery", "under 300 pages"]


def test_a_catalogue_that_goes_away_is_said_in_the_turn() -> None:
    library = FakeLibrary(FakeAgent(), FakeAgent("larder"))
    page, talk = opened(library=library)
    del library.agents["shelf"]
    drain(page.say("mystery", talk, ANN))
    assert "no catalogue" in contents(talk)[-1]
    assert talk.turns[-1].over


def test_a_link_to_a_catalogue_shows_it_and_a_plain_one_changes_nothing() -> None:
    page, talk = opened(library=FakeLibrary(FakeAgent(), FakeAgent("larder", ("recipe", "recipes"))))
    for name in (None, "shelf"):
        (drawn,) = drain(page.arrive(name, talk, ANN))
        assert not any(isinstance(part, Conversation | str) for part in drawn)
    assert drain(page.arrive("larder", talk, ANN))[-1][-1].about.name == "larder"
    drain(page.arrive("nowhere", talk, ANN))
    assert "there are: shelf, larder" in contents(talk)[-1]


def test_one_catalogue_needs_no_choice() -> None:
    page, talk = opened()
    assert "<select" not in page.top(talk)
    assert "your guide to books" in page.top(talk)


def test_settings_of_a_browser_hold_for_every_turn() -> None:
    page, talk = opened()
    drain(page.say("mystery", talk, Visitor("u", prefs=Prefs(k=3))))
    assert len(talk.slate) == 3


def test_cookies_that_hold_anything_else_set_nothing() -> None:
    assert Prefs.of({"cicerone_k": "9" * 5000, "cicerone_lean": "2", "cicerone_planner": "x"}) == Prefs()
    assert Prefs.of({"cicerone_k": "6", "cicerone_lean": "-1", "cicerone_planner": "basic"}) == Prefs(6, -1.0, False)
