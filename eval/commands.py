"""The `eval` commands: read labelled data, score, print a table, write JSON."""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.session import Cicerone
from errors import InputError
from eval.report import write
from ui.batch import read_lines
from ui.progress import progress

if TYPE_CHECKING:
    from eval.next_models import Means
    from eval.sequences import Sequences

_MINUTES, _INDEXING_MINUTES = 15, 3
"""A trained model, where --minutes does not say."""
_NEEDED = {
    "retrieval": ("dialog_id", "context", "targets"),
    "filters": ("text", "constraints", "gold"),
    "plots": ("text", "slots"),
}
"""What each line must hold, by kind of evaluation."""


def run(args: argparse.Namespace, make_agent: Callable[[], Cicerone]) -> int:
    """Run one evaluation as the command line asks for it; the agent is made only where one is scored."""
    if hasattr(args, "evaluate"):
        return int(args.evaluate(args, make_agent))
    if args.what == "next":
        return _next(args)
    if args.what == "codes":
        from eval.codes import codes_told

        title, rows, meant = codes_told(make_agent().kit.bundle, args.n)
        write(args.out, title, rows, {"What the biggest first codes stand for": meant}, what="codes", meanings=meant)
        return 0
    if args.what == "conversations":
        return _conversations(args, make_agent)
    if args.what == "profile":
        from eval.profile_command import profile

        return profile(args, make_agent())
    if args.what == "dialogue":
        from eval.dialogue import dialogue

        return dialogue(args, make_agent, _read)
    if args.what == "roles":
        from eval.roles import score_roles

        return score_roles(args.data)
    return asyncio.run((_fit if args.what == "fit" else _with_agent)(args, make_agent()))


def _conversations(args: argparse.Namespace, make_agent: Callable[[], Cicerone]) -> int:
    from eval.conversations import cars
    from eval.conversations.run import play_suites, told
    from eval.conversations.suite import suites_of
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    suites, settings = suites_of(args.catalog), load_settings()
    with progress() as report:
        if args.catalog == cars.NAME:
            cars.ensure_cars(settings.var_dir, chosen_embedder(settings), report)
        agent, say = make_agent(), partial(report, "conversations")
        results = asyncio.run(play_suites(suites, agent, say, only=args.only, prose=not args.no_prose, out=args.out))
    print(f"conversations · catalogue {args.catalog} · {agent.planner_name()}")
    print(told(results))
    return 0


async def _with_agent(args: argparse.Namespace, agent: Cicerone) -> int:
    from eval.questions import score_questions

    rows_in = _read(args.turns, _NEEDED[args.what])[: args.n]
    facts: dict[str, Any] = {"what": args.what, "turns": args.turns.name, "catalog": agent.kit.bundle.name}
    async with agent:
        with progress() as report:
            if args.what == "filters":
                rows, wrong = await score_questions(
                    agent, rows_in, lambda done, total: report("questions", done, total)
                )
                facts["wrong"] = wrong
            else:
                rows = await _score_lists(args, agent, rows_in, lambda done, total: report("turns", done, total))
    title = f"{args.what} · {args.turns.name} · catalogue {agent.kit.bundle.name} · {agent.planner_name()}"
    write(args.out, title, rows, **facts)
    return 0


async def _fit(args: argparse.Namespace, agent: Cicerone) -> int:
    from eval.examples import examples
    from eval.fit_ranker import fit_ranker

    sets = {}
    async with agent:
        with progress() as report:
            for path in args.turns:
                turns = _read(path, _NEEDED["retrieval"])[: args.n]
                name = path.name.split(".")[0]
                say = partial(report, name)
                sets[name] = [pool async for pool in examples(agent, turns, say, name)]
    print(fit_ranker(sets, agent.kit.bundle.name, args.out))
    return 0


async def _score_lists(
    args: argparse.Namespace, agent: Cicerone, rows_in: Sequence[Any], say: Callable[[int, int], None]
) -> dict[str, dict[str, Any]]:
    from eval.cases import Options, rows_of
    from eval.plots import plot_turns
    from eval.turns import score_turns

    bundle = agent.kit.bundle
    candidates = (
        None if args.candidates is None else rows_of([line.strip() for line in read_lines(args.candidates)], bundle)
    )
    if args.what == "plots":
        turns = plot_turns(rows_in, bundle.catalog)
        return await score_turns(agent, turns, say, Options(args.models, candidates=candidates, seed=args.seed))
    options = Options(args.models, args.keep_named, args.in_context == "keep", candidates, args.seed)
    rows: dict[str, dict[str, Any]] = {}
    for level in args.adventure:
        leant = replace(options, models=("agent",), adventure=level)
        rows[f"agent at {level:+g}"] = (await score_turns(agent, rows_in, say, leant))["agent"]
    return rows or await score_turns(agent, rows_in, say, options)


def _next(args: argparse.Namespace) -> int:
    from eval.next_item import score_next, write_predictions
    from eval.next_models import Means
    from eval.next_rows import published
    from eval.sequences import read_interactions, read_sequences
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    source = args.data or args.interactions
    data = read_sequences(source) if args.data else read_interactions(source)
    settings, seeds = load_settings(), args.seeds or (args.seed,)
    title = f"next · {source.name} · {len(data.users):,} users, {len(data.items):,} items"
    minutes = args.minutes or (_INDEXING_MINUTES if args.indexings else _MINUTES)
    with progress() as report:
        means = Means(chosen_embedder(settings), settings.var_dir.resolve() / "cache", minutes, args.seed, report)
        other = _instead(args, data, means)
        outcome = None if other else score_next(data, args.models, means, seeds)
    if outcome is None:
        assert other is not None
        what, how, rows = other
        write(args.out, title + how, rows, what=what, data=source.name)
        return 0
    facts = {"what": "next", "data": source.name, "seeds": seeds, "chosen": outcome.chosen, "seen": outcome.seen}
    more = {"Recall@10 by how often the target happened in training": outcome.seen}
    write(args.out, title, {**outcome.rows, **published(source.name)}, more, **facts)
    if args.predictions:
        write_predictions(args.predictions, outcome, data)
    return 0


def _instead(
    args: argparse.Namespace, data: "Sequences", means: "Means"
) -> tuple[str, str, dict[str, dict[str, Any]]] | None:
    """Return what is asked for instead of the table of models: its name, how it was done for the title, its rows."""
    if args.filters:
        from eval.next_filters import score_filters

        return "filters", "", score_filters(data, means)
    if args.cold:
        from eval.next_cold import score_cold

        return "cold", "", score_cold(data, args.models, means, args.cold)
    if args.indexings:
        from eval.next_indexings import N_EPOCHS, score_indexings

        how = f" · codes alone, trained only {N_EPOCHS} epochs or {means.minutes:g} minutes a model"
        return "indexings", how, score_indexings(data, means)
    return None


def _read(path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in read_lines(path)]
    except ValueError as error:
        raise InputError(f"{path} cannot be read as JSONL ({error}). Give labelled lines, plain or .gz.") from error
    for i, row in enumerate(rows):
        lacking = [name for name in needed if not isinstance(row, dict) or name not in row]
        if lacking:
            raise InputError(
                f"Line {i + 1} of {path} lacks {', '.join(lacking)}. Give a file labelled for this evaluation."
            )
    return rows
