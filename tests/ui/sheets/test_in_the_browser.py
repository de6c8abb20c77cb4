"""The chat with its sheets in a headless browser: reachable, readable, and deaf to hostile text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver import Browser, Page, ask, expect, launched, needs_chromium, people, served, settled
from fake_agent import FakeAgent, FakeLibrary
from hostile import HOSTILE

from retrieval.bundle import Bundle
from settings import Settings

pytestmark = needs_chromium
_GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(bundles_dir: Path, films: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from agents.library import Library

    settings = Settings(planner="basic", k=4, catalog="films", var_dir=bundles_dir)
    state = tmp_path_factory.mktemp("people") / "threads.sqlite"
    with served(Library(settings, state=state, embedder=films.embedder)) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    with people(browser, address) as open_it:
        yield open_it


def sheet(page: Page) -> str:
    expect(page.locator("#sheet[open] h1")).to_be_visible()
    return page.locator("#sheet").inner_text()


def test_a_title_opens_all_that_is_known_and_escape_closes_it(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a drama from before 2000")
    title = page.locator(".card h2 a").first
    title.focus()
    title.press("Enter")
    assert "Why it was picked" in sheet(page)
    page.locator("#sheet .near a").first.click()
    expect(page.locator("#sheet .sheet-back")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#sheet h1 bdi")).to_have_text(title.inner_text())
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(title).to_be_focused()


def test_ticked_cards_stand_side_by_side(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    ask(page, "a drama")
    for i in range(3):
        page.locator("[data-compare]").nth(i).check()
    expect(page.locator("[data-compare]").nth(3)).to_be_disabled()
    page.get_by_role("button", name="Compare these 3").click()
    expect(page.locator("#sheet .compared thead th")).to_have_count(3)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Untick all").click()
    expect(page.locator("#compare")).to_be_hidden()


def test_a_reload_comes_back_and_the_list_of_chats_opens_another(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a drama from before 2000")
    chips = page.locator(".chip").all_text_contents()
    page.wait_for_url("**/?thread=*")
    page.reload()
    expect(page.locator("#chat .user")).to_have_text(["a drama from before 2000"])
    expect(page.locator(".chip")).to_have_text(chips)
    expect(page.locator(".card .why").first).to_be_visible()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".card")).to_have_count(0)
    ask(page, "something funny")
    page.get_by_role("link", name="Chats").click()
    sheet(page)
    page.get_by_role("link", name="a drama from before 2000").click()
    expect(page.locator("#chat .user")).to_have_text(["a drama from before 2000"])


def test_the_last_message_is_taken_back_changed_and_tried_again(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "a drama")
    ask(page, "from before 2000")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("#box textarea")).to_have_value("from before 2000")
    expect(page.locator("#chat .user")).to_have_text(["a drama"])
    ask(page, "from before 1990")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#chat .user")).to_have_text(["a drama", "from before 1990"])
    settled(page)
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("#chat .user")).to_have_text(["a drama"])


def test_the_tour_is_shown_once(browser: Browser, address: str) -> None:
    with people(browser, address) as open_it:
        page = open_it(toured=False)
        expect(page.locator("#tour")).to_contain_text("1 of 3")
        page.get_by_role("button", name="No tour").click()
        page.reload()
        page.locator("#box textarea").wait_for()
        page.wait_for_timeout(300)
        expect(page.locator("#tour")).to_be_hidden()


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_nothing_shuts_people_out(open_page: Callable[..., Page], shade: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = open_page(color_scheme=shade, reduced_motion="reduce")

    def grave(where: str) -> list[str]:
        found = axe.run(page).response["violations"]
        return [f"{where}: {one['id']} {one['nodes'][0]['target']}" for one in found if one["impact"] in _GRAVE]

    faults = grave("start")
    ask(page, "a drama from before 2000")
    page.locator(".deed.like").first.click()
    expect(page.locator(".chip.like")).to_have_count(1)
    settled(page)
    faults += grave("chat")
    page.locator(".card h2 a").first.click()
    sheet(page)
    faults += grave("dialog")
    thread = page.url.split("thread=")[1]
    ids = [card.get_attribute("data-item") for card in page.locator(".card").all()[:2]]
    root = page.url.partition("?")[0]
    for path in (
        f"look/item?id={ids[0]}&thread={thread}", f"look/compare?id={ids[0]}&id={ids[1]}", f"look/how?thread={thread}",
        f"look/map?thread={thread}", f"look/you?thread={thread}", "look/chats", "look/settings",
    ):  # fmt: skip
        page.goto(root + path)
        faults += grave(path)
    page.goto(f"{root}look/share?thread={thread}")
    page.get_by_role("button", name="Make a link").click()
    faults += grave("share")
    page.goto(page.locator(".link input").input_value())
    faults += grave("shared")
    assert faults == []


def test_hostile_text_does_nothing_on_any_page(browser: Browser) -> None:
    agent = FakeAgent()
    for book, text in zip(agent.books.values(), HOSTILE, strict=False):
        book |= {"title": text, "blurb": text, "authors": [text], "genres": [text]}
    library = FakeLibrary(agent)
    with served(library) as address, people(browser, address) as open_it:
        page = open_it()
        for start in range(0, len(HOSTILE), 5):
            ask(page, "echo " + "\n\n".join(HOSTILE[start : start + 5]))
        ids = [key for key, _ in zip(agent.books, HOSTILE, strict=False)]
        for key in ids:
            page.goto(f"{address}look/item?id={key}")
            expect(page.locator("h1")).to_be_visible()
        page.goto(f"{address}look/map")
        for three in zip(ids[::3], ids[1::3], ids[2::3], strict=False):
            page.goto(f"{address}look/compare?" + "&".join(f"id={key}" for key in three))
            page.locator("th").first.hover()
        page.wait_for_timeout(200)
