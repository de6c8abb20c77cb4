"""A new build keeps the trained model: known items keep their codes, new ones get some at once, the gone are gone."""

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from shelf import WordVectors

from bench.made_network import made_about, made_weights, write_made
from retrieval.building import BuildReport, build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.embed import Vectors
from retrieval.importing import import_table
from retrieval.manifest import VECTORS, current_build
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.graphs import write_items
from retrieval.semantic_ids.quantise import ResidualKMeans
from retrieval.semantic_ids.tokeniser import Tokeniser
from retrieval.semantic_ids.vectors import Mixer
from tools import GENERATE_ITEMS
from tools.spec import ToolContext

TITLES = {f"{kind}{i}": f"{kind} number {i}" for kind in ("boat", "train", "kite", "doll") for i in range(6)}


class Other(WordVectors):
    """Another embedder of the same length."""

    name = "other words"

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        return -super().embed(texts, progress)


def build(var: Path, titles: dict[str, str], embedder: WordVectors | None = None, **options: Path) -> BuildReport:
    table = pa.table({"item_id": list(titles), "title": list(titles.values())})
    return build_bundle(import_table(table), "toys", var, embedder=embedder or WordVectors(), **options)


def write_model(folder: Path, var: Path, ids: Sequence[str], trained_at: str = "2026-01-01") -> None:
    """Fit a tokeniser on the vectors of the current build, and write a network of random weights that uses them."""
    path = current_build(var, "toys")
    assert path is not None
    text = np.load(path / VECTORS / "vectors.npy").astype(np.float32)
    kinds = np.arange(len(ids)).reshape(4, -1).astype(np.int32)
    mixer = Mixer(dim=8)
    tokeniser = Tokeniser(mixer, ResidualKMeans(4, 2))
    made = tokeniser.fit(text, list(kinds), seed=0)
    vectors = mixer.vectors()
    weights = made_weights(made.sizes, 16, WordVectors.dim, vectors.shape[1], n_layers=1)
    write_made(folder, made, weights)
    write_items(weights, np.ones(len(ids)), vectors, folder)
    tokeniser.save(folder / artefact.TOKENISER)
    told = {"items_sha256": artefact.items_hash(ids), "embedder": "words", "trained_at": trained_at}
    artefact.write(folder, dataclasses.replace(made_about(made, weights), **told))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with a model, which came along with it, and that model."""
    root = tmp_path_factory.mktemp("once")
    build(root / "var", TITLES)
    write_model(root / "model", root / "var", list(TITLES))
    build(root / "var", TITLES, model=root / "model")
    return root


@pytest.fixture
def var(once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(once / "var", tmp_path / "var")


def opened(var: Path, embedder: WordVectors | None = None) -> Bundle:
    return open_bundle(var, "toys", embedder or WordVectors())


def codes_of(bundle: Bundle) -> dict[str, list[int]]:
    assert bundle.generator is not None
    return dict(zip(bundle.catalog.ids, bundle.generator.decoder.ids.codes.tolist(), strict=True))


def test_a_shipped_model_comes_along_where_the_items_are_those_it_was_trained_on(once: Path, tmp_path: Path) -> None:
    assert opened(once / "var").generator is not None
    build(tmp_path, dict(list(TITLES.items())[:9]), model=once / "model")
    assert opened(tmp_path).generator is None
    assert not opened(tmp_path).manifest.has("semantic_ids")


def test_a_missing_shipped_model_is_none(tmp_path: Path) -> None:
    assert build(tmp_path, dict(list(TITLES.items())[:4]), model=tmp_path / "nothing").notice == ""


def test_the_same_items_keep_everything_without_a_word(once: Path, var: Path) -> None:
    assert build(var, TITLES).notice == ""
    assert codes_of(opened(var)) == codes_of(opened(once / "var"))


def test_known_items_keep_their_codes_new_ones_get_the_codes_of_their_like(once: Path, var: Path) -> None:
    before = codes_of(opened(once / "var"))
    kept = {item_id: TITLES[item_id] for item_id in reversed(TITLES) if item_id != "boat0"}
    done = build(var, {"x": "kite number 9", **kept, "y": "doll number 9"})
    assert "2 new items got codes from their texts" in done.notice
    assert done.notice in done.text()
    after = codes_of(opened(var))
    assert {item_id: after[item_id] for item_id in kept} == {item_id: before[item_id] for item_id in kept}
    assert "boat0" not in after
    assert len({tuple(codes) for codes in after.values()}) == len(after)
    assert after["x"][0] in {codes[0] for item_id, codes in before.items() if item_id.startswith("kite")}


def test_new_items_can_be_generated_and_asked_after(var: Path) -> None:
    build(var, {**TITLES, "x": "kite number 9"})
    context = ToolContext(opened(var))
    found = GENERATE_ITEMS.call({"history": ["kite1", "kite2"]}, context)
    assert "x" in {hit.item_id for hit in found.hits}
    after = {hit.item_id: hit.why["generated"] for hit in GENERATE_ITEMS.call({"history": ["x"]}, context).hits}
    like = {hit.item_id: hit.why["generated"] for hit in GENERATE_ITEMS.call({"history": ["doll1"]}, context).hits}
    assert after["boat1"] != like["boat1"]


def test_codes_run_out_loudly_and_the_build_goes_on_without(var: Path) -> None:
    done = build(var, {**TITLES, **{f"n{i}": f"kite number {i}" for i in range(400)}})
    assert "left out" in done.notice and "app.py train" in done.notice
    assert opened(var).generator is None


def test_under_another_embedder_the_model_is_left_out_with_a_notice(var: Path) -> None:
    done = build(var, TITLES, Other())
    assert "another embedder" in done.notice
    assert not opened(var, Other()).manifest.has("semantic_ids")


def test_a_damaged_model_is_left_out_with_a_notice(var: Path) -> None:
    path = current_build(var, "toys")
    assert path is not None
    (path / "semantic_ids" / "ids.npz").write_bytes(b"")
    assert build(var, TITLES).notice.startswith("The model of what comes next is left out: ")
    assert opened(var).generator is None


@pytest.mark.parametrize(("trained_at", "newer"), [("2027-01-01", True), ("2025-01-01", False)])
def test_of_a_shipped_model_and_the_one_in_use_the_later_counts(
    var: Path, tmp_path: Path, trained_at: str, newer: bool
) -> None:
    write_model(tmp_path / "later", var, list(TITLES), trained_at)
    build(var, TITLES, model=tmp_path / "later")
    generator = opened(var).generator
    assert generator is not None
    assert generator.about.trained_at == (trained_at if newer else "2026-01-01")
