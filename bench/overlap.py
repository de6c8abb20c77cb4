"""Many messages at once to one store, from outside: python bench/overlap.py [--parts order replicas strangers].

`order`: 10 threads are sent 30 messages each without waiting for answers. `replicas`: the same, to two servers on one
Postgres database by turns. `strangers`: 50 people tell a secret word each in 1,000 turns that overlap; nobody may
ever see another's, in answers, traces or exports.
"""

import argparse
import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving.people import STORES, calling, exported, make_tokens, store, where
from bench.serving.processes import serving, var_beside, wait_ready
from settings import load_settings

_N_THREADS, _N_MESSAGES = 10, 30
_N_PEOPLE, _N_TURNS = 50, 1000
_AT_ONCE = 25
_APART_S = 0.3
"""Between two messages to one thread: enough for them to arrive in this order."""


async def flood(ports: list[int], token: str) -> tuple[int, float]:
    """Send every thread its messages without waiting; return how many were answered, and the seconds that took."""
    clients = [calling(port, token) for port in ports]
    opened = [(await clients[0].post("/v1/chat", json={"message": f"opening {i}"})).json() for i in range(_N_THREADS)]
    sending: list[asyncio.Task[Any]] = []
    began = time.monotonic()
    for number in range(_N_MESSAGES):
        for i, thread in enumerate(opened):
            asked = {"message": f"message {number} of {i}", "thread_id": thread["thread_id"]}
            sending.append(asyncio.create_task(clients[number % len(clients)].post("/v1/chat", json=asked)))
        await asyncio.sleep(_APART_S)
    answers = await asyncio.gather(*sending)
    spent_s = time.monotonic() - began
    for client in clients:
        await client.aclose()
    return sum(answer.status_code == 200 for answer in answers), spent_s


async def order(ports: list[int], token: str, name: str) -> None:
    """Flood and look what is there. Raises SystemExit where a reply is missing, or one server mixed them up."""
    n_answered, spent_s = await flood(ports, token)
    kept = (await exported(ports[0], token))["conversations"].values()
    past = {thread["past"][0]["user"].split()[1]: thread["past"][1:] for thread in kept}
    wanted = {i: [f"message {number} of {i}" for number in range(_N_MESSAGES)] for i in past}
    there = sum(len(set(wanted[i]) & {turn["user"] for turn in turns if turn["reply"]}) for i, turns in past.items())
    n_kept = sum(map(len, past.values()))
    in_order = sum([turn["user"] for turn in turns] == wanted[i] for i, turns in past.items())
    print(
        f"{name:20} {n_answered:3} answered, {there} of {_N_THREADS * _N_MESSAGES} there ({n_kept} kept), "
        f"{in_order} of {_N_THREADS} threads in the order sent, {spent_s:.1f} s", flush=True,
    )  # fmt: skip
    if not n_answered == there == n_kept == _N_THREADS * _N_MESSAGES or (len(ports) == 1 and in_order < _N_THREADS):
        raise SystemExit("Messages are missing, doubled or out of order.")


async def strangers(port: int, tokens: list[str], folder: Path, name: str) -> None:
    """Let everybody talk about their own word at once. Raises SystemExit where anybody sees another's."""
    words = [f"zq{i:02d}canary" for i in range(len(tokens))]
    said = (
        "I love anything {0}, my dog is called {0}",
        "newer",
        "not about {0}",
        "something with {0} in it",
        "why {0}?",
    )
    places, seen = asyncio.Semaphore(_AT_ONCE), dict.fromkeys(words, "")

    async def live(word: str, token: str) -> None:
        thread: str | None = None
        async with calling(port, token) as client:
            for number in range(_N_TURNS // len(tokens)):
                asked = {"message": random.choice(said).format(word)} | ({"thread_id": thread} if thread else {})
                async with places:
                    answer = await client.post("/v1/chat", json=asked)
                answer.raise_for_status()
                seen[word] += answer.text
                thread = None if number % 7 == 6 else answer.json()["thread_id"]
        seen[word] += str(await exported(port, token))

    await asyncio.gather(*map(live, words, tokens))
    foreign = [word for word in words if any(other in seen[word] for other in words if other != word)]
    own = sum(word in seen[word] for word in words)
    traces = [path.read_text("utf-8") for path in (folder / "people" / "traces").glob("*.jsonl")]
    mixed = sum(sum(word in text for word in words) > 1 for text in traces)
    print(
        f"{name:20} {_N_TURNS} turns of {len(tokens)} people: {len(foreign)} saw a foreign word, {own} their own; "
        f"{mixed} of {len(traces)} files of traces mixed", flush=True,
    )  # fmt: skip
    if foreign or mixed or own < len(words) or not traces:
        raise SystemExit("People's words crossed.")


def main() -> None:
    """Run the parts."""
    args = argparse.ArgumentParser(description=__doc__)
    parts = ("order", "replicas", "strangers")
    args.add_argument("--parts", nargs="+", choices=parts, default=parts)
    args.add_argument("--stores", nargs="+", choices=STORES, default=STORES)
    args.add_argument("--port", type=int, default=8150)
    given = args.parse_args()
    ports = [given.port, given.port + 1]
    for name in given.stores:
        with store(name) as url, var_beside(load_settings().var_dir) as folder:
            tokens = make_tokens(_N_PEOPLE + 2, folder, url)
            settings = where(folder, url) | {"planner": "basic"}
            with serving(ports[0], **settings):
                wait_ready(ports[0])
                if "order" in given.parts:
                    asyncio.run(order(ports[:1], tokens[0], f"{name}, order"))
                if "strangers" in given.parts:
                    asyncio.run(strangers(ports[0], tokens[2:], folder, f"{name}, strangers"))
                if "replicas" in given.parts and url:
                    with serving(ports[1], **settings):
                        wait_ready(ports[1])
                        asyncio.run(order(ports, tokens[1], f"{name}, two servers"))


if __name__ == "__main__":
    main()
