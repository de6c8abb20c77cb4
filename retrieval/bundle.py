"""Everything built for one catalogue, opened: an immutable folder, verified, shared by any number of processes."""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import BundleError
from retrieval.building import build_bundle
from retrieval.catalog import Catalog
from retrieval.embed import Embedder, MiniLM
from retrieval.manifest import (
    CATALOG,
    CO_LIKED,
    CURRENT,
    LEXICAL,
    SEMANTIC_IDS,
    TITLES,
    VECTORS,
    Manifest,
    current_build,
    read_manifest,
    remedy,
    verify,
)

if TYPE_CHECKING:
    from retrieval.attributes import Attributes
    from retrieval.collaborative import CoLiked
    from retrieval.dense import DenseIndex
    from retrieval.lexical import LexicalIndex
    from retrieval.linking import Linker
    from retrieval.semantic_ids.served import Generator

__all__ = ["Bundle", "build_bundle", "bundle_exists", "catalog_names", "open_bundle"]


def catalog_names(var_dir: Path) -> list[str]:
    """Return the names of the catalogues that have a build in use, in alphabetical order; none is opened."""
    return sorted(path.parent.name for path in (var_dir / "catalogs").glob(f"[!.]*/{CURRENT}"))


def bundle_exists(var_dir: Path, name: str) -> bool:
    """Tell whether a build in the current format is there; `open_bundle` checks its files."""
    path = current_build(var_dir, name)
    try:
        return path is not None and bool(read_manifest(path, name))
    except BundleError:
        return False


def open_bundle(
    var_dir: Path, name: str, embedder: Embedder | None = None, *, fast: bool = False, chroma: str = ""
) -> "Bundle":
    """Open the current build of a catalogue after checking every file.

    `fast` lets bm25s add up keyword scores, `chroma` is the address of a server to ask for near vectors.

    Raises BundleError, with the remedy, where it is missing, damaged, or built with another embedder.
    """
    path = current_build(var_dir, name)
    if path is None or not path.is_dir():
        there = ", ".join(other for other in catalog_names(var_dir) if other != name)
        others = f"; there are: {there}" if there else ""
        raise BundleError(f"There is no catalogue {name!r} in {var_dir}{others}. {remedy(name)}")
    manifest = read_manifest(path, name)
    verify(path, manifest, name)
    embedder = embedder or MiniLM(var_dir / "cache")
    if manifest.embedder and manifest.embedder != embedder.name:
        from retrieval.embedders import how_to_choose

        raise BundleError(
            f"The catalogue {name!r} was built with the embedder {manifest.embedder!r}, not {embedder.name!r}. "
            f"{how_to_choose(manifest.embedder)}, or build it again: {remedy(name).removeprefix('Run: ')}"
        )
    return Bundle(path, name, manifest, embedder, fast=fast, chroma=chroma)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make a million small objects that stay: looking for garbage among them takes a quarter longer."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Bundle:
    """The indexes of one catalogue; each is opened at first use, once, also under many threads."""

    def __init__(
        self, path: Path, name: str, manifest: Manifest, embedder: Embedder, *, fast: bool = False, chroma: str = ""
    ) -> None:
        self.path = path
        self._fast, self._chroma = fast, chroma
        self.name = name
        self.manifest = manifest
        self.embedder = embedder
        self.catalog = Catalog(path / CATALOG, name)
        self._lock = threading.RLock()
        self._parts: dict[str, Any] = {}

    def warm(self, *, vectors: bool = True) -> None:
        """Open every index now and embed one text, so that no user waits for it.

        Loading `vectors` takes more than a second, beside the rest; a server in a hurry leaves them out, answers, and
        warms them in a thread.
        """
        dense = self.dense if vectors else None
        beside = threading.Thread(target=dense.warm, daemon=True) if dense else None
        if beside:
            beside.start()
        with _uncollected():
            _ = self.lexical, self.linker, self.co_liked, self.generator
            if vectors:
                _ = self.attributes  # or the first turn that ranks a talk waits for it
        if beside:
            beside.join()

    def close(self) -> None:
        """Let go of every index, so that their memory is free; whoever still holds one finishes with it."""
        with self._lock:
            self._parts.clear()
            del self.catalog

    @property
    def lexical(self) -> "LexicalIndex":
        """BM25 over the items' words."""
        from retrieval.lexical import LexicalIndex

        path = self.path / LEXICAL
        return self._once("lexical", lambda: LexicalIndex.open(path, self.catalog, fast=self._fast))

    @property
    def dense(self) -> "DenseIndex | None":
        """Vectors of the items, or None where the bundle was built without them."""
        if not self.manifest.embedder:
            return None
        from retrieval.dense import DenseIndex

        folder = self.path / VECTORS
        return self._once("dense", lambda: DenseIndex.open(folder, self.embedder, self._chroma, self.name))

    @property
    def co_liked(self) -> "CoLiked | None":
        """Items liked by the same people, or None where the catalogue came without ratings."""
        if CO_LIKED not in self.manifest.files:
            return None
        from retrieval.collaborative import CoLiked

        return self._once("co_liked", lambda: CoLiked.open(self.path / CO_LIKED))

    @property
    def generator(self) -> "Generator | None":
        """The model of what comes next; None where there is none, or one that cannot be used or adds nothing."""
        if not self.manifest.has(SEMANTIC_IDS):
            return None
        from retrieval.semantic_ids.served import open_generator

        return self._once("generator", lambda: open_generator(self.path / SEMANTIC_IDS, self.catalog.ids))

    @property
    def attributes(self) -> "Attributes":
        """How alike items are in facets and people; made at first use from the catalogue's columns."""
        from retrieval.attributes import Attributes

        return self._once("attributes", lambda: Attributes(self.catalog))

    @property
    def linker(self) -> "Linker":
        """Names, values and numbers in a message → items and fields."""
        from retrieval.linking import Linker

        return self._once("linker", lambda: Linker(self.catalog, self.manifest.noun, titles_file=self.path / TITLES))

    def _once(self, part: str, make: Callable[[], Any]) -> Any:
        if part not in self._parts:
            with self._lock:
                if part not in self._parts:
                    self._parts[part] = make()
        return self._parts[part]
