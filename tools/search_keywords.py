"""search_keywords: BM25 over titles, persons, facets and texts."""

from pydantic import Field

from tools.pool import Pool
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult


class SearchKeywordsArgs(ToolArgs):
    """Arguments of search_keywords."""

    query: str = Field(description="Words that should occur: names, titles, subjects. Leave out limits and small talk.")


def run(args: SearchKeywordsArgs, context: ToolContext) -> ToolResult:
    """Find items whose title, people, tags or text contain the words of the query, the rarest words counting most."""
    pool = Pool.of(args, context)
    lexical = context.bundle.lexical
    ranking = pool.ranked(lambda k, rows: lexical.search(args.query, k, rows), args.k)
    note = "" if ranking or lexical.search_terms(args.query) else "None of these words occurs in the catalogue."
    matched = lexical.matched(args.query, [row for row, _ in ranking])
    return pool.result(ranking, [{"matched": words} for words in matched], note)


SEARCH_KEYWORDS = Tool("search_keywords", SearchKeywordsArgs, run)
