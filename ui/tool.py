"""Run one tool from the command line."""

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.arguments import json_object

if TYPE_CHECKING:
    from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `tool` takes."""
    parser.add_argument("tool_name", metavar="NAME")
    parser.add_argument("args", metavar="JSON", nargs="?", default="{}")


def tool(args: argparse.Namespace, settings: "Settings", say: Callable[[str], object]) -> int:
    """Run one tool and print its result as JSON. Raises ToolError for arguments that do not fit it."""
    from retrieval.opening import open_catalog
    from tools import call_tool
    from tools.spec import ToolContext

    raw = json_object(args.args)
    result = call_tool(args.tool_name, raw, ToolContext(bundle=open_catalog(settings)))
    say(json.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=2))
    return 0
