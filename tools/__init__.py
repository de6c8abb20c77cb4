"""What the agent may do: TOOLS lists every tool; nothing else registers one."""

from typing import Any

from errors import ToolError
from tools.ask_user import ASK_USER
from tools.filter_items import FILTER_ITEMS
from tools.generate_items import GENERATE_ITEMS
from tools.item_details import ITEM_DETAILS
from tools.remember import REMEMBER
from tools.search_keywords import SEARCH_KEYWORDS
from tools.search_meaning import SEARCH_MEANING
from tools.similar_items import SIMILAR_ITEMS
from tools.spec import Tool, ToolContext, ToolResult
from tools.suggest_titles import SUGGEST_TITLES

TOOLS: tuple[Tool[Any], ...] = (
    FILTER_ITEMS,
    SEARCH_KEYWORDS,
    SEARCH_MEANING,
    SIMILAR_ITEMS,
    GENERATE_ITEMS,
    SUGGEST_TITLES,
    ITEM_DETAILS,
    REMEMBER,
    ASK_USER,
)


def call_tool(name: str, raw_args: dict[str, Any], context: ToolContext) -> ToolResult:
    """Run the tool of this name. Raises ToolError on an unknown name or bad arguments."""
    for tool in TOOLS:
        if tool.name == name:
            return tool.call(raw_args, context)
    raise ToolError(f"There is no tool {name[:60]!r}; the tools are {', '.join(tool.name for tool in TOOLS)}.")
