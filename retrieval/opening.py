"""Open a catalogue as the settings ask for it."""

from retrieval.bundle import Bundle, open_bundle
from retrieval.embed import Embedder
from retrieval.embedders import chosen_embedder
from settings import Settings


def open_catalog(settings: Settings, name: str | None = None, embedder: Embedder | None = None) -> Bundle:
    """Open the current build of a catalogue, that of the settings where none is named.

    Raises BundleError where it is missing, damaged, or built with another embedder; SettingsError for settings that
    cannot be followed.
    """
    return open_bundle(
        settings.var_dir, name or settings.catalog, embedder or chosen_embedder(settings),
        fast=settings.bm25 == "fast", chroma=settings.chroma_url or "",
    )  # fmt: skip
