"""Write the generated pages of the docs; a test asserts that they are current."""

import ast
import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def settings_page() -> str:
    """Every setting with its default and the docstring under it."""
    source = (ROOT / "settings.py").read_text(encoding="utf-8")
    cls = next(n for n in ast.parse(source).body if isinstance(n, ast.ClassDef))
    lines = [
        "# Settings",
        "",
        "Environment variables, or the same lines in a file `.env`.",
        "",
        "| variable | default | what |",
        "|---|---|---|",
    ]
    for node, after in zip(cls.body, cls.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            name = ast.unparse(node.target)
            told = " ".join(after.value.value.split())  # a row of a table is one line
            lines.append(f"| `CICERONE_{name.upper()}` | {_default(name)} | {told} |")
    lines += ["", "`OPENAI_API_KEY` is read where `CICERONE_LLM_API_KEY` is not set."]
    return "\n".join(lines) + "\n"


def _default(name: str) -> str:
    from settings import Settings

    value = Settings.model_fields[name].default
    return "" if value is None else f"`{value}`"


def tools_page() -> str:
    """Every tool with its arguments, in the words the model reads."""
    from tools import TOOLS

    lines = ["# Tools", "", "What the planner may call, and `app.py tool NAME '{json}'` too."]
    for tool in TOOLS:
        lines += ["", f"## {tool.name}", "", tool.description, "", "| argument | default | what |", "|---|---|---|"]
        for name, field in tool.args.model_fields.items():
            default = "required" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
            lines.append(f"| `{name}` | {default} | {field.description or ''} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The command line's own help, command by command."""
    import argparse
    import os

    os.environ["COLUMNS"] = "100"
    from app import parser

    def below(name: str, command: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
        yield name, command
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                for part, sub in action.choices.items():
                    yield from below(f"{name} {part}".strip(), sub)

    lines = ["# Commands"]
    for name, sub in below("", parser()):
        text = io.StringIO()
        with redirect_stdout(text):
            sub.print_help()
        lines += ["", f"## app.py {name}".rstrip(), "", "```", text.getvalue().rstrip(), "```"]
    return "\n".join(lines) + "\n"


PAGES = {"settings.md": settings_page, "tools.md": tools_page, "commands.md": commands_page}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (ROOT / "docs" / page).write_text(make(), encoding="utf-8")
