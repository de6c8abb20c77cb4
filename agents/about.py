"""What a catalogue is, for people and programs; known without opening its indexes."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agents.nouns import Nouns, nouns_of
from retrieval.bundle import Bundle
from retrieval.catalog import read_fields
from retrieval.items import Field
from retrieval.manifest import CATALOG, Manifest, read_manifest


@dataclass(frozen=True)
class About:
    """One build of a catalogue."""

    name: str
    noun: tuple[str, str]
    """What one item and several are called: ("book", "books")."""
    n_items: int
    fields: dict[str, Field]
    build_id: str
    built_at: str
    """Time of the build, ISO 8601."""


def about_of(bundle: Bundle) -> About:
    """Return what an opened bundle is."""
    return _about(bundle.name, bundle.manifest, bundle.catalog.fields)


@lru_cache(maxsize=256)
def about_at(build: Path, name: str) -> About:
    """Read it from a build folder, which never changes. Raises BundleError where it is damaged or of another format."""
    return _about(name, read_manifest(build, name), read_fields(build / CATALOG))


def _about(name: str, manifest: Manifest, fields: dict[str, Field]) -> About:
    return About(name, nouns_in(name, manifest)[:2], manifest.n_items, fields, manifest.build_id, manifest.built_at)


def nouns_in(name: str, manifest: Manifest) -> Nouns:
    """Return what the items of a catalogue are called, from its name and that of its file."""
    return nouns_of(f"{name} {manifest.source}", manifest.noun)
