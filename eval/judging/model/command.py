"""`eval judge --judge llm`: what it would cost, the verdicts, what they come to, and what it did cost."""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError, ModelUnavailable, SettingsError
from eval.report import table
from ui.arguments import count

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.dialogues import Dialogue
    from eval.judging.model.calls import Calls
    from eval.judging.model.shown import Shown
    from settings import Settings

_WARMTH = 0.7
"""Temperature of a judge that is asked more than once: at 0 it would say the same for no other reason."""
_MILLION = 1e6


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Add what the judge that asks a model takes."""
    add = sub.add_argument_group("with --judge llm").add_argument
    add("--dimensions", type=_names, default=(), metavar="A,B", help="only these (default: all; --against: overall)")
    add("--repeats", type=count, default=1, metavar="R", help="ask everything R times (default: 1)")
    add("--per-call", type=count, default=1, metavar="N", help="dimensions in one call; small models take 1 (default)")
    add("--parallel", type=count, default=1, metavar="N", help="dialogues judged at once (default: 1)")
    add("--limit", type=count, metavar="N", help="only the first N dialogues")
    add("--against", type=Path, metavar="OTHER.jsonl", help="say of each pair with one dialogue_id which is better")
    add("--estimate", action="store_true", help="only say what it would cost")


def judge_by_model(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Judge as the command line asks. Raises SettingsError without a model, InputError, or ModelUnavailable."""
    from eval.dialogues import read_dialogues
    from eval.judging.model.calls import Calls
    from eval.judging.model.rubrics import chosen
    from settings import load_settings

    settings = load_settings()
    if not settings.has_model:
        raise SettingsError("--judge llm needs a model: set CICERONE_LLM_BASE_URL, CICERONE_LLM_GGUF or a key.")
    rubrics = chosen(args.dimensions)
    dialogues = read_dialogues(args.dialogues)[: args.limit]
    shown = _shown(args, dialogues, make_agent)
    temperature = _WARMTH if args.repeats > 1 and not args.against else 0.0
    model = _model(settings, temperature)
    kept = args.out.with_suffix(".calls.jsonl") if args.out else None
    calls = Calls(model, kept, settings.llm_timeout_s, temperature=temperature)
    print(f"judge · {calls.model_name} · {args.dialogues.name} · {len(shown[0]):,} dialogues\n")
    started = time.monotonic()
    try:
        if args.against:
            lines = _compare(args, shown, calls, settings)
        else:
            lines = _grade(args, shown[0], rubrics, calls, settings)
    except ModelUnavailable as error:
        on = f" {calls.n_new} answers are kept; run the same command again to go on." if args.out else ""
        raise ModelUnavailable(f"{error}{on}") from error
    if lines:
        print(f"\n{_cost(lines, calls, settings)}; {time.monotonic() - started:,.0f} s")
    return 0


def _model(settings: "Settings", temperature: float) -> Any:
    from agents.model.chosen_model import chosen_model

    return chosen_model(settings, temperature=temperature)


def _shown(
    args: argparse.Namespace, dialogues: "Sequence[Dialogue]", make_agent: Callable[[], "Cicerone"]
) -> "tuple[list[Shown], list[Shown]]":
    """Return what is judged and, paired with it by dialogue_id, what it is set against."""
    from eval.dialogues import read_dialogues
    from eval.judging.grounded import Ground
    from eval.judging.model.facts import facts_of, titles_of
    from eval.judging.model.shown import show

    others = {one.dialogue_id: one for one in read_dialogues(args.against)} if args.against else {}
    if args.against:
        dialogues = [one for one in dialogues if one.dialogue_id in others]
        if not dialogues:
            raise InputError(
                f"No dialogue_id of {args.dialogues} is in {args.against}. Give dialogues of the same ids."
            )
    systems = {one.system for one in [*dialogues, *others.values()]}
    bundle = make_agent().kit.bundle if args.catalog else None
    ground = Ground(bundle) if bundle else None

    def shows(one: "Dialogue") -> "Shown":
        if bundle is None or ground is None:
            return show(one, systems)
        return show(one, systems, facts_of(one, bundle, ground), titles_of(one, bundle))

    return [shows(one) for one in dialogues], [shows(others[one.dialogue_id]) for one in dialogues if others]


