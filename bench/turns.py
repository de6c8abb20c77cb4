"""Time of a whole turn with the basic planner, in process: python bench/turns.py [--catalog NAME] [--n 300]."""

import argparse
import asyncio
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agents.session import Cicerone
from agents.starters import starters
from eval.metrics import percentile
from retrieval.bundle import Bundle
from retrieval.opening import open_catalog
from settings import load_settings

PROCESSOR = "whole turn, of the processor"
FOLLOW_UPS = (
    "no, newer",
    "under two hours",
    "anything else?",
    "more like the second one",
    "drop the year",
    "not the first one",
)


def dialogues(bundle: Bundle, agent: Cicerone) -> list[list[str]]:
    """Requests of every kind made of the catalogue's own values, each followed by amendments."""
    catalog = bundle.catalog
    openings = list(starters(catalog, agent.kit.nouns))
    for field in catalog.fields.values():
        if field.role in ("facet", "person"):
            openings += [f"something with {value}" for value, _ in catalog.counts(field.name, limit=12)]
    best = (-catalog.prominence).argsort()[:20]
    openings += [f"something like {catalog.titles[row]}" for row in best]
    openings += [
        "a slow, dreamy story about memory",
        "a heist that goes wrong",
        "two friends on a long journey",
        "hello",
    ]
    return [[opening, *FOLLOW_UPS] for opening in openings]


async def measure(agent: Cicerone, bundle: Bundle, n: int) -> dict[str, list[float]]:
    """Take n turns; return milliseconds by stage and as a whole."""
    spent: dict[str, list[float]] = {}
    async with agent:
        for i, dialogue in enumerate(dialogues(bundle, agent)):
            for message in dialogue:
                started, cpu_started = time.perf_counter(), time.process_time()
                async for event in agent.turn("bench", str(i), message):
                    if event.type == "turn_finished":
                        for stage, ms in event.stages_ms.items():
                            spent.setdefault(stage, []).append(ms)
                spent.setdefault("whole turn", []).append((time.perf_counter() - started) * 1000)
                spent.setdefault(PROCESSOR, []).append((time.process_time() - cpu_started) * 1000)
                if len(spent["whole turn"]) == n:
                    return spent
    return spent


def main() -> None:
    """Print a table of percentiles."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--catalog", default="demo")
    args.add_argument("--n", type=int, default=400)
    given = args.parse_args()
    settings = load_settings(planner="basic", catalog=given.catalog)
    bundle = open_catalog(settings)
    bundle.warm()
    spent = asyncio.run(measure(Cicerone(bundle, settings), bundle, given.n))
    n, load = len(spent["whole turn"]), os.getloadavg()[0]
    print(
        f"{n} basic turns · {bundle.name}, {bundle.catalog.n_items:,} items · {date.today()} · "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}"
    )
    print("| stage | p50 ms | p95 ms | max ms |\n|---|---|---|---|")
    for stage, values in spent.items():
        print(f"| {stage} | {percentile(values, 0.5):.1f} | {percentile(values, 0.95):.1f} | {max(values):.1f} |")


if __name__ == "__main__":
    main()
