"""Time to generate items, by width of the beam, size of the catalogue and strictness of a filter.

python bench/semantic_ids.py [--items 12000 100000 1000000] [--n 300]

Weights are random and codes are made, three levels of 256 unevenly used: the time does not depend on what they mean.
One user a call, 20 items of history, all excluded, ten items wanted, one thread. Each user is asked for in three passes
and the best of them counts, or the neighbours on the machine would; so p95 is over users, not over bad moments.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.made_network import made_ids, made_weights, write_made
from eval.metrics import percentile
from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.trie import Trie

BEAMS = (10, 20, 50, 100)
SHARES = (1.0, 0.1, 0.01)
N_CODES, K, N_RECENT, N_BATCH, N_PASSES = 256, 10, 20, 1000, 3


def timed(ask: Callable[[np.ndarray], object], histories: np.ndarray) -> str:
    """Answer each history in every pass; return cells of a table in ms: p50, p95 on the clock, p50 of the processor."""
    clock, processor = np.empty((2, N_PASSES, len(histories)))
    for i in range(N_PASSES):
        for user, history in enumerate(histories):
            started, cpu_started = time.perf_counter(), time.thread_time()
            ask(history)
            processor[i, user] = (time.thread_time() - cpu_started) * 1000
            clock[i, user] = (time.perf_counter() - started) * 1000
    on_clock, of_processor = clock.min(axis=0).tolist(), processor.min(axis=0).tolist()
    parts = percentile(on_clock, 0.5), percentile(on_clock, 0.95), percentile(of_processor, 0.5)
    return " | ".join(f"{part:.2f}" for part in parts)


def sorted_in(ids: SemanticIds) -> tuple[float, float]:
    """Return seconds to build the trie and its megabytes."""
    started = time.perf_counter()
    trie = Trie(ids.codes)
    return time.perf_counter() - started, trie.n_bytes / 1e6


def measured(n_items: int, n: int, folder: Path) -> None:
    """Print the rows of one size of catalogue."""
    rng = np.random.default_rng(1)
    ids = made_ids(n_items, N_CODES)
    write_made(folder, ids, made_weights(ids.sizes))
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    built_s, trie_mb = sorted_in(ids)
    started = time.perf_counter()
    decoder = Decoder.open(folder)
    opened_s = time.perf_counter() - started
    histories = rng.integers(0, n_items, (n, N_RECENT))
    kept = {share: rng.random(n_items) < share if share < 1 else None for share in SHARES}
    for share, beam in [(share, beam) for share in SHARES for beam in BEAMS if share == 1 or beam == 50]:
        mask = kept[share]

        def ask(history: np.ndarray, beam: int = beam, mask: np.ndarray | None = mask) -> None:
            (found,) = decoder.decode([history], K, beam, allowed=mask, excluded=[history])
            assert len(found) == K

        timed(ask, histories[:20])
        print(f"| {n_items:,} | {share:.0%} | {beam} | {timed(ask, histories)} |", flush=True)
    many = list(rng.integers(0, n_items, (N_BATCH, N_RECENT)))
    started, cpu_started = time.perf_counter(), time.thread_time()
    decoder.decode(many, K, 50, excluded=many)
    rates = [N_BATCH / spent for spent in (time.perf_counter() - started, time.thread_time() - cpu_started)]
    print(
        f"\n{n_items:,} items: folder {size:.1f} MB, trie {trie_mb:.1f} MB built in {built_s:.2f} s, opened in "
        f"{opened_s:.2f} s; {N_BATCH} users at once, beam 50: {rates[0]:.0f} a second on the clock, {rates[1]:.0f} of "
        "the processor\n",
        flush=True,
    )


def main() -> None:
    """Print a table by size of catalogue."""
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--items", type=int, nargs="+", default=[12_000, 100_000, 1_000_000])
    args.add_argument("--n", type=int, default=300)
    given = args.parse_args()
    print(
        f"{given.n} users a row · {date.today()} · {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n"
    )
    for n_items in given.items:
        print("| items | filter keeps | beam | p50 ms | p95 ms | p50 ms of the processor |")
        print("|---|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            measured(n_items, given.n, Path(folder))


if __name__ == "__main__":
    main()
