"""The commands `eval tasks` and `eval simulate`."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError

if TYPE_CHECKING:
    from agents.model.chat import ChatModel
    from agents.session import Cicerone
    from eval.simulation.run import Run
    from eval.simulation.system import System
    from eval.simulation.task import Task
    from eval.simulation.user import SimulatedUser, World

_OWN = "agent"


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parsers of `eval`."""
    what = "Act out tasks whose answer is checked on the catalogue's rows, several times each: pass^k."
    sub = kinds.add_parser("tasks", help=what.rstrip("."), description=what)
    _add_shared(sub, n=200)
    sub.add_argument("--repeats", type=_count, default=4, metavar="R", help="times each task is tried (default: 4)")
    sub.add_argument("--bad", action="store_true", help="also with recommenders that do not listen: they must be last")
    sub.set_defaults(evaluate=tasks)
    what = "Hold dialogues with simulated users, in the form that `eval judge` reads."
    sub = kinds.add_parser("simulate", help=what.rstrip("."), description=what)
    _add_shared(sub, n=100)
    sub.set_defaults(evaluate=simulate, repeats=1, bad=False)


def _add_shared(sub: argparse.ArgumentParser, *, n: int) -> None:
    add = sub.add_argument
    add("--catalog", metavar="NAME", help="which bundle (default: demo)")
    add("--n", type=_count, default=n, metavar="N", help=f"how many tasks (default: {n})")
    add("--planner", choices=["auto", "basic", "llm"], help="who plans (default: auto)")
    add("--simulator", choices=["agenda", "model"], default="agenda", help="who acts the user (default: agenda)")
    add(
        "--system",
        default=_OWN,
        metavar="WHO",
        help="agent (default), random, popular, repeats, the address of a server with /v1/chat, or dialogues as JSONL",
    )
    add("--seed", type=int, default=0, help="of the tasks")
    add("--out", type=Path, required=True, metavar="FILE.jsonl", help="a line a dialogue; a second run goes on from it")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of things; give 1 or more")
    return int(text)


def tasks(args: argparse.Namespace, make_agent: "Callable[[], Cicerone]") -> int:
    """Act out every task, print pass^k by group, and leave the dialogues in the file."""
    return _evaluated("tasks", args, make_agent)


def simulate(args: argparse.Namespace, make_agent: "Callable[[], Cicerone]") -> int:
    """Hold the dialogues, and print how they ended."""
    return _evaluated("simulate", args, make_agent)


def _evaluated(what: str, args: argparse.Namespace, make_agent: "Callable[[], Cicerone]") -> int:
    from eval.report import table
    from eval.simulation.bad_arm import played_badly, told
    from eval.simulation.passk import by_group
    from eval.simulation.run import run
    from ui.progress import progress

    made = _run_of(args, make_agent())
    with progress() as report:
        lines = asyncio.run(run(made, args.out, lambda done, total: report("dialogues", done, total)))
    kept = [line for line in lines if not line["flags"]["leaked"]]
    print(_head(what, args, lines) + "\n")
    print(table(by_group(kept, args.repeats)))
    print("\n" + _faults(lines))
    if args.bad:
        print(told(lines, asyncio.run(played_badly(made.tasks, made.world, made.user_of))))
    return 0


def _head(what: str, args: argparse.Namespace, lines: Sequence[dict[str, Any]]) -> str:
    first = lines[0]
    who = f"{first['system']} · {first['simulator']} user"
    return f"{what} · catalogue {first['task']['catalog']} · {who} · {len(lines):,} dialogues in {args.out.name}"


def _faults(lines: Sequence[dict[str, Any]]) -> str:
    flags = [line["flags"] for line in lines]
    n_leaked = sum(one["leaked"] for one in flags)
    asked = [one["answered"] for one in flags if one["answered"] is not None]
    told = [
        f"leaked {n_leaked} of {len(flags)} ({n_leaked / len(flags):.1%}, left out above)",
        f"items to avoid shown {sum(one['avoided_shown'] for one in flags)}",
        f"unknown items {sum(one['unknown_items'] for one in flags)}",
        f"empty replies {sum(one['empty_replies'] for one in flags)}",
        f"wrongly said there is none {sum(one['wrongly_none'] for one in flags)}",
        f"facts asked about and told {sum(asked)} of {len(asked)}",
        f"moves by a model {sum(one['by_model'] for one in flags)}",
        f"fallen back {sum(one['fallbacks'] for one in flags)}",
        f"broken off {sum('error' in one for one in flags)}",
    ]
    return " · ".join(told)


def _run_of(args: argparse.Namespace, agent: "Cicerone") -> "Run":
    from eval.simulation.generate import TaskMaker
    from eval.simulation.run import Run
    from eval.simulation.user import World

    bundle = agent.kit.bundle
    world = World(bundle.catalog, agent.kit.nouns[:2])
    made = TaskMaker(bundle.catalog, has_history=bundle.co_liked is not None).tasks(args.n, args.seed)
    return Run(made, args.repeats, world, system_of(args.system, agent), _user_maker(args.simulator, agent, world))


def system_of(name: str, agent: "Cicerone") -> "System":
    """Return the system meant by a name, an address or a file. Raises InputError where it is none of these."""
    from eval.simulation.agent_system import AgentSystem
    from eval.simulation.bad_systems import BAD, BadSystem
    from eval.simulation.other_systems import ChatSystem, FixedSystem

    catalog = agent.kit.bundle.catalog
    if name == _OWN:
        return AgentSystem(agent)
    if name in BAD:
        return BadSystem(name, catalog)
    if name.startswith(("http://", "https://")):
        return ChatSystem(name, catalog)
    if Path(name).is_file():
        return FixedSystem(Path(name))
    raise InputError(f"There is no system {name!r}. Give {_OWN}, {', '.join(BAD)}, an address or a JSONL file.")


def _user_maker(simulator: str, agent: "Cicerone", world: "World") -> "Callable[[Task, int], SimulatedUser]":
    from eval.simulation.agenda import AgendaUser
    from eval.simulation.model_user import ModelUser

    if simulator == "agenda":
        return lambda task, seed: AgendaUser(task, world, seed)
    model: ChatModel | None = agent.kit.model
    if model is None:
        from agents.model.chosen_model import chosen_model
        from settings import load_settings

        model = chosen_model(load_settings())
    if model is None:
        raise InputError("--simulator model needs a model: set CICERONE_LLM_BASE_URL and CICERONE_LLM_MODEL.")
    asked = model
    return lambda task, seed: ModelUser(task, world, seed, asked)
