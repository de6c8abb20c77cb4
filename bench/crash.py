"""Kill a server with SIGKILL in the middle of turns, and count what is lost: python bench/crash.py [--kills 50].

The language model is a stand-in, so that a turn takes most of a second and can be hit anywhere. Requests carry an
Idempotency-Key; after half of the kills the sender tries again with it, after the others it never comes back. Servers
are forked from a process that has imported everything, but for the first and the last one, whose starts are timed.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import runpy
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx2

from bench.serving.people import STORES, calling, exported, make_tokens, store, where
from bench.serving.processes import ROOT, serving, started, var_beside, wait_ready
from eval.metrics import percentile
from settings import load_settings

_LONGEST_S = 1.2
"""A kill comes this long after its message at the latest; most turns are over by then."""
_TURNS_A_THREAD = 6
_IMPORTED = (
    "app", "ui.serve", "ui.http", "ui.web", "ui.theme", "agents.library", "uvicorn", "gradio", "openai", "duckdb",
    "onnxruntime", "langgraph.checkpoint.sqlite.aio", "langgraph.checkpoint.postgres.aio", "psycopg_pool",
)  # fmt: skip


@dataclass
class Told:
    """What was sent, in order, and what came back."""

    sent: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    cold_s: list[float] = field(default_factory=list)
    """How long it took to start, imports included."""
    ready_s: list[float] = field(default_factory=list)
    """The same without them."""
    n_within: int = 0
    """Kills that came before the answer."""


class Talker:
    """Says one numbered thing after another, every few turns in a new thread."""

    def __init__(self, port: int, token: str, told: Told) -> None:
        self._port, self._token, self._told = port, token, told
        self._numbers = count(1)
        self._thread: str | None = None
        self._left = _TURNS_A_THREAD
        self.last: dict[str, Any] = {}
        """The request sent last."""

    def next(self) -> None:
        """Think of something new to say."""
        if not self._left:
            self._thread, self._left = None, _TURNS_A_THREAD
        self._left -= 1
        message = f"something about number {next(self._numbers)} of the sea"
        in_thread = {"thread_id": self._thread} if self._thread else {}
        stream = {"Accept": "text/event-stream"} if random.random() < 0.5 else {}
        self.last = {"json": {"message": message, **in_thread}, "headers": {"Idempotency-Key": str(uuid4()), **stream}}
        self._told.sent.append(message)

    async def say(self) -> None:
        """Send it; note whether it was answered to the end."""
        async with calling(self._port, self._token) as client:
            answer = await client.post("/v1/chat", **self.last)
        answer.raise_for_status()
        whole = "thread_id" in answer.text and ("Accept" not in self.last["headers"] or "turn_finished" in answer.text)
        if not whole:
            raise ValueError(answer.text[-300:])
        self._told.answered.add(self.last["json"]["message"])
        if self._thread is None:
            self._thread = answer.text.split('"thread_id":"')[1].split('"')[0]


@contextmanager
def forked(port: int, settings: dict[str, str]) -> Iterator[Any]:
    """Run a server like `serving`, in a tenth of the time."""
    process = multiprocessing.get_context("forkserver").Process(target=_serve, args=(port, settings))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _serve(port: int, settings: dict[str, str]) -> None:
    """Be `app.py serve`."""
    os.environ |= {f"CICERONE_{name.upper()}": value for name, value in settings.items()}
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives
    sys.argv = ["app.py", "serve", "--port", str(port)]
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


async def killed(server: Any, talker: Talker, told: Told) -> None:
    """Send something and kill the server while it answers."""
    talker.next()
    saying = asyncio.create_task(talker.say())
    await asyncio.sleep(random.uniform(0, _LONGEST_S))
    os.kill(server.pid, signal.SIGKILL)
    try:
        await saying
    except (httpx2.HTTPError, ValueError):
        told.n_within += 1


async def crash(port: int, model_port: int, var_dir: Path, url: str | None, n_kills: int) -> None:
    """Kill, start again, look."""
    told = Told()
    [token] = make_tokens(1, var_dir, url)
    talker = Talker(port, token, told)
    settings = where(var_dir, url) | {"llm_base_url": f"http://127.0.0.1:{model_port}/v1", "llm_model": "stub"}
    for i in range(n_kills + 1):
        cold = i in (0, n_kills)
        with serving(port, **settings) if cold else forked(port, settings) as server:
            (told.cold_s if cold else told.ready_s).append(wait_ready(port))
            if i and i % 2 and talker.last["json"]["message"] not in told.answered:
                await talker.say()
            talker.next()
            await talker.say()
            if i < n_kills:
                await killed(server, talker, told)
            else:
                kept = await exported(port, token)
    _judge(told, kept, url, var_dir, n_kills)


def _judge(told: Told, kept: dict[str, Any], url: str | None, var_dir: Path, n_kills: int) -> None:
    """Print the row of a store. Raises SystemExit where something acknowledged is missing, or is there twice."""
    threads = [[turn["user"] for turn in thread["past"]] for thread in kept["conversations"].values()]
    there = [message for thread in threads for message in thread]
    lost = [message for message in told.answered if message not in there]
    twice = len(there) - len(set(there))
    place = {message: i for i, message in enumerate(told.sent)}
    unordered = sum(thread != sorted(thread, key=place.__getitem__) for thread in threads)
    whole = url is not None or all(map(_whole, (var_dir / "people").glob("*.sqlite")))
    cells = (
        f"{'postgres' if url else 'sqlite':9} {n_kills:5} {told.n_within:11} {len(told.sent):5}",
        f"{len(told.answered):9} {len(lost):5} {twice:6} {unordered:10} {'yes' if whole else 'NO':>12}",
        f"{max(told.cold_s):11.1f} {percentile(told.ready_s or [0.0], 0.5):11.1f}",
    )
    print(*cells, flush=True)
    if lost or twice or unordered or not whole:
        raise SystemExit(f"lost {lost}, {twice} twice, {unordered} threads out of order, files whole: {whole}")


def _whole(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def main() -> None:
    """Kill servers of both stores."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--kills", type=int, default=50)
    args.add_argument("--stores", nargs="+", choices=STORES, default=STORES)
    args.add_argument("--port", type=int, default=8130)
    args.add_argument("--call-s", type=float, default=0.3)
    args.add_argument("--seed", type=int, default=int(time.time()))
    given = args.parse_args()
    random.seed(given.seed)
    print(f"seed {given.seed}, model {given.call_s} s a call")
    print("store     kills in the turn  sent  answered  lost  twice  unordered  files whole  cold start  forked p50")
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    multiprocessing.set_forkserver_preload(list(_IMPORTED))
    model = ("bench/serving/stub_model.py", "--port", str(given.port + 1), "--call-s", str(given.call_s))
    with started(*model):
        for name in given.stores:
            with store(name) as url, var_beside(load_settings().var_dir) as var_dir:
                asyncio.run(crash(given.port, given.port + 1, var_dir, url, given.kills))


if __name__ == "__main__":
    main()
