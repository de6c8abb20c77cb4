"""Building and searching catalogues of growing size: python bench/catalogues.py [N …] [--vectors made] [--queries N].

Every step runs in a process of its own, so that the memory printed is that step's alone. The rows are the demo's,
repeated and recombined; the numbers stand beside rank-bm25's own index and plain Chroma queries of the same run. On a
machine that does other work too, the seconds of the processor tell more than those of the clock.

With `--vectors embedded` the bundled model embeds every row (about 55 a second and core). With `--vectors made` no row
is embedded: each has the demo's shipped vector of the row it was made from, with noise. What is built of them and asked
is the same, and queries are embedded by the model; only what is found means less.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import turns
from bench.scale import made, measured, vectors

Numbers = dict[str, Any]
NONE, MADE, EMBEDDED = "none", "made", "embedded"
CAPTIONS = {
    NONE: "without vectors",
    MADE: "vectors not embedded: the demo's, with noise",
    EMBEDDED: "vectors of the bundled model",
}
ASKED = {
    "filter": "filter",
    "bm25": "BM25",
    "dense": "dense",
    "dense_filtered": "dense within the filters",
    "linker": "reading a message",
}
"""What is asked by itself, and how the table calls it."""


def child(step: str, var_dir: Path, n: int, given: argparse.Namespace) -> Numbers:
    """Run one step in a process of its own and return what it measured."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(var_dir), "--queries", str(given.queries)]
    command += ["--vectors", given.vectors]
    done = subprocess.run([*command, str(n)], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{step} at {n:,} rows failed with exit code {done.returncode}")
    answer: Numbers = json.loads(done.stdout.splitlines()[-1])
    return answer


def run_step(step: str, folder: Path, n: int, given: argparse.Namespace) -> Numbers:
    """Do one step here; called in the child."""
    name, csv = f"n{n}", folder / f"n{n}.csv"
    if step == "make":
        made.write_csv(csv, n)
        return {"mb": csv.stat().st_size / 1e6}
    if step == "vectors":
        return {"n": vectors.leave_vectors(csv, name, folder)}
    if step == "build":
        return measured.build(csv, name, folder, vectors=given.vectors != NONE)
    return (measured.opened if step == "open" else measured.okapi)(name, folder, given.queries)


def measure(n: int, folder: Path, given: argparse.Namespace) -> Numbers:
    """Make, build, open and search one catalogue of n rows."""
    started = time.monotonic()
    found: Numbers = {"n": n, "csv": child("make", folder, n, given)}
    if given.vectors == MADE:
        child("vectors", folder, n, given)
    found["build"] = child("build", folder, n, given)
    show_build(n, found)
    found["open"] = child("open", folder, n, given)
    if n <= given.okapi_up_to:
        found["okapi"] = child("okapi", folder, n, given)
    (folder / f"n{n}.csv").unlink()
    sys.stderr.write(f"{n:,} rows measured in {time.monotonic() - started:.0f} s\n")
    return found


def show_build(n: int, found: Numbers) -> None:
    """Print how long each stage of a build took."""
    build = found["build"]
    stages = ", ".join(f"{stage} {s:.1f}" for stage, s in build["stages_s"].items() if s >= 0.05)
    print(f"build of {n:,} rows ({found['csv']['mb']:.0f} MB of CSV): {build['total_s']:.1f} s: {stages}", flush=True)


def table(every: list[Numbers]) -> list[str]:
    """Return the lines of a table with one column a size."""
    lines = ["| | " + " | ".join(f"{found['n']:,}" for found in every) + " |", "|---" * (len(every) + 1) + "|"]

    def add(label: str, cell: Any) -> None:
        cells = [cell(found) for found in every]
        if any(cells):
            lines.append(f"| {label} | " + " | ".join(text or "–" for text in cells) + " |")

    def ms(part: str, *path: str) -> Any:
        def cell(found: Numbers) -> str:
            at = found.get(part, {})
            for key in path:
                at = at.get(key, {})
            cpu = f" ({at['cpu']:.1f})" if "cpu" in at else ""
            return f"{at['p50']:.1f} / {at['p95']:.1f}{cpu}" if at else ""

        return cell

    add("build, s", lambda f: f"{f['build']['total_s']:.1f}")
    add("build, s of processor", lambda f: f"{f['build']['cpu_s']:.1f}")
    add("build, rows/s", lambda f: f"{f['n'] / f['build']['total_s']:,.0f}")
    add("embedded, items/s", lambda f: _embedding_rate(f["build"]))
    add("build, peak MB", lambda f: f"{f['build']['peak_mb']:,.0f}")
    add("bundle on disk, MB", lambda f: f"{f['build']['disk_mb']:,.0f}")
    add("start to ready, s", lambda f: f"{f['open']['start_s']:.1f}")
    add("memory when ready, MB", lambda f: f"{f['open']['start_mb']:,.0f}")
    add("memory after the queries, MB", lambda f: f"{f['open']['peak_mb']:,.0f}")
    for part, label in ASKED.items():
        add(f"{label}, ms p50 / p95 (processor)", ms("open", part))
    add("retrieval of a turn (all its tools), ms", ms("open", "turn", "tools"))
    add("ranking of a turn, ms", ms("open", "turn", "rank"))
    add("whole basic turn, ms", ms("open", "turn", "whole turn"))
    add("whole basic turn, ms of processor", ms("open", "turn", turns.PROCESSOR))
    add("rank-bm25 BM25Okapi, ms", ms("okapi", "bm25"))
    add("rank-bm25 BM25Okapi, made in s", lambda f: f"{f['okapi']['made_s']:.1f}" if "okapi" in f else "")
    add("rank-bm25 BM25Okapi, MB", lambda f: f"{f['okapi']['mb']:,.0f}" if "okapi" in f else "")
    add("plain Chroma query, ms", ms("open", "chroma"))
    return lines


def _embedding_rate(build: Numbers) -> str:
    return f"{build['n_embedded'] / build['stages_s']['embedding']:,.0f}" if build["n_embedded"] else ""


def main() -> None:
    """Print a line a build and one table at the end."""
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("sizes", type=int, nargs="*", default=[20_000, 100_000])
    args.add_argument(
        "--vectors", choices=list(CAPTIONS), default=NONE, help="what each row is searched by beside words"
    )
    args.add_argument("--queries", type=int, default=100)
    args.add_argument("--okapi-up-to", type=int, default=100_000, metavar="N", help="largest size for rank-bm25")
    args.add_argument("--step", choices=["make", "vectors", "build", "open", "okapi"], help=argparse.SUPPRESS)
    args.add_argument("--folder", type=Path, help="where to build, kept (default: a temporary folder, removed)")
    given = args.parse_args()
    if given.step:
        print(json.dumps(run_step(given.step, given.folder, given.sizes[0], given)))
        return
    with tempfile.TemporaryDirectory(prefix="cicerone-bench-") as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        every = [measure(n, folder, given) for n in given.sizes]
    print(
        f"{date.today()} · {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} · "
        f"{given.queries} queries and turns each, {CAPTIONS[given.vectors]}"
    )
    print("\n".join(table(every)))


if __name__ == "__main__":
    main()
