"""`eval standard NAME`: a standard table, printed and kept with the command, the day and the hash of its data."""

import argparse
import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError
from eval.report import table as markdown
from ui.arguments import count

if TYPE_CHECKING:
    from agents.session import Cicerone


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parsers of `eval`."""
    from eval.standard.tables import tables

    what = "Compute one of the standard tables; what was found before lies in eval/results."
    sub = kinds.add_parser("standard", help=what.rstrip("."), description=what)
    sub.set_defaults(evaluate=standard)
    sub.add_argument("name", choices=list(tables()), metavar="NAME", help=", ".join(tables()))
    sub.add_argument("--catalog", metavar="NAME", help="which bundle, for tables about one (default: demo)")
    sub.add_argument("--planner", choices=["auto", "basic", "llm"], default="basic", help="who plans (default: basic)")
    sub.add_argument("--data", type=Path, metavar="FOLDER", help="where the data lies (default: beside the project)")
    sub.add_argument("--n", type=count, help="only the first N turns, questions, users, tasks or dialogues")
    sub.add_argument("--out", type=Path, metavar="FILE.json", help="keep the result, and a sample of it, here")


def standard(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Print the table and keep it where asked. Raises InputError where data is missing."""
    from eval.standard.tables import BESIDE, compute, sha256_of, tables

    table, folder = tables()[args.name], args.data or BESIDE
    n = min(args.n or table.n, table.n)
    files = table.files(folder)
    make_agent = cache(make_agent)
    rows = compute(table, folder, n, make_agent)
    print(f"standard · {table.name} · {n:,}\n\n{markdown(rows)}")
    if args.out is None:
        return 0
    sample = {"n": table.sample, "rows": compute(table, folder, table.sample, make_agent)}
    told: dict[str, Any] = {
        "what": f"standard {table.name}",
        "command": _command(args),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "n": n,
        "data": {str(file.relative_to(folder)): sha256_of(file) for file in files},
        "catalogue": _catalogue(make_agent) if table.needs_agent else None,
    }
    try:
        args.out.write_text(
            json.dumps({**told, "rows": rows, "sample": sample}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise InputError(
            f"{args.out} cannot be written ({error.strerror}). Give a file in a folder that exists."
        ) from error
    return 0


def _command(args: argparse.Namespace) -> str:
    given = [
        args.name,
        *(["--catalog", args.catalog] if args.catalog else []),
        *(["--n", str(args.n)] if args.n else []),
    ]
    return shlex.join(["python", "app.py", "eval", "standard", *given, "--out", f"eval/results/{args.name}.json"])


def _catalogue(make_agent: Callable[[], "Cicerone"]) -> dict[str, Any]:
    manifest = make_agent().kit.bundle.manifest
    told = {"source": manifest.source, "source_sha256": manifest.source_sha256, "n_items": manifest.n_items}
    return {**told, "embedder": manifest.embedder}
