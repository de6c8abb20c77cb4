"""The chat in a terminal: `chat` talks until it is told to stop, `ask` takes one turn."""

import re
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, cast

from agents.events import (
    Failed,
    Notice,
    ProfileChanged,
    Question,
    SlateItem,
    Token,
    ToolFinished,
    TurnFinished,
    TurnStarted,
)
from agents.wording import describe_filter, describe_value
from retrieval.items import Role
from ui import steps
from ui.guide import Guide
from ui.known import Known

if TYPE_CHECKING:
    from rich.console import Console

_USER = "terminal"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HELP = (
    "Say what you are after, in your own words. Later messages change it: no, newer; more like the second one.\n"
    "/new starts over · /limits shows what is kept to · /help this · /quit stops (so do Ctrl-D and Ctrl-C)\n"
    "/profile shows what is remembered of you, where chat was started with --user NAME."
)  # fmt: skip


async def ask(
    agent: Guide,
    message: str,
    *,
    k: int | None = None,
    adventure: float | None = None,
    as_json: bool = False,
    known: Known | None = None,
) -> int:
    """Take one turn and print the reply and the numbered items; `as_json` prints turn_finished instead.

    Returns the exit code: 1 where the turn failed.
    """
    console = _console()
    failed = False
    async with _opened(agent):
        user = known.user_id if known else _USER
        async for event in agent.turn(user, None, message, k=k, adventure=adventure, remembers=known is not None):
            failed = failed or isinstance(event, Failed)
            if as_json and isinstance(event, TurnFinished):
                print(event.model_dump_json(indent=2))
            elif not as_json:
                _show(event, agent, console)
    return 1 if failed else 0


async def chat(agent: Guide, read: Callable[[str], Awaitable[str]] | None = None, known: Known | None = None) -> int:
    """Talk until /quit, the end of input or Ctrl-C.

    `read` takes a prompt and returns a line; it raises EOFError at the end. Who is not `known` is a guest.
    """
    console = _console()
    async with _opened(agent):
        _say(console, f"Cicerone · {agent.about.name} · {agent.planner_name()}", "bold")
        _say(console, f"Try: {' · '.join(agent.starters[:2])}\n/help shows more", "dim")
        thread_id: str | None = None
        while (line := await _next_line(read or _typed)) is not None:
            if line == "/new":
                thread_id = None
                _say(console, "A fresh conversation.", "dim")
            elif line.startswith("/"):
                await _command(line, agent, thread_id, console, known)
            elif line:
                thread_id = await _turn(agent, thread_id, line, console, known)
            else:
                _say(console, f"Tell me what {agent.about.noun[1]} you are in the mood for; /help shows how.", "dim")
    _say(console, "Bye.", "dim")
    return 0


async def _next_line(read: Callable[[str], Awaitable[str]]) -> str | None:
    """Return the next line without its spaces, or None where the talk is over."""
    try:
        line = (await read("\nyou › ")).strip()
    except (EOFError, KeyboardInterrupt):
        return None
    return None if line in ("/quit", "/exit", "/q") else line


async def _typed(prompt: str) -> str:
    # Under asyncio.run Ctrl-C would only mark the task as cancelled, and input() would go on waiting.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(prompt)
    finally:
        signal.signal(signal.SIGINT, ours)


async def _command(line: str, agent: Guide, thread_id: str | None, console: "Console", known: Known | None) -> None:
    if known and (told := await known.command(line)) is not None:
        _say(console, told, "dim")
        return
    if line != "/limits":
        _say(console, _HELP if line == "/help" else f"There is no {line}.\n{_HELP}", "dim")
        return
    chips = (await agent.ledger(known.user_id if known else _USER, thread_id)).chips if thread_id else []
    _say(console, " · ".join(chip.text for chip in chips) or "Nothing is kept to yet.", "dim")


async def _turn(agent: Guide, thread_id: str | None, text: str, console: "Console", known: Known | None) -> str | None:
    """Take one turn; returns its thread."""
    user = known.user_id if known else _USER
    async for event in agent.turn(user, thread_id, text, remembers=known is not None):
        if isinstance(event, TurnStarted):
            thread_id = event.thread_id
        _show(event, agent, console)
    return thread_id


def _show(event: Any, agent: Guide, console: "Console") -> None:
    match event:
        case ToolFinished():
            _say(console, f"  {steps.title(event.tool)}", "dim")
        case ProfileChanged() if event.summary:
            _say(console, f"\n  remembered: {event.summary}", "dim")
        case Notice() | Failed():
            _say(console, f"  {event.text}", "yellow")
        case Token():
            _say(console, event.text.replace("**", ""), end="")
        case TurnFinished():
            console.print()
            for place, item in enumerate(event.items, start=1):
                _show_item(place, item, agent, console)
            _show_question(event.question, console)


def _show_item(place: int, item: SlateItem, agent: Guide, console: "Console") -> None:
    _say(console, f"{place:>3}. ", "bold", end="")
    _say(console, item.title, "bold", end="")
    _say(console, f"  {_facts(item, agent)}", "dim")
    for given in item.breaks:
        if given.field in agent.about.fields:
            missed = f"     nearest miss: you asked for {describe_filter(given, agent.about.fields[given.field])}"
            _say(console, missed, "yellow")
    if item.reasons:
        _say(console, "     " + "; ".join(reason.text for reason in item.reasons))


def _facts(item: SlateItem, agent: Guide) -> str:
    """The year and length, and the first facet and persons, as the roles tell."""
    roles = (Role.NUMBER, Role.DATE, Role.FACET, Role.PERSON)
    shown: dict[str, str] = {}
    for name, field in agent.about.fields.items():
        slot = field.unit if field.role is Role.NUMBER else field.role.value
        if field.role in roles and slot and slot not in shown and item.fields.get(name) not in (None, "", []):
            shown[slot] = describe_value(item.fields[name], field)
    order = ("year", "date", "facet", "person", "min", "pages")
    return " · ".join(shown[slot] for slot in order if slot in shown)


def _show_question(question: Question | None, console: "Console") -> None:
    if question:
        _say(console, f"\n{question.text}  ({' / '.join(question.choices)})", "cyan")


def _say(console: "Console", text: str, style: str = "", end: str = "\n") -> None:
    """Print text as it is; control characters in it, which could steer the terminal, are left out."""
    console.print(_CONTROL.sub("", text), style=style, end=end, markup=False, highlight=False)


def _opened(agent: Guide) -> AbstractAsyncContextManager[Any]:
    return cast("AbstractAsyncContextManager[Any]", agent)


def _console() -> "Console":
    from rich.console import Console

    return Console(file=sys.stdout, soft_wrap=True)
