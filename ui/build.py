"""The commands `build` and `rollback`: a file becomes a catalogue, with the evidence shown and what is open asked."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import CatalogError, InputError
from ui.columns_table import printable, show_columns
from ui.progress import progress

if TYPE_CHECKING:
    from retrieval.building import BuildReport
    from retrieval.importing.imported import Imported, ImportReport
    from retrieval.importing.roles.evidence import Evidence
    from retrieval.importing.roles.questions import Ask, Question
    from settings import Settings

_NAME_CHARS = 60
PROGRAM = ".venv/bin/python app.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `build` takes."""
    add = parser.add_argument
    add("--catalog", dest="catalog_file", type=_path, metavar="FILE", help="a file or folder (default: the demo)")
    add("--name", help="name of the catalogue (default: the file's)")
    add("--interactions", type=_path, metavar="FILE", help="who liked what: user, item, rating, timestamp")
    add("--table", default="", metavar="NAME", help="which table or sheet, where the file has several")
    add(
        "--role",
        action="append",
        default=[],
        metavar="COLUMN=ROLE",
        help="overrule a role; column=ignore leaves it out",
    )
    add("--noun", default="", metavar="WORD", help="what an item is called: wine, or goose,geese")
    add("--yes", action="store_true", help="never ask; assume and report")
    add("--force", action="store_true", help="load the rest where more than 5 %% of the rows cannot be used")
    add("--dry-run", action="store_true", help="only show how the columns would be read")
    add("--no-vectors", action="store_true", help="leave out search by meaning")


def build(args: argparse.Namespace, settings: "Settings") -> int:
    """Build the demo, or a file as the command line asks for it; return 1 where the file is refused."""
    if args.catalog_file is None:
        from retrieval.demo import build_demo
        from retrieval.embedders import chosen_embedder

        with progress() as report:
            print(build_demo(settings.var_dir, report=report, embedder=chosen_embedder(settings)).text())
        return 0
    name = args.name or name_of(args.catalog_file)
    try:
        if args.dry_run:
            read = _read_only(args, settings, name)
            _show_evidence(f"{read.report.outcome}; nothing was built", read.report, read.columns)
        else:
            _show_build(_build(args, settings, name))
    except CatalogError as error:
        if args.debug:
            raise
        print(f"app.py build: refused: {error}", file=sys.stderr)
        return 1
    return 0


def rollback(name: str, settings: "Settings") -> int:
    """Make the build before the current one current again."""
    from retrieval.builds import roll_back
    from retrieval.manifest import catalogs_folder, read_manifest

    build_id = roll_back(settings.var_dir, name)
    manifest = read_manifest(catalogs_folder(settings.var_dir, name) / build_id, name)
    print(f"The catalogue {name!r} is now the build of {manifest.built_at}: {manifest.n_items:,} items.")
    print("The other build is kept; another rollback goes back to it.")
    return 0


def _path(text: str) -> Path:
    """Read a path; an empty one is no folder but a variable that was not set."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def name_of(path: Path) -> str:
    """Return a name for the catalogue of a file: "Spanish wines.csv.gz" → "Spanish-wines"."""
    return re.sub(r"[^\w.-]+", "-", path.resolve().name.split(".")[0])[:_NAME_CHARS].strip("-.") or "catalogue"


def roles_of(texts: list[str]) -> dict[str, str]:
    """Read column=role, as given with --role. Raises InputError on anything else."""
    roles = {}
    for text in texts:
        column, sign, role = text.rpartition("=")
        if not sign or not role or not column:
            raise InputError(f"--role {text!r} is not column=role, as in --role price=number.")
        roles[column] = role
    return roles


def noun_of(text: str) -> list[str]:
    """Return singular and plural: "wine" → wine, wines; "goose,geese" as it says."""
    singular, _, plural = (part.strip() for part in text.partition(","))
    if not singular or plural:
        return [singular, plural] if singular else []
    if re.search(r"[^aeiou]y$", singular):
        return [singular, singular[:-1] + "ies"]
    return [singular, singular + ("es" if re.search(r"(s|x|z|ch|sh)$", singular) else "s")]


def _read_only(args: argparse.Namespace, settings: "Settings", name: str) -> "Imported":
    from retrieval.importing import import_file
    from retrieval.importing.roles import SETTINGS
    from retrieval.manifest import catalogs_folder

    with progress() as report:
        return import_file(
            args.catalog_file, args.interactions, roles_of(args.role), report, force=args.force, table=args.table,
            settings=catalogs_folder(settings.var_dir, name) / SETTINGS, ask=asker(args.yes, report.paused),
        )  # fmt: skip


def _build(args: argparse.Namespace, settings: "Settings", name: str) -> "BuildReport":
    from retrieval.bundle import build_bundle
    from retrieval.embedders import chosen_embedder

    with progress() as report:
        return build_bundle(
            args.catalog_file, name, settings.var_dir, interactions=args.interactions, roles=roles_of(args.role),
            force=args.force, table=args.table, noun=noun_of(args.noun), ask=asker(args.yes, report.paused),
            vectors=not args.no_vectors, report=report, embedder=chosen_embedder(settings),
        )  # fmt: skip


def asker(yes: bool, paused: Callable[[], Any]) -> "Ask":
    """Return who decides: the person at the terminal, or nobody where there is none or they said yes to all."""
    if yes or not sys.stdin.isatty():
        from retrieval.importing.roles.questions import nobody

        return nobody

    def ask(question: "Question") -> int | None:
        with paused():
            return ask_in_terminal(question)

    return ask


def ask_in_terminal(question: "Question") -> int | None:
    """Show numbered answers, the first for just pressing return; None where the input has ended."""
    print(printable(question.text))
    for number, answer in enumerate(question.answers, 1):
        print(f"  {number}  {printable(answer)}")
    while True:
        try:
            said = input(f"1–{len(question.answers)} [1]: ").strip() or "1"
        except EOFError:
            return None
        if said.isdecimal() and 1 <= int(said) <= len(question.answers):
            return int(said) - 1


def _show_evidence(outcome: str, report: "ImportReport", columns: "Sequence[Evidence]") -> None:
    print(outcome)
    for line in report.lines(columns=False):
        print("  " * line.startswith("  ") + printable(line))
    print()
    show_columns(columns, sys.stdout)


def _show_build(done: "BuildReport") -> None:
    from retrieval.importing.quarantine import QUARANTINE
    from retrieval.importing.roles import SETTINGS

    folder = done.path.parent
    listed = f" ({folder / QUARANTINE})" if done.imported.outcome != "ok" else ""
    _show_evidence(done.imported.outcome + listed, done.imported, done.columns)
    print()
    if done.manifest.embedder:
        print(done.embedded())
    if done.notice:
        print(done.notice)
    print(f"Built {done.name!r} in {sum(done.stages_s.values()):.1f} s: {done.manifest.n_items:,} items.")
    print(f"Change roles, labels and units in {folder / SETTINGS} and build again.")
    print(f"Next: {PROGRAM} serve --catalog {done.name}")
