"""Building a bundle: into a fresh folder, sealed by a manifest, then made current in one step."""

import importlib.metadata
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import manifest as layout
from retrieval.builds import fresh_build, seal, unwritable, write_whole
from retrieval.catalog import Catalog
from retrieval.catalog_file import write_catalog
from retrieval.embed import Embedder, MiniLM
from retrieval.importing import import_file, import_table
from retrieval.importing.columns import Hint
from retrieval.importing.imported import Imported, ImportReport, Progress, no_progress
from retrieval.importing.quarantine import QUARANTINE
from retrieval.importing.readers.frames import is_frame
from retrieval.importing.roles import SETTINGS
from retrieval.importing.roles.catalog_toml import wishes_text
from retrieval.importing.roles.evidence import Evidence
from retrieval.importing.roles.noun import guess_noun
from retrieval.importing.roles.questions import Ask, nobody
from retrieval.item_vectors import write_item_vectors
from retrieval.kept_model import keep_model
from retrieval.lexical import LexicalIndex
from retrieval.linking.title_forms import TitleForms
from retrieval.linking.vocabulary import Vocabulary
from retrieval.manifest import Manifest
from retrieval.unfinished import UnfinishedVectors, forget_unfinished

_RECORDED = ("duckdb", "chromadb", "onnxruntime", "numpy")


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    name: str
    path: Path
    manifest: Manifest
    imported: ImportReport
    n_embedded: int = 0
    """Items whose text was embedded now; the other vectors were known."""
    stages_s: dict[str, float] = field(default_factory=dict)
    """Seconds by stage."""
    columns: tuple[Evidence, ...] = ()
    """How every column of the file was read, and why."""
    notice: str = ""
    """What became of a trained model, where there is something to say."""

    def text(self) -> str:
        """Return a few lines for people: what was loaded, what was left out and why, how long it took."""
        seconds = f"{sum(self.stages_s.values()):.1f} s"
        lines = [f"Built the catalogue {self.name!r} in {seconds}: {self.manifest.n_items:,} items in {self.path}"]
        lines += self.imported.lines()
        if self.manifest.embedder:
            lines.append(self.embedded())
        lines += [self.notice] if self.notice else []
        return "\n".join(lines)

    def embedded(self) -> str:
        """Say how many vectors were made, how fast, and how many were known."""
        rate = self.n_embedded / max(self.stages_s.get("embedding", 0.0), 1e-3)
        speed = f" at {rate:,.0f}/s" if self.n_embedded else ""
        n_known = self.manifest.n_items - self.n_embedded
        return f"Embedded {self.n_embedded:,} items{speed}; the vectors of {n_known:,} were known from earlier."


class _Clock:
    """Passes progress on and notes how long each stage took."""

    def __init__(self, report: Progress) -> None:
        self._report = report
        self._started = time.perf_counter()
        self.stages_s: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        self.stages_s[stage] = round(self.stages_s.get(stage, 0) + now - self._started, 3)
        self._started = now
        self._report(stage, done, total)


def build_bundle(
    source: Any,
    name: str,
    var_dir: Path | str,
    *,
    interactions: Any = None,
    roles: Mapping[str, str] | None = None,
    hints: Mapping[str, Hint] | None = None,
    force: bool = False,
    table: str = "",
    noun: Sequence[str] = (),
    ask: Ask = nobody,
    vectors: bool = True,
    report: Progress | None = None,
    embedder: Embedder | None = None,
    known: Path | None = None,
    model: Path | None = None,
) -> BuildReport:
    """Build a catalogue and make it current; the one in use stays untouched until the last moment.

    `source` is a file, a pandas, polars or Arrow table, what an importer made of one, or an importer; so are
    `interactions` a file or a table. `roles`, `hints`, `force`, `table` and `ask` are those of `import_file`; `noun` is
    what one item and several are called; `known` is an artefact of vectors to start from, `model` a trained model that
    comes along. catalog.toml beside the builds is heeded and written anew; rows that cannot be used are listed in
    quarantine.jsonl there; vectors that a stopped build had computed and a trained model are taken over.
    Raises CatalogError where the source cannot be used, BundleError where the folder cannot be written.
    """
    clock, var_dir = _Clock(report or no_progress), Path(var_dir)
    parent = layout.catalogs_folder(var_dir, name)
    if isinstance(source, Imported):
        imported = source
    elif is_frame(source) or isinstance(source, Path | str):
        wanted: dict[str, Any] = {"hints": hints, "force": force, "ask": ask}
        wanted |= {"quarantine": parent / QUARANTINE, "settings": parent / SETTINGS}
        if is_frame(source):
            imported = import_table(source, interactions, roles, clock, **wanted)
        else:
            imported = import_file(Path(source), interactions, roles, clock, table=table, **wanted)
    else:
        imported = source(clock)
    words = list(noun or imported.noun or guess_noun(name) or guess_noun(Path(imported.source).name.split(".")[0]))
    with fresh_build(var_dir, name) as folder:
        build = _Build(folder, imported, name, clock, words)
        build.write_catalog()
        build.write_words()
        if vectors:
            build.write_vectors(embedder or MiniLM(var_dir / "cache"), [layout.current_build(var_dir, name), known])
        build.write_co_liked()
        notice = keep_model(folder, name, build.manifest.embedder, layout.current_build(var_dir, name), model)
        build.seal()
        if vectors:
            forget_unfinished(parent)
    if imported.guesses:
        _write_settings(parent / SETTINGS, words, imported)
    return BuildReport(
        name, folder, build.manifest, imported.report, build.n_embedded, clock.stages_s, imported.columns, notice
    )


