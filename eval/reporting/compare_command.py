"""`eval compare A B`: a table of paired differences."""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError
from eval.report import table

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.reporting.paired import Difference
    from eval.reporting.units import Unit

_SURE = 0.05


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parsers of `eval`."""
    what = "Compare two systems on the same dialogues, turns or tasks: paired differences and how sure they are."
    sub = kinds.add_parser("compare", help=what.rstrip("."), description=what)
    sub.set_defaults(evaluate=compare)
    sub.add_argument("a", type=Path, metavar="A", help="lines of judge, simulate, tasks or dialogue")
    sub.add_argument("b", type=Path, metavar="B", help="the same of another system")
    sub.add_argument(
        "--by", choices=["dialogue", "turn", "task"], default="dialogue", help="what is paired (default: dialogue)"
    )
    sub.add_argument("--out", type=Path, metavar="FILE.json", help="also write the numbers here")


def compare(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Print the differences. Raises InputError where there is nothing to pair."""
    from eval.reporting.paired import FEWEST
    from eval.reporting.paired import compare as differences
    from eval.reporting.sources import read_sources
    from eval.reporting.units import units_of

    sources = [source for path in (args.a, args.b) for source in read_sources([path])]
    a, b = (_single(units_of(source, args.by), source.path) for source in sources)
    found = differences(a, b)
    if not found:
        raise InputError(f"{args.a} and {args.b} share fewer than {FEWEST} {args.by}s. Give results on the same ones.")
    print(f"compare · {args.a.name} → {args.b.name} · paired by {args.by}\n")
    print(table(_rows(found)))
    print(f"\n{_conclusion(found)}")
    if args.out:
        told = {"what": "compare", "by": args.by, "inputs": {s.path.name: s.sha256 for s in sources}}
        rows = {one.metric: {**asdict(one), "difference": one.difference} for one in found}
        _write(args.out, {**told, "rows": rows})
    return 0


def _single(units: "Sequence[Unit]", path: Path) -> "Sequence[Unit]":
    if not units:
        raise InputError(f"{path} holds means only; pairs need the lines. Give JSONL of judge, simulate or dialogue.")
    if len({unit.name for unit in units}) < len(units):
        raise InputError(f"{path} holds a dialogue more than once. Give a file of one system.")
    return units


def _rows(found: "Sequence[Difference]") -> dict[str, dict[str, Any]]:
    return {
        one.metric: {
            "n": one.n,
            "A": f"{one.a:.3f}",
            "B": f"{one.b:.3f}",
            "B − A": f"{one.difference:+.3f}",
            "95 %": f"{one.interval[0]:+.3f} to {one.interval[1]:+.3f}" if one.interval else "",
            "B higher / lower": f"{one.better} / {one.worse}",
            "p": f"{one.p:.4f}",
            "p, signs": f"{one.p_sign:.4f}",
            "p, Holm": f"{one.p_holm:.4f}",
            "smallest seen": f"{one.smallest:.3f}",
        }
        for one in found
    }


def _conclusion(found: "Sequence[Difference]") -> str:
    sure = [one for one in found if one.p_holm < _SURE]
    told = ", ".join(f"{one.metric} {one.difference:+.3f}" for one in sure)
    head = f"Surely different (Holm, 5 %): {told}." if sure else "Nothing is surely different (Holm, 5 %)."
    return f"{head} A difference smaller than that in the last column would be missed more than once in five times."


def _write(out: Path, told: Any) -> None:
    try:
        out.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error
