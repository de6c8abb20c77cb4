"""Show every text of a folder wherever the page shows text, and count what it sets off.

python bench/hostile_page.py FOLDER [--most N]

The texts become the titles, facts, names and texts of a catalogue, messages of a chat, and statements of a profile.
A dialog, a script error or a request to any other host is a fault; prints the counts, and returns 1 where there is one.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs"), str(ROOT / "tests" / "ui")]

import screenshots  # noqa: E402

_MARKED = re.compile(r"<\s*/?\w|\]\s*[(\[]|://|javascript:|\{\{|\$\{|data:", re.I)
"""Texts that hold what could act come first."""
_CHARS_SAID = 3_500
_LIKED = 20


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description="Show hostile texts everywhere.")
    parser.add_argument("folder", type=Path, help="texts: JSON of any shape, or a text a line")
    parser.add_argument(
        "--most", type=int, default=10_000, help="so many texts at most, those with tags, links or addresses first"
    )
    args = parser.parse_args()
    texts = sorted(dict.fromkeys(filter(str.strip, _texts(args.folder))), key=lambda text: not _MARKED.search(text))
    texts = texts[: args.most]
    from hostile import HOSTILE

    texts += HOSTILE
    with tempfile.TemporaryDirectory() as var:
        _build(texts, Path(var))
        os.environ.update(CICERONE_PROXY_HEADER="X-Name", CICERONE_PROXY_ADDRESSES="127.0.0.1", CICERONE_GUESTS="on")
        with screenshots.served(Path(var), "hostile") as address:
            n_pages, faults = _shown(texts, address)
    report = {"texts": len(texts), "pages": n_pages, "faults": len(faults), "first": faults[:10]}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return int(bool(faults))


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text("utf-8", "replace")
        try:
            yield from _strings(json.loads(text))
        except ValueError:
            yield from text.splitlines()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _build(texts: Sequence[str], var: Path) -> None:
    path = var / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "title", "kind", "author", "description"])
        table.writerows([f"i{i}", text, text[:60], text[:80], f"{text} {text}"] for i, text in enumerate(texts))
    roles = ["--role", "title=title", "--role", "kind=facet", "--role", "author=person", "--role", "description=text"]
    command = ["build", "--catalog", str(path), "--name", "hostile", "--no-vectors", *roles]
    subprocess.run(
        [sys.executable, "app.py", *command], cwd=ROOT, env={**os.environ, "CICERONE_VAR_DIR": str(var)},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip


def _shown(texts: Sequence[str], address: str) -> tuple[int, list[str]]:
    """Return how many pages were looked at, and the faults."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=screenshots.chromium(), args=list(screenshots.BROWSER))
        context = browser.new_context(extra_http_headers={"X-Name": "ada"})
        context.add_cookies([{"name": "cicerone_k", "value": "20", "url": address}])
        page = context.new_page()
        own = urlsplit(address).netloc
        page.on("request", lambda sent: faults.extend([f"request {sent.url[:200]}"] * _is_outside(sent.url, own)))
        page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"script error {str(error)[:200]}"))
        n_pages = _sheets(page, len(texts), address) + _chat(page, texts, address)
        browser.close()
    return n_pages, faults


def _is_outside(url: str, own: str) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != own


def _sheets(page: Any, n: int, address: str) -> int:
    ids = [f"i{i}" for i in range(n)]
    asked = ["look/item?" + urlencode({"id": one}) for one in ids]
    asked += ["look/compare?" + urlencode([("id", one) for one in ids[i : i + 3]]) for i in range(0, n - 1, 3)]
    for path in asked:
        page.goto(address + path)
    for one in ids[-_LIKED:]:
        page.request.post(f"{address}v1/feedback", data={"kind": "like", "item_id": one})
    page.goto(f"{address}look/you")
    return len(asked) + 1


def _chat(page: Any, texts: Sequence[str], address: str) -> int:
    """Say all of them, some in one message, and look at the lists that come of it and at what is told of them."""
    page.goto(address)
    said, n_said = "", 0
    for text in [*texts, None]:
        if text is None or len(said) + len(text) > _CHARS_SAID:
            screenshots.say(page, [said])
            page.locator("#chat .thought-group .title").last.click() if page.locator(
                "#chat .thought-group"
            ).count() else 0
            n_said, said = n_said + 1, ""
        said += f"{text}\n\n"
    thread = page.url.partition("thread=")[2]
    page.goto(f"{address}look/share?thread={thread}")
    page.get_by_role("button", name="Make a link").click()
    page.goto(page.locator(".link input").input_value())
    for path in (f"look/how?thread={thread}", "look/chats", "look/you"):
        page.goto(address + path)
    return n_said + 5


if __name__ == "__main__":
    sys.exit(main())
