"""How an answer came about, in a few lines for people."""

from collections.abc import Iterator

from agents.events import ToolTrace
from agents.model.recorded import Exchange
from agents.traces import Placed, Trace

_TOP = 5
_PARTS = 4
_CHARS = 100


def outline(trace: Trace) -> Iterator[str]:
    """Yield the lines, in the order of the turn."""
    came = trace.outcome
    yield f"turn {trace.turn_id} · {trace.catalog}, build {trace.build} · {came.planner} planner · {trace.ms:,.0f} ms"
    understood = came.reading.get("understanding", {})
    said = {name: understood.get(name) for name in ("intent", "query", "anchors", "order") if understood.get(name)}
    yield "understood  " + ", ".join(f"{name} {value}" for name, value in said.items())
    for limit in came.reading.get("ledger", {}).get("limits", []):
        given = limit["filter"]
        yield f"limit       {given['field']} {given['op']} {given['value']}  (“{limit['words']}”)"
    for exchange in trace.exchanges:
        yield "model       " + _told(exchange)
    for what in came.dropped:
        yield f"dropped     {_short(what)}"
    for call in trace.tools:
        yield "tool        " + _called(call)
    if came.relaxed:
        yield "relaxed     " + ", ".join(limit.words for limit in came.relaxed)
    yield f"ranked      {came.n_ranked:,} of {came.n_pool:,} that fit"
    for place, item in enumerate(came.ranked[:_TOP], start=1):
        yield f"  {place}. {_placed(item)}"
    yield f"shown       {', '.join(item.title for item in came.slate) or 'nothing'}"
    if came.question:
        yield f"asked       {came.question.text}"
    for notice in came.notices:
        yield f"notice      {notice}"
    yield f"reply       {' '.join(came.reply.split())}"
    yield "stages      " + ", ".join(f"{name} {ms:,.0f} ms" for name, ms in trace.stages_ms.items())


def _told(exchange: Exchange) -> str:
    calls = "; ".join(f"{call.tool} {call.args}" for call in exchange.calls)
    ended = f" – {exchange.error}: {exchange.error_text}" if exchange.error else ""
    spent = f"{exchange.seconds:.1f} s, {exchange.tokens:,} tokens"
    return f"{spent}: {_short(calls or exchange.text or 'nothing')}{ended}"


def _called(call: ToolTrace) -> str:
    given = {name: value for name, value in call.args.items() if name not in ("filters", "k") and value}
    found = call.error or f"{call.n_hits:,} of {call.n_pool:,}"
    return f"{call.name} {_short(str(given)) if given else ''} → {found}, {call.ms:.0f} ms"


def _placed(item: Placed) -> str:
    parts = ", ".join(f"{name} {value:g}" for name, value in list(item.parts.items())[:_PARTS])
    return f"{item.title}  {item.score:g}" + (f" = {parts} …" if parts else "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _CHARS else text[: _CHARS - 1] + "…"
