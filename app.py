"""Composition root and command line: the only file that knows everything. Heavy imports happen inside the commands."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ui.build
import ui.publish
import ui.replay
import ui.token_command
import ui.tool
import ui.train
from errors import CiceroneError
from eval.arguments import add_evaluations
from ui.arguments import add_ask, add_batch, add_user, count

if TYPE_CHECKING:
    from agents.gate import Gate
    from agents.library import Library
    from agents.session import Cicerone
    from settings import Settings


def _settings(args: argparse.Namespace) -> Settings:
    from settings import load_settings

    names = ("catalog", "host", "port", "planner", "llm_tools")
    return load_settings(**{name: getattr(args, name, None) for name in names})


def _agent(settings: Settings, *, quiet: bool = False) -> Cicerone:
    """Open the bundle and wire the agent; the demo is built first where it is asked for and missing."""
    from agents.model.chosen_model import chosen_model
    from agents.session import Cicerone
    from retrieval.opening import open_catalog

    model = chosen_model(settings)
    _ensure_demo(settings, quiet=quiet)
    bundle = open_catalog(settings)
    bundle.warm()
    return Cicerone(bundle, settings, model)


def _library(settings: Settings, gate: Gate | None = None) -> Library:
    from agents.library import Library
    from agents.model.chosen_model import chosen_model

    ui.publish.fetch(settings)
    _ensure_demo(settings)
    return Library(settings, chosen_model(settings), settings.var_dir / "people" / "threads.sqlite", gate=gate)


def _ensure_demo(settings: Settings, *, quiet: bool = False) -> None:
    from retrieval.bundle import bundle_exists
    from ui.progress import progress

    if settings.catalog == "demo" and not bundle_exists(settings.var_dir, "demo"):
        from retrieval.demo import build_demo
        from retrieval.embedders import chosen_embedder

        with progress(quiet=quiet) as report:
            build_demo(settings.var_dir, report=report, embedder=chosen_embedder(settings))


def serve(args: argparse.Namespace) -> int:
    """Start the chat and the HTTP doors."""
    # Imports and indexes make millions of objects that stay: looking for garbage among them costs two seconds.
    gc.disable()
    # Turns run side by side: threads of their own for each product of matrices only get in each other's way.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        from ui.serve import serve_forever

        settings = _settings(args)
        return serve_forever(settings, lambda gate: _library(settings, gate))
    finally:
        gc.enable()


def mcp(args: argparse.Namespace) -> int:
    """Serve other programs over MCP, on standard input and output."""
    from ui.mcp import serve_stdio

    return asyncio.run(serve_stdio(_library(_settings(args)), args.user))


def chat(args: argparse.Namespace) -> int:
    """Chat in the terminal."""
    from agents.trace_files import people_traces
    from ui.known import known_as
    from ui.terminal import chat as talk

    settings = _settings(args)
    agent = _agent(settings)
    agent.traces = people_traces(settings, settings.var_dir / "people")
    return asyncio.run(talk(agent, known=known_as(args.user, agent)))


def ask(args: argparse.Namespace) -> int:
    """Take one turn and print the answer."""
    from ui.known import known_as
    from ui.terminal import ask as ask_once

    agent = _agent(_settings(args), quiet=args.json)
    if args.trace:
        return asyncio.run(ui.replay.ask(args, agent, print))
    known, asked = known_as(args.user, agent), {"k": args.k, "adventure": args.adventure}
    return asyncio.run(ask_once(agent, args.message, **asked, as_json=args.json, known=known))


def build(args: argparse.Namespace) -> int:
    """Build the bundle of a catalogue file."""
    return ui.build.build(args, _settings(args))


def publish(args: argparse.Namespace) -> int:
    """Bring the current build of a catalogue to where replicas fetch it."""
    return ui.publish.publish(args, _settings(args), print)


def rollback(args: argparse.Namespace) -> int:
    """Go back to the build before the current one."""
    settings = _settings(args)
    return ui.build.rollback(settings.catalog, settings)


def train(args: argparse.Namespace) -> int:
    """Learn from a catalogue's interactions what people take next."""
    return ui.train.train(args, _settings(args))


def batch(args: argparse.Namespace) -> int:
    """Answer a file of turns into a file."""
    from ui.batch import batch as answer

    return asyncio.run(answer(args, _agent(_settings(args)), print))


def replay(args: argparse.Namespace) -> int:
    """Run traced turns again on the same build and say what differs."""
    return asyncio.run(ui.replay.replay(args, _settings(args), print))


def tool(args: argparse.Namespace) -> int:
    """Run one tool and print its result as JSON."""
    settings = _settings(args)
    _ensure_demo(settings, quiet=True)
    return ui.tool.tool(args, settings, print)


def token(args: argparse.Namespace) -> int:
    """Make, list or revoke the tokens that programs come with."""
    return ui.token_command.run(args, _settings(args), print)


def doctor(args: argparse.Namespace) -> int:
    """Check the installation, the bundle and the model, and say what to do."""
    from ui.doctor import examine

    return asyncio.run(examine(_settings(args), print, llm=args.llm))


def evaluate(args: argparse.Namespace) -> int:
    """Run a quality benchmark on labelled data."""
    from eval import commands

    return commands.run(args, lambda: _agent(_settings(args)))


Adder = Callable[..., argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    top = argparse.ArgumentParser("app.py", description="Cicerone, a conversational recommender over any catalogue.")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, run: Any, *, catalog: bool = True, planner: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=run.__doc__.strip().rstrip("."), description=run.__doc__)
        sub.set_defaults(run=run)
        if catalog:
            sub.add_argument("--catalog", metavar="NAME", help="which bundle (default: demo)")
        if planner:
            sub.add_argument("--planner", choices=["auto", "basic", "llm"], help="who plans (default: auto)")
        return sub

    _add_talking(add)
    _add_working(add)
    return top


def _add_talking(add: Adder) -> None:
    sub = add("serve", serve)
    sub.add_argument("--host")
    sub.add_argument("--port", type=int)
    add_user(add("mcp", mcp))
    add_user(add("chat", chat))
    add_ask(add("ask", ask))


def _add_working(add: Adder) -> None:
    ui.build.add_arguments(add("build", build, catalog=False, planner=False))
    add("rollback", rollback, planner=False)
    add("publish", publish, planner=False)
    ui.train.add_arguments(add("train", train, planner=False))
    add_batch(add("batch", batch))
    ui.replay.add_arguments(add("replay", replay, planner=False))
    ui.tool.add_arguments(add("tool", tool, planner=False))
    ui.token_command.add_arguments(add("token", token, catalog=False, planner=False))
    sub = add("doctor", doctor)
    sub.add_argument("--llm", action="store_true", help="try out what the model can do, and keep it for planning")
    add_evaluations(add("eval", evaluate, catalog=False, planner=False), count)


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong use."""
    args = parser().parse_args(argv)
    if args.command is None:
        args = parser().parse_args([*(argv if argv is not None else sys.argv[1:]), "serve"])
    try:
        return int(args.run(args))
    except CiceroneError as error:
        if args.debug:
            raise
        print(f"app.py {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
