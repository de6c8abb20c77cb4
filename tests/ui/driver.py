"""A server in a thread and a headless browser to drive its page."""

import asyncio
import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from ui.guide import Guides  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH to drive the page with")
ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WAIT_MS = 20_000


@contextlib.contextmanager
def served(guides: Guides) -> Iterator[str]:
    """Serve catalogues on a free port; yields the page's address."""
    import uvicorn

    from ui.http import create_app

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    servers: list[uvicorn.Server] = []

    async def serve() -> None:
        async with guides:
            servers.append(uvicorn.Server(uvicorn.Config(await create_app(guides), log_level="error")))
            await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    while not (servers and servers[0].started) and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    servers[0].should_exit = True
    thread.join(10)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Yield a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield browser
        browser.close()


@contextlib.contextmanager
def people(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens the page as a new person.

    At the end nothing may have gone to another host, popped up or broken.
    """
    contexts, faults = [], []

    def open_it(*, toured: bool = True, **options: Any) -> Page:
        context = browser.new_context(**options)
        if toured:
            context.add_cookies([{"name": "cicerone_toured", "value": "1", "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        page.on("request", lambda request: faults.extend(_outside(request.url, address)))
        page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"script error {error}"))
        page.goto(address)
        page.locator("#box textarea").wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []


def _outside(url: str, address: str) -> list[str]:
    own = urlsplit(url).scheme in ("data", "blob") or urlsplit(url).netloc == urlsplit(address).netloc
    return [] if own else [f"request to {url}"]


def say(page: Page, text: str) -> None:
    page.locator("#box textarea").fill(text)
    page.locator("#box textarea").press("Enter")


def settled(page: Page) -> None:
    """Wait until the turn is over: the send button is back."""
    page.locator("#box .submit-button").wait_for()


def ask(page: Page, text: str, reply: str = "") -> None:
    said, asked = page.locator("#chat .bot").count(), page.locator("#chat .user").count()
    say(page, text)
    try:
        expect(page.locator("#chat .user")).to_have_count(asked + 1, timeout=5000)
    except AssertionError:
        say(page, text)  # a page on a busy machine shows its box before it listens
    expect(page.locator("#chat .bot")).to_have_count(said + 1)
    expect(page.locator("#chat .bot").last).to_contain_text(reply)
    settled(page)