def _write_settings(path: Path, words: Sequence[str], made: Imported) -> None:
    try:
        write_whole(path, wishes_text(words, made.guesses, made.fields, made.hints, made.found))
    except OSError as error:
        raise unwritable(path, error) from error


class _Build:
    """One build under way in its own folder."""

    def __init__(self, folder: Path, imported: Imported, name: str, clock: _Clock, noun: list[str]) -> None:
        self.folder = folder
        self.n_embedded = 0
        self._imported = imported
        self._clock = clock
        self.manifest = Manifest(
            build_id=folder.name,
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            source=imported.source or name,
            source_sha256=imported.source_sha256,
            n_items=imported.table.num_rows,
            noun=noun,
            versions={package: importlib.metadata.version(package) for package in _RECORDED},
        )

    def write_catalog(self) -> None:
        """Write the typed columns."""
        total = self._imported.table.num_rows
        self._clock("catalogue", 0, total)
        write_catalog(
            self.folder / layout.CATALOG, self._imported.table, self._imported.fields, self._imported.prominence
        )
        self._clock("catalogue", total, total)

    def write_words(self) -> None:
        """Write the keyword index and the titles by every way of writing them."""
        total = self._imported.table.num_rows
        self._clock("keyword index", 0, total)
        catalog = Catalog(self.folder / layout.CATALOG, self.manifest.source)
        LexicalIndex.from_catalog(catalog).save(self.folder / layout.LEXICAL)
        self._clock("keyword index", total, total)
        self._clock("titles", 0, total)
        TitleForms.read(catalog, Vocabulary(catalog)).save(self.folder / layout.TITLES)
        self._clock("titles", total, total)

    def write_vectors(self, embedder: Embedder, known: Sequence[Path | None]) -> None:
        """Embed what no earlier build knows, and index the vectors."""
        from retrieval import dense

        folder = self.folder / layout.VECTORS
        folder.mkdir()
        hashes, self.n_embedded = write_item_vectors(
            folder / dense.VECTORS, self._imported.table, self._imported.fields, embedder,
            [path for path in known if path], UnfinishedVectors(self.folder.parent, embedder),
            lambda done, total: self._clock("embedding", done, total),
        )  # fmt: skip
        np.save(self.folder / layout.HASHES, hashes)
        total = len(hashes)
        self._clock("vector index", 0, total)
        dense.DenseIndex.index(folder, lambda done: self._clock("vector index", done, total))
        self.manifest = self.manifest.model_copy(update={"embedder": embedder.name, "dim": embedder.dim})

    def write_co_liked(self) -> None:
        """Write who liked what together and in which order, where there are ratings."""
        given = self._imported.interactions
        if given is None or not len(given.rows):
            return
        from retrieval.collaborative import CoLiked
        from retrieval.histories import Histories

        total = len(given.rows)
        self._clock("co-liked", 0, total)
        n_items = self._imported.table.num_rows
        CoLiked.build(self.folder / layout.CO_LIKED, given.users, given.rows, given.ratings, given.timestamps, n_items)
        Histories.of(given.users, given.rows, given.ratings, given.timestamps).save(self.folder / layout.HISTORIES)
        self._clock("co-liked", total, total)
        self.manifest = self.manifest.model_copy(update={"n_interactions": total})

    def seal(self) -> None:
        """Write the manifest over every file there is, and push all of it to the disk."""
        self.manifest = seal(self.folder, self.manifest, self._clock)
