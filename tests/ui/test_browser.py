"""A headless browser drives the chat page: type, wait for cards, click, remove, and look where requests go."""

from collections.abc import Callable, Iterator

import pytest
from driver import Browser, Page, ask, expect, launched, needs_chromium, people, say, served, settled
from fake_agent import NASTY, FakeAgent, FakeLibrary

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def agent() -> FakeAgent:
    return FakeAgent()


@pytest.fixture(scope="module")
def address(agent: FakeAgent) -> Iterator[str]:
    with served(FakeLibrary(agent)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    with people(browser, address) as open_it:
        yield open_it


def titles(page: Page) -> list[str]:
    return page.locator(".card h2 bdi").all_inner_texts()


def test_typing_brings_cards_with_reasons(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a mystery under 500 pages")
    expect(page.locator(".card")).to_have_count(6)
    first = page.locator(".card").first
    expect(first.locator(".poster b")).to_have_text(titles(page)[0])
    expect(first.locator(".why")).to_contain_text("of readers liked")
    expect(page.locator(".card.near .miss")).to_contain_text("you asked for “at most 150 pages”")
    expect(page.locator(".chip")).to_have_text(["mystery×", "under 500 pages×"])
    expect(page.locator("#top")).to_contain_text("basic planner")


def test_a_tool_step_opens(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a mystery")
    step = page.locator("#chat .thought-group").first
    expect(step).to_contain_text("Looked through 40 books in one way")
    expect(step).not_to_contain_text("query")
    step.locator(".title").click()
    expect(step).to_contain_text("search_meaning: 13 of 1,204 in 12 ms")
    expect(step).to_contain_text("query: a mystery")


def test_a_dislike_changes_the_slate_and_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a mystery")
    before = titles(page)
    page.get_by_role("button", name=f"Dislike: {before[0]}").click()
    expect(page.locator("#chat .user").last).to_contain_text(f"You disliked {before[0]}")
    expect(page.locator(".card h2 bdi").first).to_have_text(before[1])
    settled(page)
    assert before[0] not in titles(page)
    expect(page.locator(".chip.dislike")).to_contain_text(before[0])


def test_more_like_this_and_like_work_from_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "travel")
    anchor = titles(page)[1]
    page.get_by_role("button", name=f"More like this: {anchor}").press("Enter")
    expect(page.locator(".card .why").first).to_contain_text(f"close to {anchor}")
    settled(page)
    liked = titles(page)[0]
    page.get_by_role("button", name=f"Like: {liked}", exact=True).press("Space")
    expect(page.get_by_role("button", name=f"Like: {liked}", exact=True)).to_have_attribute("aria-pressed", "true")


def test_removing_a_chip_lifts_the_limit(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery under 200 pages")
    before = titles(page)
    page.get_by_role("button", name="Remove under 200 pages").click()
    expect(page.locator(".chip")).to_have_text(["mystery×"])
    settled(page)
    assert titles(page) != before
    expect(page.locator("#chat .user").last).to_contain_text("You lifted: under 200 pages")


def test_two_people_at_once_see_only_their_own(open_page: Callable[..., Page], agent: FakeAgent) -> None:
    ann, bob = open_page(), open_page()
    agent.users.clear()
    say(ann, "mystery")
    say(bob, "travel")
    expect(ann.locator(".chip")).to_have_text(["mystery×"])
    expect(bob.locator(".chip")).to_have_text(["travel×"])
    settled(ann)
    settled(bob)
    expect(bob.locator("#chat")).not_to_contain_text("mystery")
    assert len(agent.users) == 2
    second_tab = ann.context.new_page()
    second_tab.goto(ann.url.partition("?")[0])
    second_tab.locator("#box textarea").wait_for()
    expect(second_tab.locator(".chip")).to_have_count(0)
    ask(second_tab, "history")
    expect(second_tab.locator(".chip")).to_have_text(["history×"])
    expect(ann.locator(".chip")).to_have_text(["mystery×"])
    assert len(agent.users) == 2


@pytest.mark.parametrize("text", [NASTY, "echo ![x](http://evil.example/?q=1) <img src=http://evil.example/b.png>"])
def test_hostile_text_is_shown_and_does_nothing(open_page: Callable[..., Page], text: str) -> None:
    page = open_page()
    ask(page, text)
    expect(page.locator("#chat .user").last).to_contain_text(text)
    expect(page.locator(".card h2 bdi").first).to_have_text(NASTY)
    page.get_by_role("button", name=f"Like: {NASTY}", exact=True).click()
    expect(page.locator("#chat .user").last).to_contain_text(NASTY)
    settled(page)
    expect(page.locator(".chip")).to_contain_text(NASTY)
    assert page.locator("#chat img, #slate img, #chips img").count() == 0
    assert page.locator("#chat a:not([href^='/look/']), #slate a:not([href^='/look/'])").count() == 0


def test_a_question_is_answered_by_a_click(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "ask me")
    page.get_by_role("button", name="Under 200 pages").click()
    expect(page.locator(".chip")).to_have_text(["under 200 pages×"])
    settled(page)
    expect(page.locator("#chat .option")).to_have_count(0)


def test_a_starter_starts(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.locator("#chat .example").first.click()
    expect(page.locator(".chip")).to_have_text(["mystery×", "under 300 pages×"])


def test_an_empty_message_and_an_error_leave_the_page_usable(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "  ", reply="in the mood for")
    ask(page, "mystery")
    ask(page, "crash", reply="Something went wrong on my side")
    expect(page.locator(".chip")).to_have_text(["mystery×"])
    ask(page, "under 400 pages")
    expect(page.locator(".chip")).to_have_count(2)


def test_a_slow_turn_can_be_stopped(open_page: Callable[..., Page], agent: FakeAgent) -> None:
    page = open_page()
    before = agent.n_cancelled
    say(page, "slow mystery")
    expect(page.locator("#chat .thought-group")).to_contain_text("Looking through 40 books")
    page.locator("#box .stop-button").click()
    settled(page)
    expect(page.locator("#chat")).to_contain_text("Stopped.")
    assert agent.n_cancelled == before + 1
    ask(page, "mystery under 400 pages")


def test_what_is_typed_meanwhile_stays(open_page: Callable[..., Page]) -> None:
    page = open_page()
    say(page, "slow mystery")
    page.locator("#box .stop-button").wait_for()
    page.locator("#box textarea").fill("my next wish")
    page.locator("#box .stop-button").click()
    settled(page)
    expect(page.locator("#box textarea")).to_have_value("my next wish")


def test_a_new_chat_starts_over(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("#chat .example")).to_have_count(4)
    expect(page.locator(".card")).to_have_count(0)
    ask(page, "history")
    expect(page.locator(".chip")).to_have_text(["history×"])


def test_a_new_chat_leaves_a_slow_turn_behind(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "travel")
    say(page, "slow mystery")
    page.locator("#box .stop-button").wait_for()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("#chat .example")).to_have_count(4)
    settled(page)
    ask(page, "history")
    expect(page.locator(".chip")).to_have_text(["history×"])


def test_clicks_during_a_turn_wait_for_it(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery")
    page.evaluate("for (const deed of [...document.querySelectorAll('.deed.like')].slice(0, 3)) deed.click()")
    expect(page.locator(".chip.like")).to_have_count(3)
    settled(page)


def test_a_double_click_likes_once(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery")
    page.locator(".deed.like").nth(1).dblclick()
    expect(page.locator(".chip.like")).to_have_count(1)
    settled(page)
    expect(page.locator("#chat .user")).to_have_count(2)


def test_more_like_this_shows_the_top_of_the_new_list(open_page: Callable[..., Page]) -> None:
    page = open_page(reduced_motion="reduce")
    ask(page, "travel")
    page.locator(".deed.more_like").last.click()
    expect(page.locator("#chat .user")).to_have_count(2)
    settled(page)
    assert page.evaluate("document.querySelector('#slate').scrollTop") == 0


def test_a_pasted_book_is_shown_cut(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery " * 12_500)
    expect(page.locator("#chat .user")).to_contain_text("… (100,000 characters)")
    assert len(page.locator("#chat").inner_text()) < 3_000
