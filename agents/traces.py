"""The trace of a turn: what it began with, what the model said, and what came of it, so that it can be run again."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel

from agents.budget import Budget
from agents.events import Action, Question, ToolTrace
from agents.kit import Kit
from agents.model.endpoint import Endpoint
from agents.model.recorded import Exchange
from agents.profile.state import Profile
from agents.ranking.parts import parts_of
from agents.state import Limit, Plan, Thread
from agents.turn import Turn
from settings import Settings
from tools.spec import ToolResult

LISTED = 50
"""So many hits of each tool, and items of the pool, are kept."""
_DIGITS = 6
_TELLING = (
    "k", "planner", "llm_model", "llm_tools", "llm_timeout_s", "llm_price_in", "llm_price_out", "llm_daily_tokens",
    "llm_ranker", "llm_profile", "embed_model", "bm25", "turn_deadline_s", "max_message_chars",
)  # fmt: skip
"""Settings a turn depends on; named one by one, so that no new address or secret gets in."""


class Start(BaseModel):
    """All that a turn began with, beside the catalogue and the settings."""

    text: str
    action: Action | None = None
    k: int
    adventure: float | None = None
    always_slate: bool = False
    prose: bool = True
    exclude: list[str] = []
    thread: Thread = Thread()
    profile: Profile = Profile()
    remembers: bool = False
    today: date
    model: str = ""
    """Name of the language model, "" where there was none."""
    endpoint: Endpoint = Endpoint()
    """What was known of it."""


class Listed(BaseModel):
    """What one tool brought to the pool."""

    name: str
    n_hits: int
    n_pool: int
    n_unknown: int
    note: str = ""
    hits: list[tuple[str, float]] = []
    """(item id, score) of the first, best first."""


class Placed(BaseModel):
    """One item of the ranked pool."""

    item_id: str
    title: str
    score: float
    chance: float | None = None
    parts: dict[str, float] = {}
    """What its score is made of."""


class Shown(BaseModel):
    """One item of the slate."""

    item_id: str
    title: str
    score: float
    reasons: list[str] = []
    breaks: list[str] = []
    """Keys of the limits it does not meet."""


class Outcome(BaseModel):
    """What came of a turn: the same every time it is run on the same build."""

    planner: str = "basic"
    reading: dict[str, Any] = {}
    """Understanding, ledger, mentions and the items named."""
    plan: Plan = Plan()
    """As the tools were last called: with relaxed limits where some were."""
    lists: list[Listed] = []
    n_pool: int = 0
    """Items that satisfy the limits, before any top-k."""
    n_ranked: int = 0
    ranked: list[Placed] = []
    relaxed: list[Limit] = []
    dropped: list[str] = []
    """What of the model's answers was not used, and why."""
    slate: list[Shown] = []
    question: Question | None = None
    notices: list[str] = []
    reply: str = ""


class Trace(BaseModel):
    """One turn."""

    turn_id: str
    thread_id: str = ""
    at: str
    catalog: str
    build: str
    settings: dict[str, Any] = {}
    start: Start
    exchanges: list[Exchange] = []
    """Everything asked of the model, in order."""
    tools: list[ToolTrace] = []
    outcome: Outcome
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    ms: float = 0
    stages_ms: dict[str, float] = {}


def trace_of(turn: Turn, kit: Kit) -> Trace:
    """Return the trace of a finished turn; costs a few milliseconds, for the parts of scores are worked out here."""
    usage = turn.budget.usage
    return Trace(
        turn_id=turn.turn_id,
        thread_id=turn.thread_id,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        catalog=kit.bundle.name,
        build=kit.bundle.manifest.build_id,
        settings=settings_told(kit.settings),
        start=_start(turn),
        exchanges=exchanges_of(turn.budget),
        tools=turn.traces,
        outcome=_outcome(turn, kit),
        model_calls=turn.budget.n_calls,
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        ms=turn.ms,
        stages_ms=turn.stages_ms,
    )


def exchanges_of(budget: Budget) -> list[Exchange]:
    """Return what was asked of the model so far."""
    return budget.recorder.exchanges if budget.recorder else []


def settings_told(settings: Settings) -> dict[str, Any]:
    """Return the settings a turn depends on; no key, address or folder is among them."""
    return {name: getattr(settings, name) for name in _TELLING}


def _start(turn: Turn) -> Start:
    recorder = turn.budget.recorder
    return Start(
        text=turn.before[0] or turn.text,
        action=turn.action,
        k=turn.k,
        adventure=turn.adventure,
        always_slate=turn.always_slate,
        prose=turn.prose,
        exclude=sorted(turn.exclude),
        thread=turn.before[1],
        profile=turn.profile,
        remembers=turn.remembers,
        today=turn.today,
        model=recorder.name if recorder else "",
        endpoint=recorder.began_with if recorder else Endpoint(),
    )


def _outcome(turn: Turn, kit: Kit) -> Outcome:
    found = Outcome(
        planner=turn.planner,
        plan=turn.plan,
        lists=[_listed(name, result) for name, result in turn.results],
        n_pool=turn.n_pool,
        n_ranked=len(turn.ranked),
        ranked=list(_placed(turn, kit)),
        relaxed=turn.relaxed.dropped if turn.relaxed else [],
        dropped=turn.model_notes,
        slate=[
            Shown(
                item_id=item.item_id,
                title=item.title,
                score=item.score,
                reasons=[reason.text for reason in item.reasons],
                breaks=[f"{given.field} {given.op} {given.value}" for given in item.breaks],
            )
            for item in turn.slate
        ],
        question=turn.question,
        notices=turn.notices,
        reply=turn.reply,
    )
    if turn.reading is not None:
        found.reading = {
            "understanding": turn.reading.understanding.model_dump(mode="json"),
            "ledger": turn.reading.ledger.model_dump(mode="json"),
            "mentions": [mention.model_dump(mode="json") for mention in turn.reading.mentions],
            "named": turn.reading.named,
        }
    return found


def _listed(name: str, result: ToolResult) -> Listed:
    hits = [(hit.item_id, round(hit.score, _DIGITS)) for hit in result.hits[:LISTED]]
    return Listed(
        name=name,
        n_hits=len(result.hits),
        n_pool=result.n_pool,
        n_unknown=result.n_unknown,
        note=result.note,
        hits=hits,
    )


def _placed(turn: Turn, kit: Kit) -> Iterable[Placed]:
    catalog, best = kit.bundle.catalog, turn.ranked[:LISTED]
    for entry, parts in zip(best, parts_of(best, turn, kit.bundle), strict=True):
        yield Placed(
            item_id=catalog.ids[entry.row],
            title=catalog.titles[entry.row],
            score=round(entry.score, _DIGITS),
            chance=None if entry.chance is None else round(entry.chance, _DIGITS),
            parts=parts,
        )
