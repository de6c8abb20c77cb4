"""The command `eval mutations`."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError
from eval.report import table

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.judging.mutations.trial import Scores, Trial

_PAIRS = 100


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parsers of `eval`."""
    what = "Damage dialogues of this agent in known ways and count how often a judge sees it, and nothing else."
    add = (sub := kinds.add_parser("mutations", help=what.rstrip("."), description=what)).add_argument
    sub.set_defaults(evaluate=mutations)
    add("dialogues", type=Path, metavar="DIALOGUES", help="dialogues of this agent as JSONL, plain or .gz")
    add("--catalog", metavar="NAME", help="which bundle they are about (default: demo)")
    add("--n", type=int, default=_PAIRS, help=f"pairs of every kind of damage (default: {_PAIRS})")
    add("--seed", type=int, default=0, help="of every choice by chance")
    add("--pairs", type=Path, metavar="FILE.jsonl", help="write the pairs here, for a judge that is a model")
    add("--judged", type=Path, metavar="FILE.jsonl", help="lines of `eval judge` for the pairs; default: code judges")
    add("--out", type=Path, metavar="FILE.json", help="write the table here")


def mutations(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Make the pairs, judge them by code or take another judge's lines, and print a row a kind of damage."""
    from eval.dialogues import line_of, read_dialogues
    from eval.judging.mutations.trial import make_trials, trial_table

    bundle = make_agent().kit.bundle
    trials = make_trials(read_dialogues(args.dialogues), bundle, args.n, args.seed)
    if args.pairs:
        _write(args.pairs, "".join(f"{json.dumps(line_of(d), ensure_ascii=False)}\n" for t in trials for d in t.both))
    scores = _read(args.judged) if args.judged else _by_code(trials, bundle)
    rows = trial_table(trials, lambda dialogue: scores.get(dialogue.dialogue_id))
    by = args.judged.name if args.judged else "code alone"
    if args.out:
        _write(args.out, json.dumps({"judge": by, "dialogues": args.dialogues.name, "rows": rows}, indent=1))
    print(f"mutations · {args.dialogues.name} · catalogue {bundle.name} · judge: {by}\n")
    print(table(rows))
    return 0


def _by_code(trials: Sequence["Trial"], bundle: Any) -> dict[str, "Scores"]:
    from eval.judging.code_scores import judge
    from eval.judging.grounded import Ground
    from ui.progress import progress

    ground = Ground(bundle)
    found: dict[str, Scores] = {}
    with progress() as report:
        for i, trial in enumerate(trials, 1):
            found |= {one.dialogue_id: judge(one, ground)["scores"] for one in trial.both}
            report("pairs", i, len(trials))
    return found


def _read(path: Path) -> dict[str, "Scores"]:
    from eval.judging.verdicts import read_verdicts

    return {dialogue_id: line["scores"] for dialogue_id, line in read_verdicts(path).items()}


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}). Give a file in a folder that exists."
        ) from error
