"""The page with the real agent over a tiny real catalogue."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver import Page, ask, expect, launched, needs_chromium, people, served, settled

from retrieval.bundle import Bundle
from settings import Settings

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def open_page(bundles_dir: Path, films: Bundle) -> Iterator[Callable[..., Page]]:
    from agents.library import Library

    settings = Settings(planner="basic", k=4, catalog="films", var_dir=bundles_dir)
    with (
        served(Library(settings, embedder=films.embedder)) as address,
        launched() as browser,
        people(browser, address) as open_it,
    ):
        yield open_it


def titles(page: Page) -> list[str]:
    return page.locator(".card h2 bdi").all_inner_texts()


def test_a_conversation_with_the_real_agent(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a drama from before 2000")
    expect(page.locator(".card")).to_have_count(4)
    expect(page.locator(".chip.limit").first).to_be_visible()
    assert all(int(year) < 2000 for year in page.locator(".card h2 small").all_inner_texts())
    expect(page.locator("#chat .thought-group").first).to_contain_text(" ms")
    expect(page.locator(".card .why").first).to_be_visible()

    before = titles(page)
    page.get_by_role("button", name=f"Dislike: {before[0]}", exact=True).click()
    expect(page.locator("#chat .user").last).to_contain_text(f"You disliked {before[0]}")
    expect(page.locator(".chip.dislike")).to_contain_text(before[0])
    settled(page)
    assert before[0] not in titles(page)
    assert titles(page)

    n_chips, slate = page.locator(".chip").count(), titles(page)
    page.locator(".chip.limit").first.click()
    expect(page.locator(".chip")).to_have_count(n_chips - 1)
    settled(page)
    assert titles(page) != slate


def test_more_like_this_with_the_real_agent(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "something funny")
    anchor = titles(page)[0]
    page.get_by_role("button", name=f"More like this: {anchor}", exact=True).click()
    expect(page.locator("#chat .user").last).to_contain_text(f"More like {anchor}")
    settled(page)
    assert titles(page)
    assert anchor not in titles(page)
    expect(page.locator(".chip.dislike")).to_have_count(0)


def test_the_starters_of_the_catalogue_find_something(open_page: Callable[..., Page]) -> None:
    page = open_page()
    for i in range(page.locator("#chat .example").count()):
        page.locator("#chat .example").nth(i).click()
        expect(page.locator(".card").first).to_be_visible()
        settled(page)
        page.get_by_role("button", name="New chat").click()
        expect(page.locator(".card")).to_have_count(0)


def test_another_catalogue_brings_its_own_fields_and_starters(open_page: Callable[..., Page]) -> None:
    page = open_page()
    before = page.locator("#chat .example").all_inner_texts()
    ask(page, "a drama from before 2000")
    page.get_by_role("combobox", name="Catalogue").select_option("games")
    expect(page).to_have_title("Cicerone · games")
    expect(page.locator("#chat .example").first).to_be_visible()
    assert not set(before) & set(page.locator("#chat .example").all_inner_texts())
    ask(page, "something for under $40")
    expect(page.locator(".chip.limit")).to_have_count(1)
    expect(page.locator(".card").first).to_contain_text("$")
