"""The command `eval acts`: learn what messages do from the bank of sentences, and show how well that goes."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from eval.report import table as as_table

if TYPE_CHECKING:
    from agents.session import Cicerone
    from eval.acts.bank import Filling


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parsers of `eval`."""
    what = "Fit the classifier of dialogue acts on the bank of sentences, or score it on those left out."
    add = (sub := kinds.add_parser("acts", help=what.rstrip("."), description=what)).add_argument
    either = sub.add_mutually_exclusive_group(required=True)
    either.add_argument("--score", action="store_true", help="cross-validate: on sentences and on families left out")
    either.add_argument("--fit", type=Path, metavar="FILE.npz", help="as agents/understanding/acts.npz")
    add("--seed", type=int, default=7, help="of what fills the slots of the sentences")
    sub.set_defaults(evaluate=acts, catalog="demo", planner="basic")


def acts(args: argparse.Namespace, make_agent: Callable[[], "Cicerone"]) -> int:
    """Score or fit; the sentences are filled and linked with the demo's and the cars' catalogues."""
    from agents.understanding.acts import save
    from eval.acts.bank import examples
    from eval.acts.fit import acts_of, features, fit, heat_of, left_out, table
    from retrieval.embed import MiniLM
    from settings import load_settings

    found = examples(_fillings(make_agent()), args.seed)
    families = len({example.family for example in found})
    sentences = len({example.sentence for example in found})
    print(f"acts · {sentences:,} sentences in {families} families · {len(found):,} examples")
    embedder, learnt = MiniLM(load_settings().var_dir / "cache"), []
    for name, rows in (("with vectors", features(found, embedder)), ("words alone", features(found, None))):
        unseen = left_out(rows, found, by_family=False)
        heat = heat_of(unseen, found)
        print(f"\n{name}, sentences left out (logits divided by {heat:.2f})\n\n{as_table(table(unseen, heat, found))}")
        if args.score:
            unseen = left_out(rows, found, by_family=True)
            print(f"\n{name}, families left out\n\n{as_table(table(unseen, heat, found))}")
        else:
            model = fit(rows, found, range(len(found)))
            learnt.append((model.weights, model.bias, heat))
    if args.fit:
        save(args.fit, acts_of(found), *learnt)
        print(f"\nWrote {args.fit}.")
    return 0


def _fillings(agent: "Cicerone") -> list["Filling"]:
    from eval.acts.bank import Filling
    from eval.conversations import cars
    from retrieval.bundle import open_bundle
    from retrieval.embedders import chosen_embedder
    from settings import load_settings

    settings = load_settings()
    embedder = chosen_embedder(settings)
    cars.ensure_cars(settings.var_dir, embedder)
    other = open_bundle(settings.var_dir, cars.NAME, embedder)
    return [Filling(agent.kit.bundle, agent.kit.nouns), Filling(other, ("car", "cars", ("car", "cars")))]
