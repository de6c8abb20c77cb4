"""A labelled turn, answered once by the agent: what every system that is compared draws its list from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.session import Cicerone
from agents.stateless import parse_line, recommend
from agents.turn import Turn
from retrieval.bundle import Bundle
from retrieval.items import Rows

DEPTH = 250
"""Length of every list that is compared."""
SHOWN = 50
"""Length of the slate asked of the agent; behind it stands the rest of its pool, in the ranker's order."""


@dataclass(frozen=True)
class Options:
    """How lists are compared."""

    models: Sequence[str] = ()
    """Names of the systems to score; () for all."""
    keep_named: bool = False
    """Let lists hold items named in the context, and count them as targets. The agent itself never names them again."""
    keep_in_context: bool = False
    """Count targets the context has named already (`in_context`)."""
    candidates: Rows | None = None
    """The only rows a list may hold, for every system alike; None for all."""
    seed: int = 0
    adventure: float | None = None
    """What the agent is to lean to, familiar (−1) to adventurous (1)."""


@dataclass(frozen=True)
class Case:
    """One turn with its labels, the agent's finished turn, and what no list may hold."""

    raw: Mapping[str, Any]
    targets: tuple[int | None, ...]
    """Rows of what was recommended next; None where it is not in the catalogue."""
    turn: Turn
    bundle: Bundle
    hidden: frozenset[int]
    candidates: Rows | None

    @property
    def text(self) -> str:
        """Everything said so far."""
        return " ".join(message["text"] for message in self.raw["context"])

    @property
    def seeds(self) -> list[int]:
        """Rows of the items the agent understood to be named or liked, as it gave them to `similar_items`."""
        calls = [call.args["item_ids"] for call in self.turn.plan.calls if call.tool == "similar_items"]
        return self.bundle.catalog.rows_of(dict.fromkeys(item_id for ids in calls for item_id in ids))

    def kept(self, rows: Sequence[int]) -> list[int]:
        """Return the first rows that a list may hold."""
        return [row for row in rows if row not in self.hidden][:DEPTH]


def targets_of(raw: Mapping[str, Any], options: Options) -> list[str | None]:
    """Return the ids of the targets that count; None for those outside the catalogue."""
    keep = options.keep_named or options.keep_in_context
    return [target.get("item_id") for target in raw["targets"] if keep or not target.get("in_context")]


def named_in(raw: Mapping[str, Any]) -> list[str]:
    """Ids the data says the context names."""
    return [m["item_id"] for m in raw.get("mentioned", []) if isinstance(m, dict) and m.get("item_id")]


async def answer(agent: Cicerone, graph: Any, raw: Mapping[str, Any], options: Options) -> Case:
    """Let the agent take the turn from its context alone, never from the labels."""
    bundle = agent.kit.bundle
    catalog = bundle.catalog
    line: dict[str, Any] = {"context": raw["context"], "adventure": options.adventure}
    if options.candidates is not None:
        rest = np.setdiff1d(np.arange(catalog.n_items), options.candidates)
        line["exclude"] = [catalog.ids[row] for row in rest]
    turn = await recommend(parse_line(line), agent.kit, graph, SHOWN)
    shown = {item.item_id for item in turn.slate}  # by now among what the thread has shown, and so excluded from "more"
    named = [] if options.keep_named else [*named_in(raw), *(agent.kit.excluded(turn) - shown)]
    targets = [catalog.row_of(item_id) if item_id else None for item_id in targets_of(raw, options)]
    return Case(raw, tuple(targets), turn, bundle, frozenset(catalog.rows_of(named)), options.candidates)


def rows_of(item_ids: Sequence[str], bundle: Bundle) -> Rows:
    """Return the rows of these ids, ascending, each once."""
    return np.unique(np.asarray(bundle.catalog.rows_of(item_ids), np.int32))
