"""Take the pictures of the docs.

python docs/screenshots.py [--address URL] [--say TEXT]       the chat of a running server
python docs/screenshots.py --catalogues DATA [NAME …]         build those of docs/catalogues.toml and talk
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 250_000
MOST_CATALOGUE_BYTES = 120_000
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
BROWSER = ("--headless", "--no-sandbox", "--disable-gpu")


@dataclass(frozen=True)
class Shown:
    """One catalogue of docs/catalogues.md: its files, relative to the folder of data or to docs/, and what is said."""

    name: str
    file: str
    says: tuple[str, ...]
    interactions: str = ""


def catalogues() -> list[Shown]:
    """Return the catalogues of docs/catalogues.toml."""
    entries = tomllib.loads((ROOT / "docs" / "catalogues.toml").read_text(encoding="utf-8"))["catalogue"]
    return [Shown(**entry | {"says": tuple(entry["says"])}) for entry in entries]


def main() -> int:
    """Take the pictures; returns 1 where one is too big to keep or there is no browser."""
    parser = argparse.ArgumentParser(description="Take the pictures of the docs.")
    parser.add_argument("--address", default="http://127.0.0.1:7860/", help="where the chat page is")
    parser.add_argument("--say", help="the request to show (default: the page's first example)")
    parser.add_argument("--catalogues", type=Path, metavar="DATA", help="folder of the catalogues to build and show")
    parser.add_argument("--var", type=Path, help="keep the catalogues built there (default: a folder that is removed)")
    parser.add_argument("--no-vectors", action="store_true", help="build without search by meaning")
    parser.add_argument("names", nargs="*", help="which catalogues (default: every one whose file is there)")
    args = parser.parse_args()
    if chromium() is None:
        sys.stderr.write("docs/screenshots.py: there is no chromium on the PATH; install it first.\n")
        return 1
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(BROWSER))
        pictures = _catalogues(browser, args) if args.catalogues else _chat(browser, args)
        browser.close()
    for picture in pictures:
        _shrink(picture)
        sys.stdout.write(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB\n")
    most = MOST_CATALOGUE_BYTES if args.catalogues else MOST_BYTES
    return int(any(picture.stat().st_size > most for picture in pictures))


def chromium() -> str | None:
    """Return the browser to take pictures with, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _chat(browser: Any, args: argparse.Namespace) -> list[Path]:
    for name, viewport, shade in (
        ("chat", DESKTOP, "light"),
        ("chat-dark", DESKTOP, "dark"),
        ("chat-phone", PHONE, "light"),
    ):
        context = _visitor(browser, args.address, viewport=viewport, color_scheme=shade)
        page = context.new_page()
        _take(page, name, args.address, args.say)
        if name == "chat":
            _sheets(page)
        context.close()
    return sorted([*FOLDER.glob("chat*.png"), *FOLDER.glob("sheet-*.png")])


def _visitor(browser: Any, address: str, **options: Any) -> Any:
    """Return a browser that needs no tour."""
    context = browser.new_context(**options)
    context.add_cookies([{"name": "cicerone_toured", "value": "1", "url": address}])
    return context


def _sheets(page: Any) -> None:
    """Picture what can be laid over the chat."""
    page.locator(".card h2 a").first.click()
    _picture(page, "sheet-item")
    for i in range(3):
        page.locator("[data-compare]").nth(i).check()
    page.locator("#compare .go").click()
    _picture(page, "sheet-compare")
    page.locator("#compare .clear").click()
    for name in ("map", "how"):
        page.locator(".menu summary").click()
        page.locator(f".menu a[href^='/look/{name}']").click()
        _picture(page, f"sheet-{name}")


def _picture(page: Any, name: str) -> None:
    page.locator("#sheet h1").wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.keyboard.press("Escape")


def _catalogues(browser: Any, args: argparse.Namespace) -> list[Path]:
    """Build, serve and picture one catalogue after the other; those whose file is missing are left out."""
    (FOLDER / "catalogues").mkdir(parents=True, exist_ok=True)
    pictures = []
    with contextlib.ExitStack() as stack:
        var = args.var or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for shown in catalogues():
            path = _file_of(shown.file, args.catalogues)
            if args.names and shown.name not in args.names:
                continue
            if not path.exists():
                sys.stdout.write(f"{shown.name}: left out, there is no {shown.file}\n")
                continue
            options = ["--no-vectors"] if args.no_vectors else []
            if shown.interactions:
                options += ["--interactions", str(_file_of(shown.interactions, args.catalogues))]
            _run(var, "build", "--catalog", str(path), "--name", shown.name, *options)
            with served(var, shown.name) as address:
                pictures.append(_talk(browser, shown, address))
    return pictures


def _file_of(name: str, data: Path) -> Path:
    return (ROOT / "docs" if name.startswith("examples/") else data) / name


def _environment(var: Path) -> dict[str, str]:
    return {**os.environ, "CICERONE_VAR_DIR": str(var.resolve())}


def _run(var: Path, *arguments: str) -> None:
    """Run one command as a user would, without an answer to any question."""
    subprocess.run(
        [sys.executable, "app.py", *arguments], cwd=ROOT, env=_environment(var), stdin=subprocess.DEVNULL, check=True
    )


@contextlib.contextmanager
def served(var: Path, name: str, wait_s: float = 120) -> Iterator[str]:
    """Yield the address of a server of one catalogue, once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "app.py", "serve", "--catalog", name, "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=_environment(var), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        until = time.monotonic() + wait_s
        while not _ready(address):
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"docs/screenshots.py: the server of {name!r} did not start.")
            time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _talk(browser: Any, shown: Shown, address: str) -> Path:
    """Say the sentences one after the other and picture what the last one brought."""
    context = _visitor(browser, address, viewport=DESKTOP)
    page = context.new_page()
    page.goto(address)
    say(page, shown.says)
    picture = FOLDER / "catalogues" / f"{shown.name}.png"
    page.mouse.move(2, 2)
    page.wait_for_timeout(600)
    page.screenshot(path=picture)
    context.close()
    return picture


def say(page: Any, texts: Sequence[str]) -> None:
    """Say sentences one after the other, each once the one before is answered."""
    page.locator("#box textarea").wait_for()
    for text in texts:
        said = page.locator("#chat .bot").count()
        page.locator("#box textarea").fill(text)
        page.locator("#box textarea").press("Enter")
        page.locator("#chat .bot").nth(said).wait_for()
        page.locator("#box .submit-button").wait_for()
        page.wait_for_timeout(600)


def _shrink(picture: Path) -> None:
    """Keep 256 colours: a third of the size, and no difference to see."""
    from PIL import Image

    with Image.open(picture) as full:
        small = full.convert("RGB").quantize(256)
    small.save(picture, optimize=True)


def _take(page: Any, name: str, address: str, text: str | None) -> None:
    page.goto(address)
    page.locator("#box textarea").wait_for()
    if name == "chat":
        page.locator("#chat .example").first.wait_for()
        page.wait_for_timeout(400)
        page.screenshot(path=FOLDER / "chat-start.png")
    if text:
        say(page, [text])
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
