"""ask_user: one question beside the slate."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tools.spec import Arguments, Tool, ToolContext, ToolResult

Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class AskUserArgs(Arguments):
    """Arguments of ask_user."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)] = Field(
        description="One short question whose answer would change the list."
    )
    choices: list[Choice] = Field(default=[], max_length=4, description="Up to four short answers to choose from.")


def run(args: AskUserArgs, context: ToolContext) -> ToolResult:
    """Ask the user one question, shown beside the recommendations and never instead of them; use it rarely."""
    return ToolResult(data={"question": {"text": args.text, "choices": list(dict.fromkeys(args.choices))}})


ASK_USER = Tool("ask_user", AskUserArgs, run)
