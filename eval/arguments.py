"""The command line of `eval`: one subcommand a kind of evaluation. Imports nothing heavy."""

import argparse
from collections.abc import Callable
from pathlib import Path

from eval.acts import commands as acts
from eval.judging import commands as judging
from eval.judging.mutations import commands as mutations
from eval.reporting import compare_command, report_command
from eval.simulation import commands as simulation
from eval.standard import command as standard

Count = Callable[[str], int]


def add_evaluations(parser: argparse.ArgumentParser, count: Count) -> None:
    """Add every evaluation to the parser of `eval`; `count` reads a number of things."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    sub = _add_agents(kinds, "retrieval", "Find what human dialogues recommended next, beside simpler systems.", count)
    _add_lists(sub)
    sub.add_argument(
        "--adventure", type=_levels, default=(), metavar="A,B", help="the agent alone at these levels, -1 to 1"
    )
    sub.add_argument("--keep-named", action="store_true", help="let lists repeat items named in the context")
    sub.add_argument(
        "--in-context",
        choices=["drop", "keep"],
        default="drop",
        help="targets the context names already (default: drop)",
    )
    sub = _add_agents(kinds, "plots", "Find the item whose plot a question tells, names masked.", count)
    _add_lists(sub)
    _add_agents(kinds, "filters", "Answer questions that state exact limits.", count)
    _add_conversations(kinds)
    _add_fit(kinds, count)
    _add_next(kinds, count)
    _add_codes(kinds, count)
    _add_dialogue(kinds, count)
    _add_profile(kinds, count)
    judging.add_arguments(kinds)
    mutations.add_arguments(kinds)
    report_command.add_arguments(kinds)
    compare_command.add_arguments(kinds)
    standard.add_arguments(kinds)
    simulation.add_arguments(kinds)
    acts.add_arguments(kinds)
    what = "Guess the roles of the columns of catalogues whose right ones are known."
    sub = kinds.add_parser("roles", help=what.rstrip("."), description=what)
    sub.add_argument("--data", type=Path, metavar="FOLDER", help="where the catalogues lie; what is missing is skipped")


def _add_agents(
    kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, count: Count
) -> argparse.ArgumentParser:
    sub = kinds.add_parser(name, help=what.rstrip("."), description=what)
    sub.add_argument("--catalog", metavar="NAME", help="which bundle (default: demo)")
    sub.add_argument("--planner", choices=["auto", "basic", "llm"], help="who plans (default: auto)")
    sub.add_argument("--turns", type=Path, required=True, metavar="FILE", help="labelled JSONL, plain or .gz")
    sub.add_argument("--n", type=count, help="only the first N")
    _add_out(sub)
    return sub


def _add_conversations(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    what = "Take scripted conversations and check the state after every turn."
    sub = kinds.add_parser("conversations", help=what.rstrip("."), description=what)
    sub.add_argument("--catalog", choices=["demo", "cars"], default="demo", help="which (default: demo)")
    sub.add_argument("--planner", choices=["auto", "basic", "llm"], help="who plans (default: auto)")
    sub.add_argument("--only", default="", metavar="NAME", help="only conversations with this in their name")
    sub.add_argument("--no-prose", action="store_true", help="let a model plan only: prose is not what is checked")
    sub.add_argument("--out", type=Path, metavar="FILE.json", help="write results here; a second run goes on from it")


def _add_lists(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--candidates", type=Path, metavar="FILE", help="only these items: a file of ids, one a line")
    _add_models(sub)


def _add_models(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--models", type=_names, default=(), metavar="A,B", help="only these rows of the table")
    sub.add_argument("--seed", type=int, default=0, help="of the bootstrap, and of every choice by chance")


def _add_fit(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", count: Count) -> None:
    what = "Fit the ranker of conversations, scored out of fold and on files left out."
    sub = kinds.add_parser("fit", help=what.rstrip("."), description=what)
    sub.add_argument("--catalog", metavar="NAME", help="which bundle (default: demo)")
    sub.add_argument("--turns", type=Path, nargs="+", required=True, metavar="FILE", help="validation dialogues")
    sub.add_argument("--n", type=count, help="only the first N of each file")
    sub.add_argument(
        "--out", type=Path, required=True, metavar="FILE.json", help="for instance agents/ranking/learned.json"
    )


def _add_next(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", count: Count) -> None:
    what = "Predict the next item of every user, the last one being held out."
    sub = kinds.add_parser("next", help=what.rstrip("."), description=what)
    source = sub.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, metavar="FOLDER", help="sequences.txt.gz beside items.jsonl.gz")
    source.add_argument("--interactions", type=Path, metavar="FILE", help="user, item, timestamp: CSV or Parquet")
    _add_models(sub)
    sub.add_argument("--seeds", type=_seeds, metavar="A,B", help="of trained models, each trained with all of them")
    sub.add_argument("--minutes", type=count, metavar="N", help="to train one model (default: 15; with --indexings 3)")
    instead = sub.add_mutually_exclusive_group()
    instead.add_argument("--filters", action="store_true", help="semantic IDs filtered inside the beam and after it")
    instead.add_argument("--indexings", action="store_true", help="a small model for each way to give items IDs")
    instead.add_argument("--cold", type=_share, metavar="SHARE", help="this share of items kept out of all training")
    _add_out(sub)
    sub.add_argument("--predictions", type=Path, metavar="FOLDER", help="write MODEL.jsonl for every model here")


def _add_codes(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", count: Count) -> None:
    what = "Show how a trained model's codes are used and what they stand for."
    sub = kinds.add_parser("codes", help=what.rstrip("."), description=what)
    sub.add_argument("--catalog", metavar="NAME", help="which bundle (default: demo)")
    sub.add_argument("--n", type=count, help="the N biggest first codes (default: 20)")
    _add_out(sub)


def _add_dialogue(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", count: Count) -> None:
    what = "Take turns of dialogues and questions with exact limits: quality, cost, and what was claimed wrongly."
    add = (sub := kinds.add_parser("dialogue", help=what.rstrip("."), description=what)).add_argument
    add("--catalog", metavar="NAME", help="which bundle (default: demo)")
    add("--planner", choices=["auto", "basic", "llm"], help="who plans (default: auto)")
    add("--tools", dest="llm_tools", choices=["native", "json"], help="how a model plans (default: as it is set)")
    add("--redial", type=Path, metavar="FILE", help="turns of dialogues with what was recommended next, JSONL or .gz")
    add("--questions", type=Path, metavar="FILE", help="questions with their limits and answers, JSONL or .gz")
    add("--n", type=count, help="only the first N of each")
    add("--prose", type=_how_many, metavar="N", help="only the first N of each in a model's words (default: all)")
    add("--traces", type=Path, metavar="FILE.jsonl", help="also leave a trace of every turn here")
    add("--table", type=Path, nargs="+", default=[], metavar="FILE.json", help="only show these results side by side")
    _add_out(sub)


def _add_profile(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]", count: Count) -> None:
    what = "Predict what people liked next from what is known of them: nothing, their ratings, or a profile."
    add = (sub := kinds.add_parser("profile", help=what.rstrip("."), description=what)).add_argument
    add("--data", type=Path, required=True, metavar="FILE.zip", help="MovieLens: ratings.csv and links.csv")
    add("--catalog", metavar="NAME", help="which bundle, its ids being IMDb ids (default: demo)")
    add("--planner", choices=["basic", "llm"], default="basic", help="llm: also profiles that a model wrote")
    add("--n", type=count, default=200, help="users asked about (default: 200)")
    add("--n-model", type=count, default=40, metavar="N", help="of them with a model (default: 40)")
    add("--n-agent", type=count, default=100, metavar="N", help="of them through the agent (default: 100)")
    add("--seed", type=int, default=0, help="of the choice of users")
    _add_out(sub)


def _how_many(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of turns; give 0 or more")
    return int(text)


def _add_out(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--out", type=Path, metavar="FILE.json", help="also write the numbers here, and the table beside it"
    )


def _levels(text: str) -> tuple[float, ...]:
    try:
        levels = tuple(float(level) for level in text.split(","))
    except ValueError:
        levels = (2.0,)
    if not all(-1 <= level <= 1 for level in levels):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of levels; give numbers from -1 to 1, as in -1,0,1")
    return levels


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(int(seed) for seed in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of seeds; give whole numbers, as in 0,1,2") from None


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of items; give one above 0, at most 0.5")
    return share


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
