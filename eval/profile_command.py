"""The command `eval profile`."""

import argparse
import asyncio
from typing import TYPE_CHECKING, Any

from eval.profile import Bench, bench_of, score_profiles
from eval.profile_agents import score_agent, score_model
from eval.ratings import read_ratings
from eval.report import write
from ui.progress import progress

if TYPE_CHECKING:
    from agents.session import Cicerone


def profile(args: argparse.Namespace, agent: "Cicerone") -> int:
    """Score what is known of people, print the table and write it."""
    kit = agent.kit
    given = read_ratings(args.data, kit.bundle.catalog)
    with progress() as report:
        bench = bench_of(kit.bundle, given, args.n, args.seed)
        rows = score_profiles(bench, lambda done, total: report("systems", done, total))
        rows |= asyncio.run(_agent_rows(args, agent, bench, report))
    title = (
        f"profile · {args.data.name} · catalogue {kit.bundle.name} · {len(bench.asked)} users · {agent.planner_name()}"
    )
    facts = {"what": "profile", "data": args.data.name, "catalog": kit.bundle.name, "seed": args.seed}
    write(args.out, title, rows, **facts, unknown=given.n_unknown, chosen_on=len(bench.chosen_on))
    return 0


async def _agent_rows(args: argparse.Namespace, agent: "Cicerone", bench: Bench, report: Any) -> dict[str, Any]:
    kit = agent.kit
    settings = kit.settings.model_copy(update={"planner": "basic"})
    few = Bench(bench.bundle, bench.traits, bench.asked[: args.n_agent], [], bench.profiles)
    rows = await score_agent(few, settings, lambda done, total: report("agent", done, total))
    if kit.model is not None:
        cache, timeout_s = settings.var_dir / "cache", settings.llm_timeout_s
        say = lambda done, total: report("model", done, total)  # noqa: E731
        rows |= await score_model(bench, kit.model, cache, args.n_model, timeout_s, say)
    return rows
