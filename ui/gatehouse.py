"""The gate of a server: gives turns their places, counts them, and writes one line about each."""

import logging
from contextlib import AbstractAsyncContextManager

from agents.kit import Kit
from agents.turn import Turn
from settings import Settings
from ui.admission import Admission
from ui.doors import door, request_id
from ui.logs import note
from ui.metrics import Metrics, fell_back
from ui.tracing import Tracing, tracing_to

_ENOUGH = 1_000_000
_log = logging.getLogger("cicerone.turns")


class Gatehouse:
    """One for all catalogues and doors of a process; has the shape of `agents.gate.Gate`."""

    def __init__(self, admission: Admission | None = None, tracing: Tracing | None = None) -> None:
        """Give places by `admission`; without one there are enough."""
        self.admission = admission or Admission(_ENOUGH, 0)
        self.metrics = Metrics(self.admission)
        self._tracing = tracing

    @classmethod
    def of(cls, settings: Settings) -> "Gatehouse":
        """Raises SettingsError where traces are asked for and what sends them is not installed."""
        tracing = tracing_to(settings.otlp_url) if settings.otlp_url else None
        return cls(Admission(settings.max_turns, settings.max_waiting), tracing)

    def place(self, thread: str) -> AbstractAsyncContextManager[None]:
        """Hold a place for the length of a turn. Raises Busy or Stopping."""
        return self.admission.place(thread)

    def over(self, turn: Turn, kit: Kit, user_id: str) -> None:
        """Count the turn, write its line, send its trace."""
        try:
            self.metrics.over(turn, kit)
            _write_line(turn, kit, user_id)
            if self._tracing:
                self._tracing.send(turn, kit)
        except Exception:  # whatever is wrong with looking at a turn, it was answered
            _log.exception("a turn could not be noted")

    def close(self) -> None:
        """Send what is left to send."""
        if self._tracing:
            self._tracing.close()


def _write_line(turn: Turn, kit: Kit, user_id: str) -> None:
    """Ids, times and outcomes; nothing that anybody said."""
    if not _log.isEnabledFor(logging.INFO):
        return
    note(
        _log,
        "turn",
        request_id=request_id.get(),
        turn_id=turn.turn_id,
        thread_id=turn.thread_id,
        user_id=user_id,
        door=door.get(),
        catalog=kit.bundle.name,
        build=kit.bundle.path.name,
        planner=turn.planner,
        outcome=turn.outcome,
        fell_back=fell_back(turn, kit),
        ms=turn.ms,
        stages_ms=turn.stages_ms,
        tools=[trace.name for trace in turn.traces],
        tools_failed=[trace.name for trace in turn.traces if trace.error],
        model_calls=turn.budget.n_calls,
        model_errors=[part.error for part in turn.budget.spans if part.kind == "model" and part.error],
        tokens_in=turn.budget.usage.tokens_in,
        tokens_out=turn.budget.usage.tokens_out,
        n_items=len(turn.slate),
        n_rejected=turn.n_rejected,
        relaxed=turn.relaxed is not None,
    )
