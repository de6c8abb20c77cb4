"""When the parts of a turn began, how long they took and how they failed: what metrics and traces are made of."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal


@dataclass
class Span:
    """One part of a turn."""

    kind: Literal["stage", "tool", "model"]
    name: str
    began_ns: int
    """Since 1970."""
    ms: float = 0.0
    error: str = ""
    """Name of the exception that ended it, never its message."""


class Spans(list[Span]):
    """The parts of one turn, in the order they ended."""

    @contextmanager
    def span(self, kind: Literal["stage", "tool", "model"], name: str) -> Iterator[Span]:
        """Time one part; whoever catches the exception inside sets `error` on the span that is given."""
        part, started = Span(kind, name, time.time_ns()), time.perf_counter()
        try:
            yield part
        except BaseException as error:
            part.error = type(error).__name__
            raise
        finally:
            part.ms = round((time.perf_counter() - started) * 1000, 2)
            self.append(part)
