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
    from eval.dialogues import Dialogue
    from eval.judging.calibrate import Calibration
    from eval.judging.evidence import Reader

_FOLD_MEANS = {
    "system": "every dialogue predicted without its system",
    "dialogue": "every dialogue predicted by the nine other tenths",
}


_WHO = "who judges: code alone (default), code and overall as people would (calibrated), or a model"


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands to the parsers of `eval`."""
    what = (
        "Judge dialogues of any system on a scale of 0 to 4: what code can see in them, or what a model reads in them."
    )
    add = (sub := kinds.add_parser("judge", help=what.rstrip("."), description=what)).add_argument
    _add_dialogues(sub)
    sub.set_defaults(evaluate=judge)
    add("--judge", choices=["code", "calibrated", "llm"], default="code", help=_WHO)
    add("--fitted", type=Path, metavar="FILE.npz", help="of `eval calibrate --save`, for calibrated (default: shipped)")
    _add_verdicts(sub)
    model_judge.add_arguments(sub)
    what = "Calibrate the judge without a model on dialogues that people labelled, and show how well they agree."
    add = (sub := kinds.add_parser("calibrate", help=what.rstrip("."), description=what)).add_argument
    _add_dialogues(sub)
    sub.set_defaults(evaluate=calibrate)
    add("--target", default="overall", metavar="NAME", help="which label of the dialogues (default: overall)")
    add("--folds", choices=["system", "dialogue"], default="system", help="what is held out at once (default: system)")
    add("--correct", action="store_true", help="put the means of systems right that are labelled in part")
    add("--save", type=Path, metavar="FILE.npz", help="keep the judge, fitted to all labels, for `eval judge`")
    _add_verdicts(sub)
    add("--no-vectors", action="store_true", help="without sentence vectors: nothing is embedded")


def _add_dialogues(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("dialogues", type=Path, metavar="DIALOGUES", help="dialogues as JSONL, plain or .gz")
    sub.add_argument("--catalog", metavar="NAME", help="also check items and limits against this bundle")
    sub.add_argument("--out", type=Path, metavar="FILE.jsonl", help="write a line a dialogue here")


def _add_verdicts(sub: argparse.ArgumentParser) -> None:
    what = "lines of another judge for these dialogues, such as a model's, as further evidence"
    sub.add_argument("--verdicts", type=Path, metavar="FILE.jsonl", help=what)


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
    who = "code alone"
    if args.judge == "calibrated":
        who = _calibrate_overall(lines, dialogues, args)
    _write(args.out, lines)
    print(f"judge · {who} · {args.dialogues.name} · {len(lines):,} dialogues · means, 0 to 4\n")
    systems = [dialogue.system for dialogue in dialogues]
    print(table(_means(systems, lines)))
    print(f"\nFaults, counted\n\n{table(fault_table(systems, lines))}")
    n_items = ground.bundle.catalog.n_items if ground else None
    print(f"\nMeans and shares\n\n{table(measure_table(systems, lines, n_items))}")
    return 0


def _calibrate_overall(lines: list[dict[str, Any]], dialogues: "Sequence[Dialogue]", args: argparse.Namespace) -> str:
    """Put what people would say in the place of the mean of the rules, and return on what that rests."""
    from eval.judging.fitted import SHIPPED, load

    fitted = load(args.fitted or SHIPPED)
    embedder = fitted.facts.get("embedder", "")
    scores = fitted.scores(dialogues, readers_of(embedder=embedder, verdicts=args.verdicts))
    for line, score in zip(lines, scores, strict=True):
        line["scores"]["overall"] = round(float(score), 3)
    return f"code, overall calibrated on {fitted.facts['n']} labelled dialogues"


def calibrate(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Predict every labelled dialogue out of fold, print the table of agreement, and write the predictions."""
    from eval.dialogues import read_dialogues
    from eval.judging.calibrate import calibrate as fit
    from eval.judging.correction_table import correction_table
    from eval.judging.fitted import fit_judge, save
    from eval.judging.tables import agreement_table, resolution
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    embedder = "" if args.no_vectors else chosen_embedder(load_settings()).name
    readers = readers_of(embedder=embedder, verdicts=args.verdicts)
    if args.catalog:
        from eval.judging.grounded import Ground

        readers.append(Ground(make_agent().kit.bundle))
    dialogues = read_dialogues(args.dialogues)
    found = fit(dialogues, args.target, args.folds, readers)
    _write(args.out, _predictions(found))
    n, by = len(found.labels), _FOLD_MEANS[args.folds]
    print(f"calibrate · {args.dialogues.name} · {args.target} · {n:,} dialogues, {by}\n")
    print(table(agreement_table(found, args.target, by_system=args.folds == "system")))
    print(f"\n{resolution(found, args.target)}")
    if args.correct:
        print(f"\nMeans put right\n\n{table(correction_table(found, dialogues, args.target, readers))}")
    if args.save:
        level = found.predicted["judge"] - found.predicted["judge"].mean()
        facts = {"target": args.target, "data": args.dialogues.name, "embedder": embedder}
        save(fit_judge(found.dialogues, found.labels, level, readers, **facts), args.save)
    return 0


def readers_of(*, embedder: str, verdicts: Path | None) -> list["Reader"]:
    """Return what reads texts, vectors of this embedder where one is named, and verdicts where given.

    Raises InputError where another embedder is set.
    """
    from eval.judging.evidence import texts
    from eval.judging.meanings import Meanings
    from eval.judging.verdicts import Verdicts
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    readers: list[Reader] = [texts]
    if embedder:
        mine = chosen_embedder(load_settings())
        if mine.name != embedder:
            raise InputError(f"The judge was fitted with vectors of {embedder}, not of {mine.name}. Fit it again.")
        readers.append(Meanings(mine))
    return [*readers, Verdicts(verdicts)] if verdicts else readers


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
