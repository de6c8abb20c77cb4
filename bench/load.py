"""A served catalogue under load, from outside: python bench/load.py [--minutes 10] [--parts users ramp basic].

The language model is a stand-in that takes 0.6 s a call: with the two calls of most turns, the 1.2 s of four calls of
0.3 s. `users` is 50 people who think 5 s between turns; `ramp` lets 300 come and all but 50 go again; `basic` is the
same without a model, and as many turns as can be.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serving.processes import ROOT, processor_s, rss_mb, serving, started, var_beside, wait_ready
from bench.serving.users import Crowd, Summary
from eval.metrics import percentile
from settings import load_settings

_WARM_UP_S = 20
_SAMPLE_S = 2.0
_GOOD_S = 2.7
_WINDOW_S = 5.0


async def users(port: int, pid: int, minutes: float, n_users: int) -> None:
    """A steady crowd: times, errors, and how memory grows after the first third."""
    crowd, memory = Crowd(port, 5.0), list[tuple[float, float]]()
    await crowd.grow(n_users, 5.0)
    await asyncio.sleep(_WARM_UP_S)
    began, worked_s = time.monotonic(), processor_s(pid)
    while (spent_s := time.monotonic() - began) < minutes * 60:
        memory.append((spent_s, rss_mb(pid)))
        await asyncio.sleep(_SAMPLE_S)
    ended, worked_s = time.monotonic(), processor_s(pid) - worked_s
    await crowd.leave()
    later = memory[len(memory) // 3 :]
    summary = Summary.of(crowd.answers, began, ended)
    _row(f"{n_users} users, {minutes:g} min", summary)
    share = worked_s / (ended - began)
    print(f"processor {worked_s / max(1, summary.n) * 1000:.0f} ms a turn, {share:.2f} cores busy")
    first, last = later[0][1], later[-1][1]
    print(
        f"memory {first:.0f} → {last:.0f} MB over {later[-1][0] - later[0][0]:.0f} s, slope {_slope(later):+.1f} MB/h"
    )


async def ramp(port: int, pid: int) -> None:
    """A crowd that grows to 300, stays, and shrinks to 50."""
    crowd = Crowd(port, 5.0)
    await crowd.grow(300, 30.0)
    began = time.monotonic()
    probe = await asyncio.create_subprocess_exec(
        sys.executable, "bench/serving/probe.py", str(port), "40", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    await asyncio.sleep(40)
    ended = time.monotonic()
    await crowd.grow(50, 0)
    heard, _ = await probe.communicate()
    await asyncio.sleep(40)
    over = time.monotonic() - 8  # what was asked later may not be answered yet
    await crowd.leave()
    _row("300 users, 40 s", Summary.of(crowd.answers, began, ended))
    lone = [line.split() for line in heard.decode().splitlines()]
    refused = [float(ms) for status, ms in lone if status == "429"]
    if refused:
        p95, most = percentile(refused, 0.95), max(refused)
        print(
            f"a lone caller was refused {len(refused)} of {len(lone)} times: p50 {percentile(refused, 0.5):.0f}, ",
            end="",
        )
        print(f"p95 {p95:.0f}, at most {most:.0f} ms")
    windows = [ended + i * _WINDOW_S for i in range(int((over - ended) / _WINDOW_S))]
    good = [at for at in windows if _is_good(Summary.of(crowd.answers, at, at + _WINDOW_S))]
    told = f"within {good[0] - ended + _WINDOW_S:.0f} s" if good else "not yet"
    print(f"after all but 50 left: recovered {told}; memory {rss_mb(pid):.0f} MB")


def _is_good(window: Summary) -> bool:
    return window.n > 0 and window.p95 <= _GOOD_S and not window.n_refused and not window.n_errors


async def basic(port: int, pid: int, seconds: float) -> None:
    """Turns without a model: as many as can be, then 50 users."""
    crowd = Crowd(port, 0.0)
    await crowd.grow(16, 1.0)
    await asyncio.sleep(5)
    began, worked_s = time.monotonic(), processor_s(pid)
    await asyncio.sleep(seconds)
    ended, worked_s = time.monotonic(), processor_s(pid) - worked_s
    await crowd.leave()
    summary = Summary.of(crowd.answers, began, ended)
    _row("basic, 16 at once", summary)
    told = f"processor {worked_s / max(1, summary.n) * 1000:.0f} ms a turn"
    print(f"saturated at {summary.n / (ended - began):.1f} turns/s, {told}")
    crowd = Crowd(port, 5.0)
    await crowd.grow(50, 5.0)
    began = time.monotonic()
    await asyncio.sleep(seconds)
    _row("basic, 50 users", Summary.of(crowd.answers, began))
    await crowd.leave()


def _slope(samples: list[tuple[float, float]]) -> float:
    """Return the slope of a line through (seconds, MB), in MB an hour."""
    n = len(samples)
    mean_s, mean_mb = sum(s for s, _ in samples) / n, sum(mb for _, mb in samples) / n
    spread = sum((s - mean_s) ** 2 for s, _ in samples)
    return 3600 * sum((s - mean_s) * (mb - mean_mb) for s, mb in samples) / spread if spread else 0.0


def _row(name: str, it: Summary) -> None:
    refused = f"{it.n_refused} ({it.refused_p95_ms:.0f}, {it.refused_max_ms:.0f} ms)" if it.n_refused else "0"
    print(
        f"| {name} | {it.n} | {it.p50:.2f} | {it.p95:.2f} | {it.p99:.2f} | {it.n_errors} | {refused} | "
        f"{it.calls_a_turn:.2f} | {it.by_model:.0%} |",
        flush=True,
    )
    for problem in sorted(it.problems):
        print(f"problem: {problem}", flush=True)


def main() -> None:
    """Start what is measured, measure, and print a table."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--catalog", default="demo")
    args.add_argument("--minutes", type=float, default=2.0)
    args.add_argument("--users", type=int, default=50)
    args.add_argument("--parts", nargs="+", choices=["users", "ramp", "basic"], default=["users", "ramp", "basic"])
    args.add_argument("--port", type=int, default=8391)
    args.add_argument("--call-s", type=float, default=0.6)
    args.add_argument("--log", type=Path, help="where the server's log goes")
    given = args.parse_args()
    stub = given.port + 1
    print(f"{given.catalog} · {date.today()} · {os.cpu_count()} cores, Python {platform.python_version()}", end="")
    print(f", load {os.getloadavg()[0]:.1f} at the start · {given.call_s:g} s a call of the stand-in")
    print("| part | turns | p50 s | p95 s | p99 s | errors | refused (p95, max) | calls a turn | by the model |")
    print("|---|---|---|---|---|---|---|---|---|")
    model = {"llm_base_url": f"http://127.0.0.1:{stub}/v1", "llm_model": "stub", "llm_tools": "json"}
    stand_in = ("bench/serving/stub_model.py", "--port", str(stub), "--call-s", str(given.call_s))
    with var_beside(load_settings().var_dir) as var, started(*stand_in):
        about = {"var_dir": str(var), "catalog": given.catalog}
        if {"users", "ramp"} & set(given.parts):
            with serving(given.port, log=given.log, **about, **model) as server:
                wait_ready(given.port)
                if "users" in given.parts:
                    asyncio.run(users(given.port, server.pid, given.minutes, given.users))
                if "ramp" in given.parts:
                    asyncio.run(ramp(given.port, server.pid))
        if "basic" in given.parts:
            with serving(given.port, log=given.log, planner="basic", **about) as server:
                wait_ready(given.port)
                asyncio.run(basic(given.port, server.pid, min(30.0, given.minutes * 30)))


if __name__ == "__main__":
    main()
