"""`eval report FILES`: one page that shows them."""

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from errors import InputError

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.reporting.markup import Markup
    from eval.reporting.sources import Source


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parsers of `eval`."""
    what = "Put what evaluations wrote into one HTML page that needs nothing else."
    sub = kinds.add_parser("report", help=what.rstrip("."), description=what)
    sub.set_defaults(evaluate=report)
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSONL or JSON of any evaluation")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="the page")
    sub.add_argument("--title", default="Evaluation", help="its title")


def report(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Write the page. Raises InputError where a file is not known or the page cannot be written."""
    from eval.reporting.sources import read_sources

    sources = read_sources(args.files)
    made = page_of(sources, args.title)
    try:
        args.out.write_text(made, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{args.out} cannot be written ({error.strerror}). Give a file in a folder that exists."
        ) from error
    print(f"{args.out}: {len(sources)} files, {len(made) / 1024:,.0f} KiB")
    return 0


def page_of(sources: "Sequence[Source]", title: str) -> str:
    """Return the page of these results."""
    from eval.reporting import counted, parts
    from eval.reporting.calibration import calibration
    from eval.reporting.failures import failures
    from eval.reporting.page import page
    from eval.reporting.units import arms

    found = arms(sources)
    made: list[tuple[str, str, Markup | None]] = [
        ("found", "What was found", parts.headline(found)),
        ("dimensions", "Dimensions", parts.forests(found)),
        ("tasks", "Tasks", counted.tasks(sources)),
        ("faults", "Faults", counted.faults(sources)),
        ("pairs", "Pairs", parts.pairs(sources)),
        ("calibration", "Calibration", calibration(sources)),
        ("tables", "Tables", parts.tables(sources)),
        ("failures", "What went wrong", failures(sources)),
        ("costs", "Cost", counted.costs(sources)),
        ("made-of", "Made of", parts.made_of(sources)),
    ]
    told = f"{len(sources)} files · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return page(title, told, [(anchor, name, part) for anchor, name, part in made if part is not None])
