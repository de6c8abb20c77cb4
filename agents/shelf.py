"""The catalogues as they lie on the disk: their names, which build of each is current, and how to open it."""

import contextlib
import logging
import time

from agents.about import About, about_at
from errors import BundleError
from retrieval.bundle import Bundle, catalog_names
from retrieval.depot import Depot, fetch_all
from retrieval.embed import Embedder
from retrieval.embedders import chosen_embedder
from retrieval.importing.imported import no_progress
from retrieval.manifest import current_build
from retrieval.opening import open_catalog
from settings import Settings

FETCH_EVERY_S = 15.0
_log = logging.getLogger("cicerone.shelf")


class Shelf:
    """All catalogues of one folder; always tells what is there now."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        """Open every catalogue with the same embedder, that of the settings where None is given."""
        self._settings = settings
        self._var_dir = settings.var_dir
        self._embedder = embedder or chosen_embedder(settings)
        self._depot = Depot(settings.bundles_url) if settings.bundles_url else None
        self._next_fetch, self._told = 0.0, list[str]()

    def fetch(self) -> None:
        """Bring what the depot of the settings has that is newer, if its turn has come; takes as long as that takes."""
        if self._depot is None or time.monotonic() < self._next_fetch:
            return
        problems = fetch_all(self._depot, self._var_dir, no_progress)
        for problem in problems:
            if problem not in self._told:
                _log.warning("%s", problem)
        self._told, self._next_fetch = problems, time.monotonic() + FETCH_EVERY_S

    @property
    def names(self) -> list[str]:
        """The names of all catalogues that have a current build, in alphabetical order."""
        return catalog_names(self._var_dir)

    def current(self, name: str) -> str:
        """Return the id of the current build, or something no build is called where the pointer cannot be read."""
        try:
            build = current_build(self._var_dir, name)
        except (OSError, ValueError) as error:
            return f"({type(error).__name__})"
        return build.name if build else "(none)"

    def about(self, name: str) -> About | None:
        """Describe the current build, or return None where it cannot be read."""
        with contextlib.suppress(BundleError, OSError, ValueError):
            build = current_build(self._var_dir, name)
            return about_at(build, name) if build else None
        return None

    def open(self, name: str, *, vectors: bool) -> Bundle:
        """Open and warm the current build, with or without its `vectors`. Raises BundleError where that fails."""
        wanted = self.current(name)
        try:
            bundle = open_catalog(self._settings, name, self._embedder)
            bundle.warm(vectors=vectors)
        except (BundleError, OSError):
            if self.current(name) == wanted:
                raise
            return self.open(name, vectors=vectors)  # while it was opened, newer ones took its place
        return bundle
