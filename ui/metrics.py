"""What an operator watches, in the text form that Prometheus reads: sums and times, never a user or a text."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from agents.kit import Kit
from agents.model.chat import ChatModel
from agents.turn import Turn
from tools import TOOLS
from ui.admission import Admission
from ui.doors import door

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TURN_S = (0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.7, 4, 6, 10, 20, 30, 60)
_PART_S = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60)
_TOOL_NAMES = frozenset(tool.name for tool in TOOLS)
_STATES = ("closed", "half-open", "open")


class Metrics:
    """Everything counted since the process began; safe to use from several threads."""

    def __init__(self, admission: Admission) -> None:
        """Count in a registry of its own, so that several apps of one process do not mix."""
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._now = _Now(admission)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        registry.register(self._now)
        count, timed = _makers(registry)
        self._turns = count("turns", "Turns that ended.", "door", "planner", "outcome")
        self._turn_s = timed("turn_seconds", "Time of whole turns, without waiting for a place.", _TURN_S, "planner")
        self._stage_s = timed("stage_seconds", "Time of the stages of turns.", _PART_S, "stage")
        self._tool_s = timed("tool_seconds", "Time of runs of tools.", _PART_S, "tool")
        self._tool_failures = count("tool_failures", "Runs of tools that failed; their turns went on.", "tool")
        self._model_s = timed("model_call_seconds", "Time of calls of the language model.", _PART_S, "kind")
        self._model_failures = count("model_failures", "Calls of the language model that failed.", "error")
        self._tokens = count("model_tokens", "Tokens of prompts (in) and answers (out).", "direction")
        self._cost = count("model_cost", "What they cost, in the currency of the prices that are set.")
        self._fallbacks = count("fallbacks", "Turns meant for the model that the basic planner planned.")
        self._rejected = count("verifier_rejected_items", "Ranked items that the verifier did not let pass.")
        self._sentences = count("model_sentences", "Sentences a model wrote: kept, replaced or dropped.", "verdict")
        self._relaxed = count("relaxed_turns", "Turns that put a limit aside, for nothing met them all.")
        self._requests = count("http_requests", "Requests answered, by route.", "route", "status")

    def text(self, builds: Sequence[tuple[str, str]] = ()) -> bytes:
        """Return everything as Prometheus reads it; `builds` are the names of catalogues and their builds."""
        self._now.builds = builds
        return generate_latest(self.registry)

    def request(self, route: str, status: int) -> None:
        """Count a request; `route` is a pattern of ours, never a path that somebody made up."""
        self._requests.labels(route, str(status)).inc()

    def over(self, turn: Turn, kit: Kit) -> None:
        """Count a turn that has ended."""
        self._now.model = kit.model or self._now.model
        self._turns.labels(door.get(), turn.planner, turn.outcome).inc()
        if turn.outcome != "left":
            self._turn_s.labels(turn.planner).observe(turn.ms / 1000)
        for part in turn.budget.spans:
            self._part(part.kind, part.name, part.ms / 1000, part.error)
        usage, cost = turn.budget.usage, turn.budget.cost
        self._tokens.labels("in").inc(usage.tokens_in)
        self._tokens.labels("out").inc(usage.tokens_out)
        self._cost.inc(cost or 0.0)
        if fell_back(turn, kit):
            self._fallbacks.inc()
        self._rejected.inc(turn.n_rejected)
        for verdict, n in turn.sentences.model_dump().items():
            self._sentences.labels(verdict).inc(n)
        if turn.relaxed:
            self._relaxed.inc()

    def _part(self, kind: str, name: str, spent_s: float, error: str) -> None:
        if kind == "stage":
            self._stage_s.labels(name).observe(spent_s)
        elif kind == "tool":
            tool = name if name in _TOOL_NAMES else "other"
            self._tool_s.labels(tool).observe(spent_s)
            if error:
                self._tool_failures.labels(tool).inc()
        else:
            self._model_s.labels(name).observe(spent_s)
            if error not in ("", "GeneratorExit", "CancelledError"):
                self._model_failures.labels(error).inc()


def fell_back(turn: Turn, kit: Kit) -> bool:
    """Whether a model should have planned this turn and could not."""
    failed = any(part.kind == "model" and part.error for part in turn.budget.spans)
    return kit.model is not None and turn.planner == "basic" and (failed or not turn.budget.has_model)


class _Now:
    """What holds at the moment of a scrape."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self.builds: Sequence[tuple[str, str]] = ()
        self.model: ChatModel | None = None

    def collect(self) -> Iterator[Metric]:
        admission = self._admission
        yield GaugeMetricFamily("cicerone_turns_running", "Turns that hold a place now.", admission.n_running)
        yield GaugeMetricFamily("cicerone_turns_waiting", "Turns that wait for a place now.", admission.n_waiting)
        yield GaugeMetricFamily("cicerone_places", "Turns that may run at once now.", admission.n_places)
        yield GaugeMetricFamily("cicerone_stopping", "1 once a stop has begun.", float(admission.closed))
        yield CounterMetricFamily("cicerone_turns_refused", "Turns refused a place.", admission.n_refused)
        breaker = GaugeMetricFamily("cicerone_model_breaker", "1 for the state of the breaker.", labels=["state"])
        now = getattr(getattr(self.model, "breaker", None), "state", "closed")
        for state in _STATES:
            breaker.add_metric([state], float(state == now))
        yield breaker
        builds = GaugeMetricFamily("cicerone_build_info", "1 for each open build.", labels=["catalog", "build"])
        for catalog, build in self.builds:
            builds.add_metric([catalog, build], 1.0)
        yield builds


def _makers(registry: CollectorRegistry) -> tuple[Callable[..., Counter], Callable[..., Histogram]]:
    def count(name: str, says: str, *labels: str) -> Counter:
        return Counter(f"cicerone_{name}", says, labels, registry=registry)

    def timed(name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"cicerone_{name}", says, labels, buckets=buckets, registry=registry)

    return count, timed
