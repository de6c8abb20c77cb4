"""Take the pictures of the docs from a running server: python docs/screenshots.py [--address URL] [--say TEXT]."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "images"
MOST_BYTES = 250_000
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def main() -> int:
    """Take every picture; returns 1 where one is too big to keep."""
    parser = argparse.ArgumentParser(description="Take the pictures of the docs from a running server.")
    parser.add_argument("--address", default="http://127.0.0.1:7860/", help="where the chat page is")
    parser.add_argument("--say", help="the request to show (default: the page's first example)")
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("docs/screenshots.py: there is no chromium on the PATH; install it first.\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for name, viewport, shade in (
            ("chat", DESKTOP, "light"),
            ("chat-dark", DESKTOP, "dark"),
            ("chat-phone", PHONE, "light"),
        ):
            context = browser.new_context(viewport=viewport, color_scheme=shade)
            _take(context.new_page(), name, args.address, args.say)
            context.close()
        browser.close()
    pictures = sorted(FOLDER.glob("chat*.png"))
    for picture in pictures:
        _shrink(picture)
        sys.stdout.write(f"{picture.relative_to(FOLDER.parent.parent)}: {picture.stat().st_size / 1000:.0f} kB\n")
    return int(any(picture.stat().st_size > MOST_BYTES for picture in pictures))


def _shrink(picture: Path) -> None:
    """Keep 256 colours: a third of the size, and no difference to see."""
    from PIL import Image

    with Image.open(picture) as full:
        small = full.convert("RGB").quantize(256)
    small.save(picture, optimize=True)


def _take(page: Any, name: str, address: str, say: str | None) -> None:
    page.goto(address)
    page.locator("#box textarea").wait_for()
    if name == "chat":
        page.locator("#chat .example").first.wait_for()
        page.wait_for_timeout(400)
        page.screenshot(path=FOLDER / "chat-start.png")
    if say:
        page.locator("#box textarea").fill(say)
        page.locator("#box textarea").press("Enter")
    else:
        page.locator("#chat .example").first.click()
    page.locator(".card").first.wait_for()
    page.locator("#box .submit-button").wait_for()
    if name == "chat":
        page.locator(".deed.dislike").first.click()
        page.locator(".chip.dislike").wait_for()
        page.locator("#box .submit-button").wait_for()
        page.locator("#chat .thought-group .title").last.click()
    page.mouse.move(2, 2)
    page.wait_for_timeout(600)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
