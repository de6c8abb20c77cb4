"""How the page looks: whole words, readable contrast, nothing beyond the edge, light and dark."""

from collections.abc import Callable, Iterator

import pytest
from driver import Page, ask, expect, launched, needs_chromium, people, say, served, settled
from fake_agent import FakeLibrary

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def open_page() -> Iterator[Callable[..., Page]]:
    with served(FakeLibrary()) as address, launched() as browser, people(browser, address) as open_it:
        yield open_it


def test_icon_buttons_have_names(open_page: Callable[..., Page]) -> None:
    page = open_page()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    say(page, "slow mystery")
    page.get_by_role("button", name="Stop").click()
    settled(page)


_BROKEN = """() => [...document.querySelectorAll('.poster b')].flatMap((b) =>
  [...b.firstChild.data.matchAll(/[\\w']+/g)].filter((word) => {
    const range = document.createRange();
    range.setStart(b.firstChild, word.index);
    range.setEnd(b.firstChild, word.index + word[0].length);
    return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
  }).map((word) => word[0]))"""


@pytest.mark.parametrize("width", [320, 1280])
def test_words_stay_whole_on_posters_and_nothing_overlaps(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    ask(page, "a mystery under 300 pages")
    page.locator(".poster b").nth(1).evaluate("b => { b.textContent = 'Extraordinary Shawshank'; }")
    page.locator(".poster").nth(1).evaluate("poster => poster.style.setProperty('--longest', 13)")
    words = page.evaluate(_BROKEN)
    assert not {"Extraordinary", "Shawshank", "Lantern", "Harbour", "Orchard"} & set(words)
    brand, planner = page.locator(".brand strong").bounding_box(), page.locator(".planner").bounding_box()
    assert brand and planner and brand["x"] + brand["width"] <= planner["x"]


_RATIOS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((v, i) => (i === 3 ? v / 255 : v));
  };
  const over = (top, base) => [0, 1, 2].map((i) => top[i] * top[3] + base[i] * (1 - top[3]));
  const light = (rgb) => rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const low = {};
  const ratio = (element, pseudo) => {
    const layers = [];
    let opacity = 1;
    for (let e = element; e; e = e.parentElement) {
      layers.unshift(rgba(getComputedStyle(e).backgroundColor));
      opacity *= getComputedStyle(e).opacity;
    }
    const ground = layers.reduce((base, layer) => over(layer, base), [255, 255, 255]);
    const ink = rgba(getComputedStyle(element, pseudo).color);
    ink[3] *= opacity;
    const [a, b] = [light(over(ink, ground)), light(ground)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const note = (element, pseudo, words) => {
    const found = ratio(element, pseudo);
    if (found < 4.5 && found > 1) low[words] = found;  // 1 is hidden: a folded step
  };
  for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walk.nextNode(); ) {
    const element = walk.currentNode.parentElement, words = walk.currentNode.data.trim();
    if (words && element.offsetParent && !element.closest(".poster, script, style")) note(element, null, words);
  }
  note(document.querySelector("#box textarea"), "::placeholder", "placeholder");
  return low;
}"""


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_all_text_can_be_read(open_page: Callable[..., Page], shade: str) -> None:
    page = open_page(color_scheme=shade, reduced_motion="reduce")
    ask(page, "a mystery under 500 pages")
    page.locator(".deed.dislike").first.click()
    expect(page.locator(".chip.dislike")).to_have_count(1)
    settled(page)
    page.locator("#chat .thought-group .title").last.click()
    expect(page.locator("#chat .thought-group li").first).to_be_visible()
    assert page.evaluate(_RATIOS) == {}


def test_nothing_overflows_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    ask(page, "mystery " + "x" * 300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lefts = {box["x"] for card in page.locator(".card").all() if (box := card.bounding_box())}
    assert len(lefts) == 1
    box = page.locator("#box").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844


def test_dark_follows_the_system_and_the_switch(open_page: Callable[..., Page]) -> None:
    page = open_page(color_scheme="dark")
    ask(page, "mystery")
    ground = "getComputedStyle(document.querySelector('.gradio-container')).backgroundColor"
    assert page.evaluate(ground) == "rgb(23, 21, 18)"
    page.get_by_label("Menu").click()
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(ground) == "rgb(250, 248, 244)"
    page.reload()
    page.locator("#box textarea").wait_for()
    expect(page.locator("#box")).to_be_visible()
    page.wait_for_function(f"{ground} === 'rgb(250, 248, 244)'")


def test_right_to_left_text_reads_right_to_left(open_page: Callable[..., Page]) -> None:
    page = open_page()
    ask(page, "فيلم قديم")
    assert page.evaluate("getComputedStyle(document.querySelector('#chat .user p')).unicodeBidi") == "plaintext"
