"""search_meaning: items whose description means what the query says, whatever the words."""

from pydantic import Field

from errors import ToolError
from tools.pool import Pool
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult


class SearchMeaningArgs(ToolArgs):
    """Arguments of search_meaning."""

    query: str = Field(description="A description in plain words of what the user is after: mood, subject, story.")


def run(args: SearchMeaningArgs, context: ToolContext) -> ToolResult:
    """Find items by meaning: moods, themes and descriptions in other words than the catalogue's own."""
    dense = context.bundle.dense
    if dense is None:
        raise ToolError("this catalogue was built without vectors; search_keywords works without them.")
    pool = Pool.of(args, context)
    ranking = pool.ranked(lambda k, rows: dense.search(args.query, k, rows), args.k)
    return pool.result(ranking, [{"cosine": round(score, 3)} for _, score in ranking])


SEARCH_MEANING = Tool("search_meaning", SearchMeaningArgs, run)
