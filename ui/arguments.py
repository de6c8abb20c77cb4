"""Arguments on the command line; argparse turns numbers that cannot be read into wrong use."""

import argparse
import json
from pathlib import Path
from typing import Any

from errors import InputError


def count(text: str) -> int:
    """Read a number of things, at least one."""
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of things; give 1 or more")
    return int(text)


def level(text: str) -> float:
    """Read a level of adventure."""
    number = _number(text)
    if number is None or not -1 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no level; give a number from -1 (familiar) to 1 (adventurous)")
    return number


def minutes(text: str) -> float:
    """Read a time in minutes, up to a week."""
    number = _number(text)
    if number is None or not 0 < number <= 7 * 24 * 60:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; give minutes, more than 0")
    return number


def seed(text: str) -> int:
    """Read a seed of chance."""
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; give a whole number from 0")
    return int(text)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def add_user(parser: argparse.ArgumentParser) -> None:
    """Add --user to a command that talks."""
    parser.add_argument("--user", metavar="NAME", help="remember what NAME likes, for later conversations too")


def add_ask(parser: argparse.ArgumentParser) -> None:
    """Add what `ask` takes."""
    add_user(parser)
    parser.add_argument("message")
    parser.add_argument("--k", type=count, help="how many items")
    parser.add_argument("--adventure", type=level, metavar="LEVEL", help="-1 familiar … 1 adventurous (default: 0)")
    parser.add_argument("--json", action="store_true", help="print the whole turn as JSON")
    parser.add_argument("--trace", action="store_true", help="print how the answer came about; with --json its trace")


def add_batch(parser: argparse.ArgumentParser) -> None:
    """Add what `batch` takes."""
    parser.add_argument("source", type=Path, metavar="IN.jsonl")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.jsonl")
    parser.add_argument("--k", type=count, default=10, help="items a turn (default: 10)")
    parser.add_argument("--traces", type=Path, metavar="FILE.jsonl", help="also leave a trace of every turn here")


def json_object(text: str) -> dict[str, Any]:
    """Read an argument that is a JSON object. Raises InputError where it is none."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise InputError(f"The arguments are no JSON ({error}). Give an object, as in '{{\"k\": 5}}'.") from error
    if not isinstance(raw, dict):
        raise InputError("The arguments must be a JSON object, as in '{\"k\": 5}'.")
    return raw
