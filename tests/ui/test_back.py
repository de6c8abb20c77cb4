"""Going back in a conversation, and coming back to one: page and thread stay of one mind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.library import Library
from retrieval.bundle import Bundle
from settings import Settings
from ui.conversation import Conversation
from ui.page import Page
from ui.visitor import Visitor

ANN, BOB = Visitor("ann"), Visitor("bob")
Visit = Callable[[Page, Conversation], Awaitable[None]]


@pytest.fixture
def visit(bundles_dir: Path, films: Bundle, tmp_path: Path) -> Callable[[Visit], None]:
    """Run a visit to the page over tiny real films that keeps threads and traces."""
    settings = Settings(planner="basic", k=4, catalog="films", var_dir=bundles_dir)

    def run(visiting: Visit) -> None:
        async def opened() -> None:
            state = tmp_path / "people" / "threads.sqlite"
            async with Library(settings, state=state, embedder=films.embedder) as library:
                page = Page(library)
                await visiting(page, await page.fresh())

        asyncio.run(opened())

    return run


async def last(drawn: AsyncIterator[tuple[Any, ...]]) -> tuple[Any, ...]:
    return [parts async for parts in drawn][-1]


def said(talk: Conversation) -> list[str]:
    return [turn.said for turn in talk.turns]


def test_what_is_taken_back_the_thread_forgets_too(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama", talk, ANN))
        before = ([chip.text for chip in talk.chips], [item.item_id for item in talk.slate])
        await last(page.say("from before 2000", talk, ANN))
        assert len(talk.chips) == 2
        await last(page.do({"kind": "undo"}, talk, ANN))
        assert said(talk) == ["a drama"]
        assert ([chip.text for chip in talk.chips], [item.item_id for item in talk.slate]) == before
        assert (await page.guides.thread("ann", str(talk.thread_id))).n_turns == 1
        assert talk.slate[0].reasons

    visit(visiting)


def test_taking_back_the_first_message_leaves_a_fresh_chat(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama", talk, ANN))
        await last(page.do({"kind": "undo"}, talk, ANN))
        assert (talk.thread_id, talk.turns, talk.slate, talk.chips) == (None, [], [], [])
        assert await page.guides.people.threads.listing("ann") == []
        await last(page.do({"kind": "undo"}, talk, ANN))
        await last(page.say("something funny", talk, ANN))
        assert talk.slate

    visit(visiting)


def test_a_message_is_tried_again_in_its_own_place(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama", talk, ANN))
        await last(page.say("from before 2000", talk, ANN))
        await last(page.do({"kind": "again"}, talk, ANN))
        assert said(talk) == ["a drama", "from before 2000"]
        past = (await page.guides.thread("ann", str(talk.thread_id))).past
        assert [turn.user for turn in past] == said(talk)

    visit(visiting)


def test_a_message_to_be_changed_goes_into_the_box_as_it_was_typed(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a *drama* & more", talk, ANN))
        _, _, _, _, box, _ = await last(page.do({"kind": "edit"}, talk, ANN))
        assert box.value == "a *drama* & more"
        assert talk.turns == []

    visit(visiting)


def test_a_click_is_taken_back_but_not_typed_again(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama", talk, ANN))
        assert [kind for kind, _ in page.back.ways(talk)] == ["undo", "again", "edit"]
        await last(page.do({"kind": "like", "item_id": talk.slate[0].item_id}, talk, ANN))
        assert [kind for kind, _ in page.back.ways(talk)] == ["undo"]
        await last(page.do({"kind": "undo"}, talk, ANN))
        assert not [chip for chip in talk.chips if chip.kind == "like"]

    visit(visiting)


def test_a_thread_comes_back_with_its_list_its_limits_and_its_reasons(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama from before 2000", talk, ANN))
        drawn = await last(page.arrive(None, await page.fresh(), ANN, str(talk.thread_id)))
        back = drawn[-1]
        assert said(back) == said(talk)
        assert [item.item_id for item in back.slate] == [item.item_id for item in talk.slate]
        assert back.chips == talk.chips
        assert [r.text for r in back.slate[0].reasons] == [r.text for r in talk.slate[0].reasons]
        assert back.slate[0].satisfies == talk.slate[0].satisfies
        await last(page.say("with Tom Hanks", back, ANN))
        assert (await page.guides.thread("ann", str(talk.thread_id))).n_turns == 2

    visit(visiting)


def test_nobody_comes_back_to_the_thread_of_another(visit: Callable[[Visit], None]) -> None:
    async def visiting(page: Page, talk: Conversation) -> None:
        await last(page.say("a drama", talk, ANN))
        other = await page.fresh()
        await last(page.do({"kind": "open", "key": talk.thread_id}, other, BOB))
        assert other.thread_id is None
        assert "not here any more" in other.turns[-1].notices[0]

    visit(visiting)
