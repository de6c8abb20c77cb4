"""The turn as a graph: understand → plan → tools → rank → verify (→ relax → tools) → answer → remember."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents.answering.answer import answer
from agents.answering.telling import unheard_notice
from agents.events import Asked, LedgerChanged, Notice, Slate, ToolFinished, ToolStarted, ToolTrace
from agents.kit import Kit
from agents.ledger import add_limit
from agents.planning.asking import narrowing_question
from agents.planning.plan import plan_turn
from agents.profile.remembering import lesson_of
from agents.ranking.adventure import leaning
from agents.ranking.alignment import align, aligns
from agents.ranking.features import Evidence
from agents.ranking.learned import by_learned, speaks
from agents.ranking.namesakes import series_later
from agents.ranking.personal import personal
from agents.ranking.ranker import Ranked, rank
from agents.ranking.suggested import mixed
from agents.relax import relax
from agents.remember import remember
from agents.slate import build_slate
from agents.state import Thread, ToolCall
from agents.turn import Turn
from agents.understanding.reading import read_turn
from errors import CiceroneError
from tools import call_tool
from tools.spec import ToolContext, ToolResult

_log = logging.getLogger("cicerone.tools")


class State(TypedDict):
    """What is checkpointed: the thread, JSON-plain, and the turn that wrote it last."""

    turn_id: str
    thread: dict[str, Any]


Node = Callable[[State, Runtime[Turn]], Awaitable[dict[str, Any]]]


def build_graph(kit: Kit, checkpointer: Any = None) -> Any:
    """Compile the graph of one catalogue; `kit` is what the nodes work with."""
    graph = StateGraph(State, context_schema=Turn)
    for name, node in {
        "understand": _understand,
        "plan": _plan,
        "tools": _tools,
        "rank": _rank,
        "verify": _verify,
        "relax": _relax,
        "answer": answer,
        "remember": _remember,
    }.items():
        graph.add_node(name, _timed(name, node, kit))  # type: ignore[call-overload]  # its protocols name the config
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_edge("plan", "tools")
    graph.add_edge("tools", "rank")
    graph.add_edge("rank", "verify")
    graph.add_conditional_edges("verify", _route_after_verify, ["relax", "answer"])
    graph.add_edge("relax", "tools")
    graph.add_edge("answer", "remember")
    graph.add_edge("remember", END)
    return graph.compile(checkpointer=checkpointer, name="cicerone")


def _timed(name: str, node: Callable[[Turn, Kit], Awaitable[None]], kit: Kit) -> Node:
    async def run(state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
        turn = runtime.context
        if name == "understand":
            turn.thread = Thread.model_validate(state["thread"]) if state.get("thread") else turn.thread
            turn.before = turn.text, turn.thread
        with turn.budget.spans.span("stage", name) as stage:
            await node(turn, kit)
        turn.stages_ms[name] = round(turn.stages_ms.get(name, 0.0) + stage.ms, 2)
        return {"thread": turn.thread.model_dump(mode="json")} if name == "remember" else {}

    return run


async def _understand(turn: Turn, kit: Kit) -> None:
    await asyncio.to_thread(read_turn, turn, kit)  # tens of milliseconds in which others would wait
    _tell_ledger(turn, kit)


def _tell_ledger(turn: Turn, kit: Kit) -> None:
    ledger = turn.read.ledger
    get_stream_writer()(LedgerChanged(filters=ledger.filters, chips=kit.chips(ledger)))


async def _plan(turn: Turn, kit: Kit) -> None:
    n_limits = len(turn.read.ledger.limits)
    await plan_turn(turn, kit)
    for limit in turn.plan.limits:
        turn.reading = turn.read.with_ledger(add_limit(turn.read.ledger, limit))
    if len(turn.read.ledger.limits) != n_limits:
        _tell_ledger(turn, kit)
    for notice in turn.notices:
        get_stream_writer()(Notice(text=notice))


async def _tools(turn: Turn, kit: Kit) -> None:
    if not turn.budget.take_round():
        return
    context = ToolContext(bundle=kit.bundle, exclude=kit.excluded(turn))
    answers = await asyncio.gather(*(_call(i, call, context, turn) for i, call in enumerate(turn.plan.calls)))
    turn.results = [answer for answer in answers if answer is not None]


async def _call(i: int, call: ToolCall, context: ToolContext, turn: Turn) -> tuple[str, ToolResult] | None:
    """Run one tool in a thread; a tool that fails adds a note to the trace and never empties the pool."""
    tell = get_stream_writer()
    call_id = f"{turn.turn_id}-{len(turn.traces)}-{i}"
    tell(ToolStarted(call_id=call_id, name=call.tool, args=call.args))
    trace = ToolTrace(name=call.tool, ms=0, n_hits=0, args=call.args)
    result: ToolResult | None = None
    try:
        with turn.budget.spans.span("tool", call.tool):
            async with asyncio.timeout(max(1.0, turn.left_s)):
                result = await asyncio.to_thread(call_tool, call.tool, call.args, context)
        found = {"ms": result.ms, "n_hits": len(result.hits), "note": result.note}
        trace = trace.model_copy(update={**found, "n_pool": result.n_pool, "n_unknown": result.n_unknown})
    except CiceroneError as error:
        trace = trace.model_copy(update={"error": str(error)})
    except TimeoutError:
        trace = trace.model_copy(update={"error": f"{call.tool} took longer than the turn allows."})
    except Exception as error:  # noqa: BLE001 - one broken tool must not take the turn with it
        _log.error("%s failed", call.tool, exc_info=error)
        trace = trace.model_copy(update={"error": f"{call.tool} failed ({type(error).__name__})."})
    turn.traces.append(trace)
    tell(ToolFinished(call_id=call_id, tool=trace))
    return None if result is None else (call.list_name, result)


async def _rank(turn: Turn, kit: Kit) -> None:
    lists = [(name, result) for name, result in turn.results if result.hits]
    turn.n_pool = max((result.n_pool for _, result in turn.results), default=0)
    turn.ranked = await asyncio.to_thread(_ranked, lists, turn, kit)
    if aligns(turn, kit):
        turn.ranked = await align(turn, kit)


def _ranked(lists: list[tuple[str, ToolResult]], turn: Turn, kit: Kit) -> list[Ranked]:
    read = turn.read.understanding
    ranked = rank(lists, read, turn.read.ledger, kit.bundle.catalog)
    evidence = turn.evidence = Evidence.of(turn)
    if speaks(evidence):
        ranked = by_learned(ranked, evidence, kit.bundle)
        trust = kit.suggestions.hit_rate if kit.suggestions else 0.0
        ranked = mixed(ranked, lists, trust, kit.bundle.catalog)
    if read.intent == "similar" and any(limit.turn == turn.thread.n_turns for limit in turn.read.ledger.limits):
        ranked = series_later(ranked, read.anchors, kit.bundle.catalog)
    ranked = personal(ranked, turn.profile, read, kit.bundle, turn.today)
    return ranked if read.order else leaning(ranked, turn.level, kit.bundle)


async def _verify(turn: Turn, kit: Kit) -> None:
    turn.slate = build_slate(turn, kit)
    if notice := unheard_notice(turn, kit):
        turn.notices.append(notice)
        get_stream_writer()(Notice(text=notice))
    if turn.slate:
        get_stream_writer()(Slate(items=turn.slate))
    turn.question = turn.question or await asyncio.to_thread(narrowing_question, turn, kit)
    if turn.question:
        get_stream_writer()(Asked(question=turn.question))


def _route_after_verify(state: State, runtime: Runtime[Turn]) -> str:
    turn = runtime.context
    wanted = bool(turn.plan.calls) and turn.read.understanding.intent not in ("details", "compare")
    if turn.slate or turn.relaxed or turn.gave_up or not wanted or not turn.read.ledger.limits:
        return "answer"
    return "relax"


async def _relax(turn: Turn, kit: Kit) -> None:
    read, thread = turn.read, turn.thread
    turn.relaxed = relax(
        read.ledger.limits,
        kit.bundle.catalog,
        said={thread.n_turns: turn.text, **{i: old.user for i, old in enumerate(thread.past, start=thread.n_dropped)}},
        without=kit.bundle.catalog.rows_of(kit.excluded(turn)),
        goes_on=turn.always_slate or bool(read.understanding.query or read.understanding.anchors or read.ledger.tastes),
    )
    turn.gave_up = turn.relaxed is None
    if turn.relaxed:
        turn.plan = turn.plan.with_filters(turn.relaxed.filters)


async def _remember(turn: Turn, kit: Kit) -> None:
    if turn.remembers:
        turn.lesson = await lesson_of(turn, kit)
    remember(turn, kit)
