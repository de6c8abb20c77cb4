"""Two replicas behind nginx, people's data in Postgres: the arrangement of compose.yaml, as processes on loopback.

python bench/replicas.py needs Debian's nginx and postgresql. It talks through the proxy, stops one replica in the
middle of it, and says what was lost.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.postgres_server import postgres_server, programs
from bench.serving.processes import ROOT, serving, var_beside, wait_ready
from settings import load_settings

_TALK = ("a slow, dreamy story about memory", "newer", "anything else?", "more like the second one", "something else")


@contextmanager
def proxy(port: int, replicas: dict[str, int]) -> Iterator[None]:
    """Run nginx with the configuration that is deployed, its names and ports put in."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for name, at in replicas.items():
        text = text.replace(f"server {name}:7860", f"server 127.0.0.1:{at}")
    with tempfile.TemporaryDirectory() as folder:
        text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/nginx", f"{folder}/nginx")
        Path(folder, "nginx.conf").write_text(text, encoding="utf-8")
        command = [shutil.which("nginx") or "nginx", "-c", f"{folder}/nginx.conf", "-g", "daemon off;"]
        process = subprocess.Popen(command)
        try:
            yield
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)


def say(port: int, text: str, thread_id: str | None = None) -> tuple[int, dict[str, Any]]:
    """Take one turn; return the status, 0 where the connection broke, and the answer."""
    body = {"message": text, **({"thread_id": thread_id} if thread_id else {})}
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat", json.dumps(body).encode(), head)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return error.code, {}
    except OSError:
        return 0, {}


def turns_of(port: int) -> float:
    """Return how many turns a replica has taken."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("cicerone_turns_total{"))


def one_thread_on_both(one: int, two: int) -> None:
    """Go on with a thread on the other replica."""
    _, first = say(one, "a drama from the 90s")
    status, second = say(two, "not longer than two hours", first["thread_id"])
    fields = [limit["field"] for limit in second.get("filters", [])]
    print(f"thread of replica one continued on two: status {status}, limits kept and added: {fields}")
    shown = {item["item_id"] for item in first["items"]}
    _, third = say(one, "anything else?", first["thread_id"])
    again = shown & {item["item_id"] for item in third["items"]}
    print(f"back on one: {len(third['filters'])} limits, {len(again)} items shown again")


class Talkers:
    """People who talk through the proxy until they are told to stop."""

    def __init__(self, port: int, n: int) -> None:
        self.statuses: Counter[int] = Counter()
        self.n_lost = 0
        """Turns of a thread after which the thread did not know its limits."""
        self._port, self._over = port, threading.Event()
        self._threads = [threading.Thread(target=self._talk) for _ in range(n)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _talk(self) -> None:
        while not self._over.is_set():
            status, answer = say(self._port, "a drama from the 90s")
            self.statuses[status] += 1
            limits = answer.get("filters")
            for text in _TALK[1:]:
                if not limits or self._over.is_set():
                    break
                status, answer = say(self._port, text, answer["thread_id"])
                self.statuses[status] += 1
                self.n_lost += status == 200 and len(answer["filters"]) < 1
                if status != 200:
                    break


def main() -> None:
    """Start everything, talk, stop one replica, start it again."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--port", type=int, default=8380)
    args.add_argument("--kill", action="store_true", help="kill -9 the replica instead of stopping it")
    given = args.parse_args()
    front, one, two = given.port, given.port + 1, given.port + 2
    bin_dir = programs()
    if bin_dir is None or not shutil.which("nginx"):
        sys.exit("postgresql and nginx are needed: apt-get install postgresql nginx-light")
    var_dir = load_settings().var_dir
    with postgres_server(bin_dir) as postgres, var_beside(var_dir) as var_one, var_beside(var_dir) as var_two:
        shared: dict[str, Any] = {"planner": "basic", "state_url": postgres.url(), "secret": os.urandom(16).hex()}
        with (
            serving(two, var_dir=str(var_two), **shared),
            proxy(front, {"one": one, "two": two}),
        ):
            with serving(one, var_dir=str(var_one), **shared) as first:
                wait_ready(one)
                wait_ready(two)
                one_thread_on_both(one, two)
                talkers = Talkers(front, 4)
                time.sleep(8)
                print(f"through the proxy: {turns_of(one):.0f} turns on one, {turns_of(two):.0f} on two")
                began = time.monotonic()
                first.send_signal(signal.SIGKILL if given.kill else signal.SIGTERM)
                code = first.wait(45)
                print(f"replica one ended with {code} after {time.monotonic() - began:.1f} s")
                time.sleep(6)
            with serving(one, var_dir=str(var_one), **shared):
                print(f"replica one ready again after {wait_ready(one):.1f} s")
                time.sleep(8)
                talkers.stop()
                print(f"then {turns_of(one):.0f} turns on it, {turns_of(two):.0f} on two")
            print(f"statuses seen through the proxy: {dict(talkers.statuses)}; limits forgotten: {talkers.n_lost}")


if __name__ == "__main__":
    main()
