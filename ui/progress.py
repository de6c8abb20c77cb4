"""Progress bars with a rate, on stderr; a plain line a stage where stderr is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Report]:
    """Yield a function that shows how far each stage is."""
    if quiet or not sys.stderr.isatty():
        yield _silent if quiet else _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    stages: dict[str, TaskID] = {}
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bars:

        def report(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total, rate="")
            speed = bars.tasks[stages[stage]].speed
            bars.update(stages[stage], completed=done, total=total, rate=f"{speed:,.0f}/s" if speed else "")

        yield report


def _silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


def _lines() -> Report:
    finished: set[str] = set()

    def report(stage: str, done: int, total: int) -> None:
        if done >= total and stage not in finished:
            finished.add(stage)
            sys.stderr.write(f"{stage}: {total:,}\n")

    return report
