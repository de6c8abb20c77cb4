"""The commands `eval judge` and `eval calibrate`."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError
from eval.judging.model import command as model_judge
from eval.report import table

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.judging.calibrate import Calibration
    from eval.judging.evidence import Reader

_FOLD_MEANS = {
    "system": "every dialogue predicted without its system",
    "dialogue": "every dialogue predicted by the nine other tenths",
}


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parsers of `eval`."""
    what = (
        "Judge dialogues of any system on a scale of 0 to 4: what code can see in them, or what a model reads in them."
    )
    add = (sub := kinds.add_parser("judge", help=what.rstrip("."), description=what)).add_argument
    _add_dialogues(sub)
    sub.set_defaults(evaluate=judge)
    add("--judge", choices=["code", "llm"], default="code", help="who judges: code alone (default), or a model")
    model_judge.add_arguments(sub)
    what = "Calibrate the judge without a model on dialogues that people labelled, and show how well they agree."
    add = (sub := kinds.add_parser("calibrate", help=what.rstrip("."), description=what)).add_argument
    _add_dialogues(sub)
    sub.set_defaults(evaluate=calibrate)
    add("--target", default="overall", metavar="NAME", help="which label of the dialogues (default: overall)")
    add("--folds", choices=["system", "dialogue"], default="system", help="what is held out at once (default: system)")
    add("--no-vectors", action="store_true", help="without sentence vectors: nothing is embedded")


def _add_dialogues(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("dialogues", type=Path, metavar="DIALOGUES", help="dialogues as JSONL, plain or .gz")
    sub.add_argument("--catalog", metavar="NAME", help="also check items and limits against this bundle")
    sub.add_argument("--out", type=Path, metavar="FILE.jsonl", help="write a line a dialogue here")


def judge(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Score every dialogue, print the means by system, and write the lines where asked."""
    if args.judge == "llm":
        return model_judge.judge_by_model(args, make_agent)
    if args.against or args.estimate or args.limit:
        raise InputError("--against, --estimate and --limit are for a model. Add --judge llm, or leave them out.")
    from eval.dialogues import read_dialogues
    from eval.judging.check_tables import fault_table, measure_table
    from eval.judging.code_scores import judge as judge_one
    from eval.judging.grounded import Ground

    dialogues = read_dialogues(args.dialogues)
    ground = Ground(make_agent().kit.bundle) if args.catalog else None
    lines = [judge_one(dialogue, ground) for dialogue in dialogues]
    _write(args.out, lines)
    print(f"judge · code alone · {args.dialogues.name} · {len(lines):,} dialogues · means, 0 to 4\n")
    systems = [dialogue.system for dialogue in dialogues]
    print(table(_means(systems, lines)))
    print(f"\nFaults, counted\n\n{table(fault_table(systems, lines))}")
    n_items = ground.bundle.catalog.n_items if ground else None
    print(f"\nMeans and shares\n\n{table(measure_table(systems, lines, n_items))}")
    return 0


def calibrate(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Predict every labelled dialogue out of fold, print the table of agreement, and write the predictions."""
    from eval.dialogues import read_dialogues
    from eval.judging.calibrate import calibrate as fit
    from eval.judging.tables import agreement_table

    found = fit(read_dialogues(args.dialogues), args.target, args.folds, _readers(args, make_agent))
    _write(args.out, _predictions(found))
    n, by = len(found.labels), _FOLD_MEANS[args.folds]
    print(f"calibrate · {args.dialogues.name} · {args.target} · {n:,} dialogues, {by}\n")
    print(table(agreement_table(found, args.target, by_system=args.folds == "system")))
    return 0


def _readers(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> list["Reader"]:
    from eval.judging.evidence import texts
    from eval.judging.grounded import Ground
    from eval.judging.meanings import Meanings
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    readers: list[Reader] = [texts]
    if not args.no_vectors:
        readers.append(Meanings(chosen_embedder(load_settings())))
    if args.catalog:
        readers.append(Ground(make_agent().kit.bundle))
    return readers


def _predictions(found: "Calibration") -> list[dict[str, Any]]:
    judged = found.predicted["judge"]
    return [
        {
            "dialogue_id": dialogue.dialogue_id,
            "system": dialogue.system,
            "fold": str(fold),
            "predicted": round(float(predicted), 4),
            "label": round(float(label), 4),
        }
        for dialogue, fold, predicted, label in zip(found.dialogues, found.folds, judged, found.labels, strict=True)
    ]


def _means(systems: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the mean of every dimension by system over the dialogues it was seen in."""
    rows: dict[str, dict[str, Any]] = {}
    for system in sorted(set(systems)):
        mine = [line["scores"] for own, line in zip(systems, lines, strict=True) if own == system]
        rows[system] = {"dialogues": len(mine)}
        for name in mine[0]:
            seen = [scores[name] for scores in mine if scores[name] is not None]
            rows[system][name] = f"{sum(seen) / len(seen):.2f}" if seen else "–"
    return rows


def _write(out: Path | None, lines: Iterable[Mapping[str, Any]]) -> None:
    if out is None:
        return
    try:
        with out.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error
