"""Several catalogues in one page: the choice in the top line, links to one of them, and a real swap under a chat."""

from collections.abc import Callable, Iterator

import pytest
from driver import Browser, Page, ask, expect, launched, needs_chromium, people, served, settled
from fake_agent import NASTY, FakeAgent, FakeLibrary

pytestmark = needs_chromium
LONG = "a-catalogue-whose-name-is-longer-than-any-line-of-a-phone"


@pytest.fixture(scope="module")
def library() -> FakeLibrary:
    return FakeLibrary(
        FakeAgent(), FakeAgent("larder", ("recipe", "recipes")), FakeAgent(LONG, ("item", "items")), FakeAgent("broken")
    )


@pytest.fixture(scope="module")
def address(library: FakeLibrary) -> Iterator[str]:
    with served(library) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    with people(browser, address) as open_it:
        yield open_it


def choose(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Catalogue").select_option(name)


def test_choosing_begins_a_conversation_about_that_catalogue(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert page.title() == "Cicerone · books"
    ask(page, "mystery")
    choose(page, "larder")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#chat")).to_contain_text("every one of the recipes here")
    expect(page.locator("#chat .example").nth(1)).to_have_text("One of the recipes about a river")
    expect(page.locator(".chip")).to_have_count(0)
    expect(page).to_have_title("Cicerone · recipes")
    ask(page, "travel")
    expect(page.locator("#slate .count")).to_have_text("6 recipes, best first")
    expect(page.locator("#chat .user")).to_have_count(1)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("#chat")).to_contain_text("every one of the recipes here")
    page.reload()
    expect(page).to_have_title("Cicerone · recipes")
    expect(page.get_by_role("combobox", name="Catalogue")).to_have_value("larder")


def test_a_link_opens_its_catalogue_and_an_unknown_one_says_so(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    page.goto(f"{address}?catalog=larder")
    expect(page).to_have_title("Cicerone · recipes")
    page.locator("#chat .example").nth(1).click()
    expect(page.locator("#slate .count")).to_contain_text("recipes, best first")
    settled(page)
    page.goto(f"{address}?catalog={NASTY}")
    expect(page.locator("#chat")).to_contain_text("there are: shelf, larder")
    ask(page, "mystery")
    expect(page.locator("#slate .count")).to_contain_text("books, best first")


def test_one_that_cannot_be_opened_leaves_the_conversation(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "mystery")
    choose(page, "broken")
    expect(page.locator("#chat .bot").last).to_contain_text("is damaged")
    expect(page.get_by_role("combobox", name="Catalogue")).to_have_value("shelf")
    ask(page, "under 300 pages")
    expect(page.locator(".chip")).to_have_count(2)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_choice_fits_the_top_line(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    choose(page, LONG)
    expect(page).to_have_title("Cicerone · items")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = [page.locator(f"#top {part}").bounding_box() for part in ("select", ".planner", ".plain >> nth=0")]
    edges = [(box["x"], box["x"] + box["width"]) for box in parts if box]
    assert len(edges) == 3
    assert all(before[1] <= after[0] for before, after in zip(edges, edges[1:], strict=False))
    assert edges[0][1] - edges[0][0] >= 80
