"""generate_items: what comes next after a history of items, by a model trained on what people took in which order."""

import numpy as np
from pydantic import Field

from errors import ToolError
from retrieval.bundle import Bundle
from retrieval.items import Rows
from tools.pool import Pool
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult

_BEAM = 50


class GenerateItemsArgs(ToolArgs):
    """Arguments of generate_items."""

    history: list[str] = Field(
        default=[], max_length=200, description="Ids of the items taken or liked so far, the oldest first."
    )
    query: str = Field(default="", description="What is asked for, in words; heard where the model was trained for it.")


def run(args: GenerateItemsArgs, context: ToolContext) -> ToolResult:
    """Predict which items people with such a history take next; only items that exist and meet the limits come out.

    Use it where items are known to be liked or taken, the more the better.
    """
    bundle, generator = context.bundle, context.bundle.generator
    if generator is None:
        raise ToolError("this catalogue has no model of what comes next in use; app.py doctor says why.")
    taken = list(dict.fromkeys(reversed(args.history)))[::-1]  # of one taken twice, the later time counts
    history = bundle.catalog.rows_of(taken)
    absent = [item_id[:60] for item_id in taken if bundle.catalog.row_of(item_id) is None]
    notes = ["Not in the catalogue: " + ", ".join(absent[:5]) + "."] if absent else []
    asked = args.query.strip()
    query = asked if generator.takes_queries else ""
    if asked and not query:
        notes.append("The model was not trained on requests; it went by the history alone.")
    if not history and not query:
        raise ToolError(" ".join([*notes, "give the ids of items taken or liked, the oldest first."]))
    pool = Pool.of(args, context)
    found = generator.decoder.decode(
        [history],
        args.k,
        _BEAM,
        allowed=_mask(pool.rows, bundle.catalog.n_items),
        excluded=[np.array(sorted({*history, *pool.excluded}), np.int64)],
        queries=bundle.embedder.embed([query]) if query else None,
    )[0]
    ranking = [(row, 1 / place) for place, (row, _) in enumerate(found, start=1)]
    return pool.result(ranking, _why(found, history, generator.decoder.ids.codes, bundle), " ".join(notes))


def _mask(rows: Rows | None, n_items: int) -> np.ndarray | None:
    if rows is None:
        return None
    mask = np.zeros(n_items, bool)
    mask[rows] = True
    return mask


def _why(
    found: list[tuple[int, float]], history: list[int], codes: np.ndarray, bundle: Bundle
) -> list[dict[str, object]]:
    """Give the log-probability, the item's codes, the latest item it follows, and the one with most codes in common."""
    ids = bundle.catalog.ids
    reasons: list[dict[str, object]] = []
    for place, (row, log_prob) in enumerate(found, start=1):
        why: dict[str, object] = {"generated": round(log_prob, 3), "place": place, "codes": codes[row].tolist()}
        if history:
            why["after"] = ids[history[-1]]
            n_shared = np.cumprod(codes[history[::-1]] == codes[row], axis=1).sum(axis=1)
            if n_shared.any():
                why["like"] = ids[history[::-1][int(n_shared.argmax())]]
        reasons.append(why)
    return reasons


GENERATE_ITEMS = Tool("generate_items", GenerateItemsArgs, run)
