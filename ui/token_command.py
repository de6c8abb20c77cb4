"""`app.py token`: make, list and revoke the tokens that programs come with."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from errors import NotFound
from ui.arguments import count
from ui.scopes import SCOPES, TURNS_A_MINUTE, USUAL

if TYPE_CHECKING:
    from settings import Settings
    from ui.tokens import ApiToken, Tokens

_HEAD = ("id", "made", "name", "user", "scopes", "turns a minute", "tokens a day")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `token` takes."""
    what = parser.add_subparsers(dest="token_command", metavar="WHAT", required=True)
    create = what.add_parser("create", help="make a token and show it, this once", description="Make a token.")
    create.add_argument("name", metavar="NAME", help="what to call it in lists")
    create.add_argument("--user", metavar="USER", help="act for the USER of `chat --user`; a new user without")
    told = "; ".join(f"{scope}: {allows}" for scope, allows in SCOPES.items())
    create.add_argument(
        "--scope", action="append", choices=list(SCOPES), help=f"{told}; may be repeated (default: {' '.join(USUAL)})"
    )
    create.add_argument(
        "--turns-per-minute", type=count, default=TURNS_A_MINUTE, metavar="N", help=f"default: {TURNS_A_MINUTE}"
    )
    create.add_argument(
        "--daily-tokens", type=count, metavar="N", help="of the language model, for all turns of its user in a day"
    )
    what.add_parser("list", help="show all tokens, but for what opens doors", description="Show all tokens.")
    revoke = what.add_parser("revoke", help="let a token open nothing more", description="Revoke a token.")
    revoke.add_argument("token_id", metavar="ID", help="as `token list` shows it")


def run(args: argparse.Namespace, settings: "Settings", say: Callable[[str], object]) -> int:
    """Carry the command out. Raises NotFound where there is no token to revoke."""
    from ui.access import open_tokens

    with open_tokens(settings) as tokens:
        if args.token_command == "create":
            _create(args, tokens, say)
        elif args.token_command == "list":
            _list(tokens.listing(), say)
        elif not tokens.revoke(args.token_id):
            raise NotFound(f"There is no token {args.token_id[:40]!r}. Run: app.py token list")
        else:
            say(f"{args.token_id} opens nothing more.")
    return 0


def _create(args: argparse.Namespace, tokens: "Tokens", say: Callable[[str], object]) -> None:
    from ui.tokens import new_token

    sent, kept = new_token(
        args.name,
        user_id=f"user-{args.user}" if args.user else None,
        scopes=tuple(args.scope or USUAL),
        turns_a_minute=args.turns_per_minute,
        daily_tokens=args.daily_tokens,
    )
    tokens.add(kept)
    say(sent)
    say(f"Send it as Authorization: Bearer … It is shown this once; {kept.token_id} names it in lists.")


def _list(tokens: list["ApiToken"], say: Callable[[str], object]) -> None:
    rows = [_HEAD, *map(_row, tokens)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows if tokens else ():
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if not tokens:
        say("There are no tokens. Make one: app.py token create NAME")


def _row(token: "ApiToken") -> tuple[str, ...]:
    scopes, budget = ",".join(s for s in SCOPES if s in token.scopes), token.daily_tokens
    made = token.created.date().isoformat()
    about = (token.token_id, made, token.name, token.user_id, scopes, str(token.turns_a_minute))
    return (*about, "any" if budget is None else str(budget))
