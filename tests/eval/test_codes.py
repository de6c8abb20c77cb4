"""The codes of a trained model in words: of a toy shelf, alike in their first code by fours."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from shelf import shelf_catalog, write_generator

from errors import BundleError
from eval.codes import codes_told
from retrieval.catalog import Catalog
from retrieval.manifest import FileEntry, Manifest


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return shelf_catalog(tmp_path_factory.mktemp("shelf"))


def bundle_at(path: Path, catalog: Catalog, *, trained: bool = True) -> Any:
    files = {"semantic_ids/model.json": FileEntry(bytes=1, sha256="")} if trained else {}
    manifest = Manifest(
        build_id="b", built_at="", source="", source_sha256="", n_items=8, noun=["pot", "pots"], files=files
    )
    return SimpleNamespace(path=path, name="shelf", catalog=catalog, manifest=manifest)


def test_use_meanings_and_examples(catalog: Catalog, tmp_path: Path) -> None:
    write_generator(tmp_path / "semantic_ids", catalog.ids, why_off="It adds nothing.")
    title, use, meant = codes_told(bundle_at(tmp_path, catalog))
    assert title == "codes · catalogue shelf · 8 items"
    assert use["level 1"] == {"codes": 4, "in use": 2, "perplexity": 2.0}
    assert use["all together"] == {"in use": 4, "colliding": 1.0, "fullest": 2}
    assert list(meant) == ["code 0", "code 1"]
    assert meant["code 0"]["items"] == 4
    assert meant["code 0"]["best known"] == "Green Teapot; Blue Teapot; Tea Cup"
    terms = meant["code 0"]["stands for"].split(", ")
    assert terms[0] == "Ceramic", "all of the second four but one lack it"
    assert "ceramic" not in terms
    assert "coffee" not in terms


def test_only_the_biggest_are_shown(catalog: Catalog, tmp_path: Path) -> None:
    write_generator(tmp_path / "semantic_ids", catalog.ids)
    assert list(codes_told(bundle_at(tmp_path, catalog), 1)[2]) == ["code 0"]


def test_without_a_model_that_fits_the_remedy_is_said(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no trained model.*app.py train --catalog shelf"):
        codes_told(bundle_at(tmp_path, catalog, trained=False))
    write_generator(tmp_path / "semantic_ids", ["other"] * 8)
    with pytest.raises(BundleError, match="trained for other items"):
        codes_told(bundle_at(tmp_path, catalog))