def _grade(
    args: argparse.Namespace, shown: "Sequence[Shown]", rubrics: Sequence[Any], calls: "Calls", settings: "Settings"
) -> list[dict[str, Any]]:
    from eval.judging.model.judge import Plan, estimate, judge_all
    from eval.judging.model.retest import by_dimension, by_system
    from ui.progress import progress

    plan = Plan(rubrics, args.repeats, args.per_call, args.parallel)
    ahead = estimate(shown, plan, calls)
    _tell(ahead.calls, ahead.kept, ahead.tokens_in, ahead.tokens_out, settings)
    if args.estimate:
        return []
    with progress() as report:
        lines = asyncio.run(judge_all(shown, plan, calls, lambda done, total: report("dialogues", done, total)))
    write_lines(args.out, lines)
    print(f"Means, 0 to 4\n\n{table(by_system(lines))}\n\nVerdicts\n\n{table(by_dimension(lines))}")
    return lines


def _compare(
    args: argparse.Namespace, shown: "tuple[list[Shown], list[Shown]]", calls: "Calls", settings: "Settings"
) -> list[dict[str, Any]]:
    from eval.judging.model.calls import estimated_tokens
    from eval.judging.model.pairwise import N_CONTROLS, compare_all, messages_of, summary
    from eval.judging.model.rubrics import chosen
    from ui.progress import progress

    rubrics = chosen(args.dimensions or ("overall",))
    pairs = list(zip(*shown, strict=True))
    asked = [messages_of(*order, rubric) for rubric in rubrics for a, b in pairs for order in ((a, b), (b, a))]
    asked += [messages_of(a, a, rubric) for rubric in rubrics for a, _ in pairs[:N_CONTROLS]]
    new = [messages for messages in asked if not calls.is_kept(messages, 0)]
    _tell(len(new), len(asked) - len(new), sum(map(estimated_tokens, new)), 60 * len(new), settings)
    if args.estimate:
        return []
    with progress() as report:
        lines = asyncio.run(compare_all(pairs, rubrics, calls, lambda done, total: report("pairs", done, total)))
    write_lines(args.out, lines)
    a, b = pairs[0]
    print(
        f"First: {a.system} ({args.dialogues.name}); second: {b.system} ({args.against.name})",
        table(summary(lines)),
        sep="\n\n",
    )
    return lines


def _tell(n_calls: int, n_kept: int, tokens_in: int, tokens_out: int, settings: "Settings") -> None:
    kept = f" ({n_kept:,} answers are kept from before)" if n_kept else ""
    print(f"To ask: {n_calls:,} calls{kept}, about {tokens_in:,} tokens in and {tokens_out:,} out", end="")
    print(f"{_price(tokens_in, tokens_out, settings)}\n")


def _cost(lines: Sequence[Mapping[str, Any]], calls: "Calls", settings: "Settings") -> str:
    n, given, made, cached = (
        sum(line[name] for line in lines) for name in ("model_calls", "tokens_in", "tokens_out", "tokens_cached")
    )
    told = f"Asked: {n:,} calls, {calls.n_new:,} of them now, {given:,} tokens in ({cached:,} cached) and {made:,} out"
    return told + _price(given, made, settings)


def _price(tokens_in: int, tokens_out: int, settings: "Settings") -> str:
    if settings.llm_price_in is None or settings.llm_price_out is None:
        return ""
    return f", cost {(tokens_in * settings.llm_price_in + tokens_out * settings.llm_price_out) / _MILLION:.4f}"


def write_lines(out: Path | None, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write a line a dialogue. Raises InputError."""
    if out is None:
        return
    try:
        with out.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
