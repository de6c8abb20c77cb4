"""What is measured inside one child process each, so that memory counts for one thing alone; results are JSON-plain."""

import asyncio
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.metrics import percentile

Numbers = dict[str, Any]
_TOLD_EVERY_S = 5.0


def build(csv: Path, name: str, var_dir: Path, *, vectors: bool) -> Numbers:
    """Build a bundle; return seconds by stage and the peak of memory."""
    from retrieval.bundle import build_bundle

    started, cpu_started, told = time.perf_counter(), time.process_time(), 0.0

    def report(stage: str, done: int, total: int) -> None:
        nonlocal told
        if (now := time.perf_counter()) - told > _TOLD_EVERY_S:
            told = now
            sys.stderr.write(f"  {now - started:6.0f} s  {stage} {done:,} of {total:,}, {rss_mb():,.0f} MB\n")

    done = build_bundle(csv, name, var_dir, vectors=vectors, report=report)
    size = sum(entry.bytes for entry in done.manifest.files.values())
    return {
        "n": done.manifest.n_items,
        "total_s": time.perf_counter() - started,
        "cpu_s": time.process_time() - cpu_started,
        "stages_s": done.stages_s,
        "n_embedded": done.n_embedded,
        "peak_mb": rss_mb(),
        "disk_mb": size / 1e6,
    }


def opened(name: str, var_dir: Path, n_queries: int) -> Numbers:
    """Open a bundle as a server does; return seconds, memory and milliseconds of what a turn is made of."""
    from retrieval.bundle import open_bundle

    before_mb, started = rss_mb(), time.perf_counter()
    bundle = open_bundle(var_dir, name)
    verified_s = time.perf_counter() - started
    bundle.warm()
    found: Numbers = {"start_s": time.perf_counter() - started, "verify_s": verified_s}
    found["start_mb"], found["imports_mb"] = rss_mb(), before_mb
    catalog = bundle.catalog
    picked = [int(i * catalog.n_items / n_queries) for i in range(n_queries)]
    titles = [catalog.titles[row] for row in picked]
    found["filter"] = timed(_filters(catalog, n_queries), catalog.select)
    found["bm25"] = timed(
        [f"{title} a slow story about memory" for title in titles], lambda q: bundle.lexical.search(q, 100)
    )
    found["linker"] = timed([f"something like {title}, but newer and funny" for title in titles], bundle.linker.link)
    if (dense := bundle.dense) is not None:
        found["dense"] = timed([f"{title} far away" for title in titles], lambda q: dense.search(q, 100))
        within = [
            (f"{titles[i]} close by", catalog.select(limits).rows)
            for i, limits in enumerate(_filters(catalog, n_queries))
        ]
        found["dense_filtered"] = timed(within, lambda asked: dense.search(asked[0], 100, asked[1]))
        found["chroma"] = timed(picked, lambda row: _plain_chroma(dense, row))
    found |= _turns(bundle, var_dir, n_queries)
    found["peak_mb"] = rss_mb()
    return found


def _filters(catalog: Any, n: int) -> list[list[Any]]:
    from retrieval.items import Filter

    facet = next(field for field in catalog.fields.values() if field.role == "facet" and field.many)
    number = next(field for field in catalog.fields.values() if field.role == "number")
    values = [value for value, _ in catalog.counts(facet.name, limit=20)]
    low, high = number.low, number.high
    return [
        [
            Filter(field=facet.name, op="contains", value=values[i % len(values)]),
            Filter(field=number.name, op="gte", value=low + (high - low) * (i + 0.5) / n),
        ]
        for i in range(n)
    ]


def _plain_chroma(dense: Any, row: int) -> Any:
    vector = dense.vectors[row].astype("float32")
    return dense._collection().query(query_embeddings=[vector], n_results=100, include=["distances"])


def _turns(bundle: Any, var_dir: Path, n: int) -> Numbers:
    from agents.session import Cicerone
    from bench.turns import measure
    from settings import load_settings

    agent = Cicerone(bundle, load_settings(planner="basic", catalog=bundle.name, var_dir=var_dir))
    spent = asyncio.run(measure(agent, bundle, n))
    return {"turn": {stage: {"p50": percentile(ms, 0.5), "p95": percentile(ms, 0.95)} for stage, ms in spent.items()}}


def okapi(name: str, var_dir: Path, n_queries: int) -> Numbers:
    """Index the same documents with rank-bm25's own BM25Okapi; return seconds, memory and milliseconds a query."""
    from rank_bm25 import BM25Okapi

    from retrieval.catalog import Catalog
    from retrieval.items import Role
    from retrieval.manifest import CATALOG, current_build
    from retrieval.text import tokens

    path = current_build(var_dir, name)
    assert path is not None
    catalog = Catalog(path / CATALOG, name)
    columns = [catalog.column(f.name) for f in catalog.with_role(Role.TITLE, Role.TEXT, Role.FACET, Role.PERSON)]
    before, started = rss_mb(), time.perf_counter()
    index = BM25Okapi([tokens(" ".join(str(part) for part in row if part)) for row in zip(*columns, strict=True)])
    made_s = time.perf_counter() - started
    titles = [catalog.titles[int(i * catalog.n_items / n_queries)] for i in range(n_queries)]
    queries = [tokens(f"{title} a slow story about memory") for title in titles]
    return {
        "made_s": made_s,
        "mb": rss_mb() - before,
        "bm25": timed(queries, lambda q: index.get_scores(q).argpartition(-100)[-100:]),
    }


def timed(asked: Sequence[Any], answer: Callable[[Any], Any]) -> dict[str, float]:
    """Answer each once; return milliseconds at the 50th and 95th percentile, and of the processor on average."""
    spent = []
    cpu_started = time.process_time()
    for one in asked:
        started = time.perf_counter()
        answer(one)
        spent.append((time.perf_counter() - started) * 1000)
    cpu = (time.process_time() - cpu_started) * 1000 / len(asked)
    return {"p50": percentile(spent, 0.5), "p95": percentile(spent, 0.95), "cpu": cpu}


def rss_mb() -> float:
    """Return the peak of this process's memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
