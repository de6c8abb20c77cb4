"""The page in a real browser: fits a phone, follows dark and light, loads nothing and runs nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.reporting.report_command import page_of
from eval.reporting.sources import read_sources

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH to look at the page with")
EVIL = "<img src=https://evil.example/x onerror=\"document.title='hit'\"><script>document.title='hit'</script>"
WIDE = "Supercalifragilistic" * 12


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    lines = []
    for i in range(12):
        turns = [
            {"role": "user", "text": EVIL},
            {"role": "assistant", "text": WIDE, "ms": 300, "tools": [{"name": WIDE}]},
        ]
        lines.append({"dialogue_id": str(i), "system": f"system {i % 3} {EVIL}", "turns": turns, "reward": i % 2})
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = [{"dialogue_id": str(i), "system": "s", "fold": "s", "predicted": i / 5, "label": i % 4} for i in range(40)]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in told))
    page = tmp_path / "report.html"
    page.write_text(page_of(read_sources([tmp_path / "d.jsonl", tmp_path / "c.jsonl"]), "Report"), encoding="utf-8")
    return page.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_follows_the_scheme_and_is_inert(browser: "Browser", address: str, width: int, scheme: str) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() == "Report" and asked == [address] and not said
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == ("rgb(21, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)")
    assert page.locator("svg circle").count() > 40 and page.locator("details").count() == 6
    page.close()
