"""How an answer came about, from its trace: the reading, the plan, the tools, the scores and the time, as pictures."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from agents.about import About
from agents.model.recorded import Exchange
from agents.traces import Placed, Trace
from agents.wording import describe_filter, describe_value
from retrieval.items import Filter

_MOST_SHOWN = 10
_MOST_PARTS = 5
_MOST_CHARS = 2_000


def how_address(thread_id: str, turn_id: str = "") -> str:
    """Return where it is told how an answer came about, the last one of a thread where none is named."""
    return "/look/how?" + urlencode({"thread": thread_id} | ({"turn": turn_id} if turn_id else {}))


def why_of(item_id: str, traces: Sequence[Trace]) -> dict[str, Any]:
    """Return why an item was picked when it was last shown, and which lists it stood in; {} where it was not."""
    for trace in reversed(traces):
        shown = next((item for item in trace.outcome.slate if item.item_id == item_id), None)
        if shown:
            found = [line for listed in trace.outcome.lists if (line := _place_in(listed.name, listed.hits, item_id))]
            return {"reasons": shown.reasons, "found": found, "how": how_address(trace.thread_id, trace.turn_id)}
    return {}


def _place_in(name: str, hits: Sequence[tuple[str, float]], item_id: str) -> str:
    place = next((place for place, (hit, _) in enumerate(hits, start=1) if hit == item_id), 0)
    return f"{name.replace('_', ' ')}: place {place}" if place else ""


def how_values(trace: Trace, about: About) -> dict[str, Any]:
    """Return what the sheet of a turn shows, every part in the order of the turn."""
    came = trace.outcome
    return {
        "said": trace.start.text or (trace.start.action.kind.replace("_", " ") if trace.start.action else ""),
        "understood": _understood(came.reading),
        "limits": [_limit(limit, about) for limit in came.reading.get("ledger", {}).get("limits", [])],
        "planner": "a language model" if came.planner == "llm" else "the basic planner",
        "tools": [
            {
                "name": call.name.replace("_", " "),
                "asked": _asked(call.args),
                "found": call.error or f"{call.n_hits:,} of {call.n_pool:,}",
                "note": call.note,
                "ms": call.ms,
                "share": _share(call.ms, max(one.ms for one in trace.tools)),
            }
            for call in trace.tools
        ],
        "n_pool": came.n_pool,
        "n_ranked": came.n_ranked,
        "relaxed": [limit.words for limit in came.relaxed],
        "ranked": _ranked(came.ranked[:_MOST_SHOWN]),
        "stages": _stages(trace.stages_ms),
        "ms": trace.ms,
        "exchanges": [_told(exchange) for exchange in trace.exchanges],
        "dropped": came.dropped,
        "model_calls": trace.model_calls,
        "tokens_in": trace.tokens_in,
        "tokens_out": trace.tokens_out,
        "model": trace.start.model,
        "many": about.noun[1],
        "build": trace.build,
        "at": trace.at.replace("T", " ")[:16],
    }


def _understood(reading: Mapping[str, Any]) -> list[tuple[str, str]]:
    understanding = reading.get("understanding", {})
    names = {"intent": "Taken as", "query": "Looked for", "order": "Put in order by", "anchors": "Pointed at"}
    return [(said, describe_value(understanding[name])) for name, said in names.items() if understanding.get(name)]


def _limit(raw: Mapping[str, Any], about: About) -> dict[str, str]:
    given = Filter.model_validate(raw["filter"])
    field = about.fields.get(given.field)
    return {"text": describe_filter(given, field) if field else given.field, "words": str(raw.get("words", ""))}


def _asked(args: Mapping[str, Any]) -> str:
    given = {name: value for name, value in args.items() if name not in ("filters", "k") and value}
    return ", ".join(f"{name.replace('_', ' ')}: {describe_value(value)}" for name, value in given.items())


def _ranked(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    """Scores as bars, their length relative to the largest sum of parts."""
    most = max((sum(map(abs, one.parts.values())) for one in placed), default=0) or 1
    return [
        {
            "title": one.title,
            "score": f"{one.score:.4g}",
            "chance": one.chance,
            "parts": [
                {
                    "name": name.replace("_", " "),
                    "value": f"{value:+.3g}",
                    "share": _share(abs(value), most),
                    "less": value < 0,
                }
                for name, value in sorted(one.parts.items(), key=lambda part: -abs(part[1]))[:_MOST_PARTS]
            ],
        }  # fmt: skip
        for one in placed
    ]


def _stages(stages_ms: Mapping[str, float]) -> list[dict[str, Any]]:
    """Stages as pieces of one bar: where each begins and how wide it is, in percent."""
    total = sum(stages_ms.values()) or 1
    pieces, start = [], 0.0
    for name, ms in stages_ms.items():
        pieces.append({"name": name, "ms": ms, "start": round(100 * start / total, 2), "width": _share(ms, total)})
        start += ms
    return pieces


def _share(part: float, whole: float) -> float:
    return round(100 * part / whole, 2) if whole else 0


def _told(exchange: Exchange) -> dict[str, Any]:
    calls = "; ".join(f"{call.tool} {call.args}" for call in exchange.calls)
    answer = calls or exchange.text or "nothing"
    ended = f"{exchange.error}: {exchange.error_text}" if exchange.error else ""
    return {"seconds": exchange.seconds, "tokens": exchange.tokens, "answer": answer[:_MOST_CHARS], "error": ended}
