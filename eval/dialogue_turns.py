"""One labelled turn taken by the agent, and everything `eval dialogue` counts about it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from agents.model.recorded import Exchange
from agents.model.text import tool_calls_in
from agents.planning.draft import Draft, draft_from_calls, draft_from_text
from agents.planning.plan import FELL_BACK
from agents.session import Cicerone
from agents.stateless import finish, parse_line, prepare
from agents.traces import exchanges_of
from agents.turn import Turn
from agents.verifier import broken
from eval.cases import SHOWN, Case, Options, named_in, targets_of
from eval.metrics import rank_of
from eval.recheck import Recheck
from eval.systems import SYSTEMS
from retrieval.bundle import Bundle
from retrieval.items import Filter

K = 10

Kind = Literal["turns", "questions"]


class Taken(BaseModel):
    """What one turn came to: one line of the file a run goes on from."""

    key: str
    """Which turn of which file."""
    kind: Kind
    fingerprint: str
    dialog_id: str = ""
    ranks: list[int | None] = []
    """Of the targets in the list shown and ranked, from 0; None where not found."""
    n_shown: int = 0
    """Items shown as matches (questions)."""
    n_satisfied: int = 0
    """Those of them that meet every stated constraint."""
    gold: float | None = None
    """Share of the gold items among the first ten."""
    planner: str = "basic"
    asked: bool = False
    """Whether the model was asked to plan."""
    fell_back: str = ""
    """Why the basic planner answered although a model was asked."""
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    ms: float = 0
    read_at_once: bool | None = None
    """Whether the first answer of the planning model held a plan; None where none was asked for."""
    n_parts: int = 0
    """Parts of the plans the model wrote: limits, items to resemble, query, order, question, calls of other tools."""
    parts_dropped: list[str] = []
    """Parts the check did not let through, and why."""
    n_calls: int = 0
    """Tool calls made."""
    calls_failed: list[str] = []
    prose: bool = False
    """Whether the reply is in the model's words, all or some of them."""
    sentences_replaced: int = 0
    sentences_dropped: int = 0
    unsupported: list[dict[str, str]] = []
    """What the second opinion finds wrong in the reply that was shown; items not shown are of the kind "title"."""
    invalid: list[str] = []
    """Items shown that do not exist, are shown twice, or break a limit without saying so."""
    reply: str = ""


async def take(agent: Cicerone, graph: Any, kind: Kind, raw: Mapping[str, Any], *, key: str, prose: bool) -> Taken:
    """Let the agent take a turn from its words alone, never from its labels; `graph` has no checkpointer."""
    line = {"context": raw["context"]} if kind == "turns" else {"query": raw["text"]}
    turn = prepare(parse_line(line), agent.kit, SHOWN if kind == "turns" else K, always_slate=True)
    turn.prose = prose
    await finish(turn, graph)
    if agent.traces:
        agent.traces.keep(turn, agent.kit)
    taken = _spent(turn, Taken(key=key, kind=kind, fingerprint=""))
    _planned(turn, taken)
    _said(turn, taken, agent.kit.bundle)
    if kind == "turns":
        _score_turn(turn, raw, taken, agent)
    else:
        _score_question(turn, raw, taken, agent.kit.bundle)
    return taken


def _score_turn(turn: Turn, raw: Mapping[str, Any], taken: Taken, agent: Cicerone) -> None:
    """Rank the targets as `eval retrieval` does."""
    catalog = agent.kit.bundle.catalog
    shown = {item.item_id for item in turn.slate}
    hidden = frozenset(catalog.rows_of([*named_in(raw), *(agent.kit.excluded(turn) - shown)]))
    targets = [catalog.row_of(item_id) if item_id else None for item_id in targets_of(raw, Options())]
    rows, _ = SYSTEMS["agent"](Case(raw, tuple(targets), turn, agent.kit.bundle, hidden, None))
    ranks = [rank_of(rows, target) for target in targets]
    taken.ranks = [int(rank) if rank < len(rows) else None for rank in ranks]
    taken.dialog_id = str(raw["dialog_id"])


def _score_question(turn: Turn, raw: Mapping[str, Any], taken: Taken, bundle: Bundle) -> None:
    limits = [Filter.model_validate(given) for given in raw["constraints"]]
    matches = [item.item_id for item in turn.slate if not item.breaks]
    items = bundle.catalog.items(bundle.catalog.rows_of(matches))
    taken.n_shown = len(matches)
    taken.n_satisfied = sum(not broken(item, limits, bundle.catalog.fields) for item in items)
    if gold := set(raw["gold"]):
        taken.gold = len(gold & {item.item_id for item in turn.slate[:K]}) / min(len(gold), K)


def _spent(turn: Turn, taken: Taken) -> Taken:
    usage = turn.budget.usage
    spent = {"model_calls": turn.budget.n_calls, "tokens_in": usage.tokens_in, "tokens_out": usage.tokens_out}
    return taken.model_copy(update={**spent, "ms": turn.ms, "planner": turn.planner, "reply": turn.reply})


def _planned(turn: Turn, taken: Taken) -> None:
    exchanges = [one for one in exchanges_of(turn.budget) if not one.streamed]
    drafts = [_draft(one) for one in exchanges]
    taken.asked = bool(exchanges)
    taken.read_at_once = drafts[0] is not None if exchanges and not exchanges[0].error else None
    taken.n_parts = sum(_n_parts(draft) for draft in drafts if draft)
    taken.fell_back = next((n.removesuffix(FELL_BACK) for n in turn.notices if n.endswith(FELL_BACK)), "")
    taken.parts_dropped = [note for note in turn.model_notes if not note.startswith("sentence ")]
    taken.sentences_replaced, taken.sentences_dropped = turn.sentences.replaced, turn.sentences.dropped
    taken.n_calls = len(turn.traces)
    taken.calls_failed = [call.error for call in turn.traces if call.error]


def _draft(exchange: Exchange) -> Draft | None:
    calls = exchange.calls or tool_calls_in(exchange.text)
    return draft_from_text(exchange.text) or draft_from_calls(calls)


def _n_parts(draft: Draft) -> int:
    single = (draft.query, draft.order_by, draft.ask)
    return len(draft.limits) + len(draft.similar_to) + len(draft.strays) + sum(map(bool, single))


def _said(turn: Turn, taken: Taken, bundle: Bundle) -> None:
    """Check what was shown: the items, and the words where they are a model's."""
    taken.prose = any(one.streamed and one.text for one in exchanges_of(turn.budget))
    taken.unsupported = [
        {"kind": found.kind, "words": found.words, "sentence": found.sentence}
        for found in Recheck(turn, bundle).findings()
    ]
    taken.invalid = list(_invalid(turn, bundle))


def _invalid(turn: Turn, bundle: Bundle) -> Sequence[str]:
    found = []
    seen: set[str] = set()
    limits = turn.read.ledger.filters
    for shown in turn.slate:
        rows = bundle.catalog.rows_of([shown.item_id])
        if not rows or shown.item_id in seen:
            found.append(f"{shown.item_id} does not exist, or is shown twice")
        elif any(
            given not in shown.breaks for given in broken(bundle.catalog.items(rows)[0], limits, bundle.catalog.fields)
        ):
            found.append(f"{shown.item_id} breaks a limit and does not say so")
        seen.add(shown.item_id)
    return found
