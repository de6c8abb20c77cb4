"""The command `train`: a model of what comes next, learned from a catalogue's interactions, becomes part of it."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from ui.arguments import minutes, seed
from ui.progress import progress

if TYPE_CHECKING:
    from retrieval.semantic_ids.artefact import Artefact
    from retrieval.trained_build import Material
    from settings import Settings

_MINUTES = 15.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `train` takes."""
    add = parser.add_argument
    add("--minutes", type=minutes, default=_MINUTES, help="how long at most; it ends sooner where nothing is gained")
    add("--seed", type=seed, default=0, help="of chance (default: 0)")
    add("--yes", action="store_true", help="never ask")


def train(args: argparse.Namespace, settings: "Settings") -> int:
    """Train, measure and make the model part of the catalogue; 1 where the person at the terminal says no."""
    from retrieval.semantic_ids.launched import rank
    from retrieval.trained_build import Material, require_torch, take_part, train_build

    require_torch()
    material = Material.of(settings.var_dir, settings.catalog)
    if rank():
        take_part(settings.var_dir, material, minutes=args.minutes, seed=args.seed)
        return 0
    print(_plan(material, args.minutes))
    if not args.yes and sys.stdin.isatty() and not _agreed():
        return 1
    with progress() as report:
        path, about = train_build(settings.var_dir, material, minutes=args.minutes, seed=args.seed, report=report)
    print(f"The model is {told(about).removesuffix('.')}.")
    print(f"The catalogue {material.name!r} is now the build {path.name}; a running server takes it up by itself.")
    return 0


def _plan(material: "Material", n_minutes: float) -> str:
    several = material.manifest.noun[1] if material.manifest.noun else "items"
    return (
        f"Training on {len(material.histories):,} histories over {len(material.ids):,} {several}, for up to "
        f"{n_minutes:g} min on {os.cpu_count()} cores. Ctrl-C stops and keeps the best so far, from the second epoch "
        "on; after a kill the same command goes on."
    )


def _agreed() -> bool:
    try:
        return input("Start? [Y/n]: ").strip().lower() in ("", "y", "yes")
    except EOFError:
        return False


def told(about: "Artefact") -> str:
    """Say whether a trained model is in use, and what it is worth beside the others."""
    found = about.metrics
    why_off = found.get("why_off", "")
    trained = f"trained {about.trained_at[:10]} on {found.get('n_histories', 0):,} histories"
    changed = f"; {found['n_new']:,} items are new to it" if found.get("n_new") else ""
    if why_off:
        return f"off: {trained}{changed}. {why_off}"
    return (
        f"on: {trained}{changed}; recall@10 {found.get('recall@10', 0):.3f} alone (co-occurrence "
        f"{found.get('co_occurrence', 0):.3f}, EASE {found.get('ease', 0):.3f}), {found.get('fused', 0):.3f} with both "
        f"against {found.get('fused_without', 0):.3f} without it, over {found.get('n', 0):,} histories"
    )
