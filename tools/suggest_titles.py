"""suggest_titles: titles the caller knows by itself, matched to the catalogue; what is not there is dropped."""

from collections import Counter

from pydantic import Field

from tools.pool import Pool
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult

MOST_TITLES = 20
_SAID = {
    "absent": "not in the catalogue",
    "ambiguous": "the title of several",
    "ruled out": "ruled out by the limits or known already",
    "repeated": "repeated",
}


class SuggestTitlesArgs(ToolArgs):
    """Arguments of suggest_titles."""

    titles: list[str] = Field(
        min_length=1,
        max_length=MOST_TITLES,
        description="Up to 20 titles from your own knowledge that suit the wish, the best first, each with its year.",
    )


def run(args: SuggestTitlesArgs, context: ToolContext) -> ToolResult:
    """Put forward titles you know yourself. Only those that are in the catalogue and meet the limits come out.

    Use it where your own knowledge of what people enjoy together says more than words to search for.
    """
    pool = Pool.of(args, context)
    allowed = None if pool.rows is None else frozenset(pool.rows.tolist())
    linker, found, dropped = context.bundle.linker, dict[int, dict[str, object]](), Counter[str]()
    for place, title in enumerate(args.titles, start=1):
        row, how = linker.ground(title)
        if row is None:
            dropped[how] += 1
        elif row in found:
            dropped["repeated"] += 1
        elif row in pool.excluded or (allowed is not None and row not in allowed):
            dropped["ruled out"] += 1
        else:
            found[row] = {"suggested": place, "written": title[:120]}
    ranking = [(row, float(1 / place)) for place, row in enumerate(found, start=1)][: args.k]
    note = "; ".join(f"{n} {_SAID[how]}" for how, n in sorted(dropped.items()))
    note = f"{len(found)} of {len(args.titles)} titles kept" + (f": {note}." if note else ".")
    result = pool.result(ranking, list(found.values())[: args.k], note)
    return result.model_copy(update={"data": {"n_titles": len(args.titles), **dropped}})


SUGGEST_TITLES = Tool("suggest_titles", SuggestTitlesArgs, run)
