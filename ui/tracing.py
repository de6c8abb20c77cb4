"""Turns as OpenTelemetry traces: one span a turn, and below it its stages, runs of tools and calls of the model.

Spans are made when a turn is over, of the times noted on its way, so that nothing here can slow or break a turn. They
carry ids, names and numbers; nothing that anybody said.
"""

from typing import TYPE_CHECKING, Any

from agents.kit import Kit
from agents.spans import Span
from agents.turn import Turn
from errors import SettingsError
from ui.doors import door, parent, request_id

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


class Tracing:
    """Sends traces in batches, from a thread of its own; what cannot be sent is dropped."""

    def __init__(self, exporter: "SpanExporter") -> None:
        """Send to `exporter`."""
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(resource=Resource.create({"service.name": "cicerone"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("cicerone")

    def send(self, turn: Turn, kit: Kit) -> None:
        """Hand a turn over; it is sent later."""
        from opentelemetry.trace import set_span_in_context
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        caller = TraceContextTextMapPropagator().extract({"traceparent": parent.get()})
        parts = sorted(turn.budget.spans, key=lambda part: part.began_ns)
        ended = max([part.began_ns + _ns(part) for part in parts], default=0)
        began = min([part.began_ns for part in parts], default=ended)
        whole = self._tracer.start_span("turn", caller, attributes=_about(turn, kit), start_time=began)
        inside = set_span_in_context(whole)
        stages = [(part, self._start(part, inside)) for part in parts if part.kind == "stage"]
        for part in parts:
            if part.kind != "stage":
                around = next((span for stage, span in stages if _holds(stage, part)), whole)
                self._start(part, set_span_in_context(around)).end(part.began_ns + _ns(part))
        for stage, span in stages:
            span.end(stage.began_ns + _ns(stage))
        whole.end(max(ended, began + int(turn.ms * 1e6)))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _start(self, part: Span, inside: Any) -> Any:
        from opentelemetry.trace import Status, StatusCode

        span = self._tracer.start_span(f"{part.kind} {part.name}", inside, start_time=part.began_ns)
        if part.error:
            span.set_status(Status(StatusCode.ERROR, part.error))
        return span


def tracing_to(address: str) -> Tracing:
    """Return what sends to a collector. Raises SettingsError where the extra is missing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise SettingsError(
            "CICERONE_OTLP_URL is set, and what sends traces is not installed. Install the extra otel or unset it."
        ) from error
    return Tracing(OTLPSpanExporter(endpoint=address.rstrip("/") + "/v1/traces"))


def _holds(stage: Span, part: Span) -> bool:
    return stage.began_ns <= part.began_ns <= stage.began_ns + _ns(stage)


def _ns(part: Span) -> int:
    return int(part.ms * 1e6)


def _about(turn: Turn, kit: Kit) -> dict[str, str | int | float | bool]:
    return {
        "cicerone.turn_id": turn.turn_id,
        "cicerone.request_id": request_id.get(),
        "cicerone.door": door.get(),
        "cicerone.catalog": kit.bundle.name,
        "cicerone.build": kit.bundle.path.name,
        "cicerone.planner": turn.planner,
        "cicerone.outcome": turn.outcome,
        "cicerone.n_items": len(turn.slate),
        "cicerone.relaxed": turn.relaxed is not None,
        "gen_ai.usage.input_tokens": turn.budget.usage.tokens_in,
        "gen_ai.usage.output_tokens": turn.budget.usage.tokens_out,
    }
