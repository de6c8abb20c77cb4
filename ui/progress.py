"""Progress bars with a rate, on stderr; where that is no terminal, a line a stage and one now and then within it."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""

_TOLD_EVERY_S = 10.0


def _nothing() -> None:
    """Neither stop nor start."""


class Shown:
    """Shows how far each stage is; called as a Report."""

    def __init__(
        self, report: Report, stop: Callable[[], None] = _nothing, start: Callable[[], None] = _nothing
    ) -> None:
        self._report, self._stop, self._start = report, stop, start

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        self._report(stage, done, total)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bars away while somebody is asked something."""
        self._stop()
        try:
            yield
        finally:
            self._start()


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Shown]:
    """Yield what shows how far each stage is."""
    if quiet or not sys.stderr.isatty():
        yield Shown(_silent if quiet else _lines())
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

        yield Shown(report, bars.stop, bars.start)


def _silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


def _lines() -> Report:
    finished: set[str] = set()
    started: dict[str, float] = {}
    told: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        since = now - started.setdefault(stage, now)
        if done >= total and stage not in finished:
            finished.add(stage)
            sys.stderr.write(f"{stage}: {total:,}\n")
        elif stage not in finished and now - told.setdefault(stage, now) >= _TOLD_EVERY_S:
            told[stage] = now
            sys.stderr.write(f"{stage}: {done:,} of {total:,}, {done / since:,.0f}/s\n")

    return report
