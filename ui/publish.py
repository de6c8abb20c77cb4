"""Bring builds to where replicas fetch them, and fetch them at start."""

import argparse
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from errors import SettingsError
from ui.progress import progress

if TYPE_CHECKING:
    from settings import Settings


def publish(args: argparse.Namespace, settings: "Settings", say: Callable[[str], object]) -> int:
    """Upload the current build of a catalogue and point replicas to it."""
    from retrieval.depot import Depot

    if not settings.bundles_url:
        raise SettingsError("There is nowhere to publish to. Set CICERONE_BUNDLES_URL to a shared folder or storage.")
    with progress() as report:
        build = Depot(settings.bundles_url).publish(settings.var_dir, settings.catalog, report)
    say(f"Published the build {build} of {settings.catalog!r} to {settings.bundles_url}")
    return 0


def fetch(settings: "Settings", *, quiet: bool = False) -> None:
    """Fetch what is published, where the settings say from; without an answer what is here has to do."""
    if settings.bundles_url:
        from retrieval.depot import Depot, fetch_all

        with progress(quiet=quiet) as report:
            problems = fetch_all(Depot(settings.bundles_url), settings.var_dir, report)
        for problem in problems:
            logging.getLogger("cicerone.depot").warning("%s", problem)
