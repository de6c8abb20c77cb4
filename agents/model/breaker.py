"""A circuit breaker: after several failures in a row the model is left alone for a while."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from errors import ModelError, ModelUnavailable


class CircuitBreaker:
    """Closed, then open for `pause_s` after `n_allowed` failures in a row, then half-open: one trial decides."""

    def __init__(self, n_allowed: int = 5, pause_s: float = 30, clock: Callable[[], float] = time.monotonic) -> None:
        self._n_allowed = n_allowed
        self._pause_s = pause_s
        self._clock = clock
        self._n_failures = 0
        self._open_until = 0.0
        self._trying = False

    @property
    def state(self) -> str:
        """Return "closed", "open" or "half-open"."""
        if self._n_failures < self._n_allowed:
            return "closed"
        return "open" if self._open_until > self._clock() else "half-open"

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Run one request. Raises ModelUnavailable at once while open, or while another trial is under way.

        Only a ModelError counts as a failure; a cancelled request counts as nothing.
        """
        trial = self._n_failures >= self._n_allowed
        if trial:
            self._refuse_unless_due()
            self._trying = True
        try:
            yield
        except ModelError:
            self._n_failures += 1
            if self._n_failures >= self._n_allowed:
                self._open_until = self._clock() + self._pause_s
            raise
        else:
            self._n_failures = 0
        finally:
            if trial:
                self._trying = False

    def _refuse_unless_due(self) -> None:
        wait_s = self._open_until - self._clock()
        if wait_s > 0 or self._trying:
            again = f"in {math.ceil(wait_s)} s" if wait_s > 0 else "in a moment"
            failed = f"The language model failed {self._n_failures} times in a row"
            raise ModelUnavailable(f"{failed}; it is asked again {again}.")
