"""The bundle: built whole or not at all, checked when opened, shared by many threads."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import tiny_catalog

from errors import BundleError
from retrieval.builds import fresh_build, roll_back
from retrieval.bundle import Bundle, build_bundle, bundle_exists, open_bundle
from retrieval.documents import documents, telling_texts
from retrieval.embed import Vectors, unit
from retrieval.importing import import_table
from retrieval.items import Field, Role
from retrieval.known_vectors import reuse, write_artefact
from retrieval.lexical import LexicalIndex
from retrieval.manifest import LEXICAL, current_build, read_manifest


class CountingEmbedder:
    """Remembers which texts it was asked for."""

    name = "counting"
    dim = 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.asked += texts
        return unit(np.array([[len(text) % 7 + i + 1 for i in range(self.dim)] for text in texts], np.float32))


def shelf(*titles: str) -> pa.Table:
    return pa.table({"item_id": [f"i{i}" for i, _ in enumerate(titles)], "title": list(titles)})


def build(var: Path, *titles: str, embedder: CountingEmbedder | None = None) -> Path:
    return build_bundle(import_table(shelf(*titles)), "toys", var, embedder=embedder or CountingEmbedder()).path


def test_tiny_bundles_open(films: Bundle, games: Bundle) -> None:
    assert (films.catalog.n_items, games.catalog.n_items) == (len(tiny_catalog.FILMS), len(tiny_catalog.GAMES))
    assert films.dense is not None
    assert films.co_liked is not None
    assert games.co_liked is None
    assert films.manifest.n_interactions == len(tiny_catalog.FILM_RATINGS)


def test_indexes_of_a_bundle_agree_on_rows(films: Bundle) -> None:
    row = films.catalog.row_of("tt0338013")
    assert films.dense is not None
    assert films.dense.search("a couple erased from memory fall in love again inside dreams", 1)[0][0] == row
    assert films.lexical.search("couple erased from memory", 1)[0][0] == row


def test_parts_are_opened_once_under_threads(films: Bundle, bundles_dir: Path) -> None:
    bundle = open_bundle(bundles_dir, "films", films.embedder)
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(id(bundle.lexical))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_opening_and_searching_changes_no_file(bundles_dir: Path, films: Bundle) -> None:
    before = {path: path.stat().st_mtime_ns for path in films.path.rglob("*")}
    again = open_bundle(bundles_dir, "films", films.embedder)
    again.warm()
    assert again.dense is not None and again.dense.search("space", 3)
    assert {path: path.stat().st_mtime_ns for path in films.path.rglob("*")} == before
    open_bundle(bundles_dir, "films", films.embedder)


def test_missing_bundle_names_the_remedy(tmp_path: Path) -> None:
    assert not bundle_exists(tmp_path, "demo")
    with pytest.raises(BundleError, match="app.py build"):
        open_bundle(tmp_path, "demo")
    with pytest.raises(BundleError, match=r"app\.py build --catalog FILE --name shop"):
        open_bundle(tmp_path, "shop")


@pytest.mark.parametrize("name", ["../etc", "", ".hidden", "a/b", "a b"])
def test_names_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleError, match="cannot name"):
        open_bundle(tmp_path, name)


def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    path = build(tmp_path, "Kite", "Top")
    for relative in read_manifest(path, "toys").files:
        file = path / relative
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if whole else b"!")
        with pytest.raises(BundleError, match=rf"{file.name} has changed"):
            open_bundle(tmp_path, "toys", CountingEmbedder())
        file.write_bytes(whole)
    open_bundle(tmp_path, "toys", CountingEmbedder())


def test_missing_files_and_manifests_are_found(tmp_path: Path) -> None:
    path = build(tmp_path, "Kite")
    (path / "catalog.duckdb").unlink()
    with pytest.raises(BundleError, match=r"catalog\.duckdb is missing"):
        open_bundle(tmp_path, "toys", CountingEmbedder())
    (path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(BundleError, match="no readable manifest"):
        open_bundle(tmp_path, "toys", CountingEmbedder())
    assert not bundle_exists(tmp_path, "toys")


def test_another_embedder_is_refused(tmp_path: Path, films: Bundle) -> None:
    build(tmp_path, "Kite")
    with pytest.raises(BundleError, match="built with the embedder 'counting', not 'hashing'"):
        open_bundle(tmp_path, "toys", films.embedder)


def test_a_failing_build_leaves_the_current_one(tmp_path: Path) -> None:
    path = build(tmp_path, "Kite")

    class Broken(CountingEmbedder):
        def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError):
        build(tmp_path, "Kite", "Top", embedder=Broken())
    assert current_build(tmp_path, "toys") == path
    assert [folder for folder in path.parent.iterdir() if folder.is_dir()] == [path]


def test_one_previous_build_is_kept_and_can_come_back(tmp_path: Path) -> None:
    first, second, third = (build(tmp_path, "Kite", *["Top"] * i) for i in range(3))
    assert not first.exists()
    assert second.exists()
    assert current_build(tmp_path, "toys") == third
    assert roll_back(tmp_path, "toys") == second.name
    assert open_bundle(tmp_path, "toys", CountingEmbedder()).catalog.n_items == 2


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    with fresh_build(tmp_path, "toys"), pytest.raises(BundleError, match="is running"):
        build(tmp_path, "Kite")


def test_an_unwritable_folder_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "catalogs").write_text("in the way", encoding="utf-8")
    with pytest.raises(BundleError, match="CICERONE_VAR_DIR"):
        build(tmp_path, "Kite")


def test_a_second_build_embeds_only_what_is_new(tmp_path: Path) -> None:
    build(tmp_path, "Kite", "Top")
    embedder = CountingEmbedder()
    build(tmp_path, "Top", "Kite", "Yo-yo", embedder=embedder)
    assert embedder.asked == ["Yo-yo"]


def test_vectors_of_a_damaged_build_are_not_reused(tmp_path: Path) -> None:
    path = build(tmp_path, "Kite")
    whole = (path / "vectors" / "vectors.npy").read_bytes()
    (path / "vectors" / "vectors.npy").write_bytes(whole[:-1] + b"!")
    embedder = CountingEmbedder()
    build(tmp_path, "Kite", embedder=embedder)
    assert embedder.asked == ["Kite"]


def test_artefact_gives_back_nearly_the_same_vectors(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(7).normal(size=(20, 8)).astype(np.float32))
    hashes = np.arange(100, 120, dtype=np.uint64)
    write_artefact(tmp_path / "known.npz", hashes, vectors, "counting")
    asked = np.array([119, 7, 100], np.uint64)
    found = np.zeros((3, 8), np.float32)
    missing = reuse(asked, CountingEmbedder(), [tmp_path / "absent.npz", tmp_path / "known.npz"], found)
    assert missing.tolist() == [1]
    assert np.abs(found[[0, 2]] - vectors[[19, 0]]).max() < 0.01
    (tmp_path / "known.npz").write_bytes(b"PK no archive")
    assert len(reuse(asked, CountingEmbedder(), [tmp_path / "known.npz"], found)) == 3


def test_bundle_without_vectors(tmp_path: Path) -> None:
    build_bundle(import_table(shelf("Kite", "Top")), "toys", tmp_path, vectors=False)
    bundle = open_bundle(tmp_path, "toys")
    bundle.warm()
    assert bundle.dense is None
    assert bundle.lexical.search("kite", 5)


def test_report_tells_stages_in_order(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    done = build_bundle(
        import_table(shelf("Kite", "Top")), "toys", tmp_path, embedder=CountingEmbedder(),
        report=lambda *what: told.append(what),
    )  # fmt: skip
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["catalogue", "keyword index", "titles", "embedding", "vector index", "checksums"]
    assert all(done <= total for _, done, total in told)
    assert "2 rows in = 2 loaded + 0 quarantined" in done.text()


def test_documents_put_title_and_text_first(films: Bundle) -> None:
    table = pa.table(
        {name: films.catalog.column(name) for name in films.catalog.fields if name not in ("countries", "languages")}
    )
    fields = [field for name, field in films.catalog.fields.items() if name in table.column_names]
    text = documents(table, fields, telling_texts(table, fields))[films.catalog.row_of("tt0078748") or 0]
    assert text.startswith("Alien. The crew of a freight ship in deep space")
    assert text.endswith("Horror, Sci-Fi")


def test_a_second_text_is_embedded_only_where_the_telling_one_is_missing() -> None:
    told = "A whale hunts the captain who hunts it."
    table = pa.table({"t": ["A", "B"], "line": ["Short.", "Short too."], "plot": [told, None]})
    roles = {"t": Role.TITLE, "line": Role.TEXT, "plot": Role.TEXT}
    fields = [Field(name=name, role=role, label=name) for name, role in roles.items()]
    assert documents(table, fields, telling_texts(table, fields)) == [f"A. {told.rstrip('.')}", "B. Short too"]


def test_the_keyword_index_is_read_not_made(games: Bundle) -> None:
    fresh = LexicalIndex.from_catalog(games.catalog)
    for query in ("cooperative horror", "trains", "azul tiles", "nothing like this", ""):
        assert games.lexical.search(query, 30) == fresh.search(query, 30)
        assert games.lexical.search_terms(query) == fresh.search_terms(query)


def test_a_keyword_index_of_other_code_is_made_again(games: Bundle, tmp_path: Path) -> None:
    with np.load(games.path / LEXICAL) as stored:
        np.savez(tmp_path / "old.npz", **{**stored, "made_by": np.array("older"), "rows": stored["rows"][:0]})
    old = LexicalIndex.open(tmp_path / "old.npz", games.catalog)
    assert old.search("trains", 5) == games.lexical.search("trains", 5)
