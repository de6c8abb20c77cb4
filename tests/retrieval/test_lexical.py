"""BM25 over postings: parity with rank-bm25's own loop, guards, weights, evidence."""

import sys
from pathlib import Path

import numpy as np
import pytest
from contracts import RetrieverContract
from rank_bm25 import BM25Okapi
from shelf import N_ITEMS, shelf_catalog

from errors import SettingsError
from retrieval.catalog import Catalog
from retrieval.fast_bm25 import FastBM25
from retrieval.items import Retriever, Role
from retrieval.lexical import WEIGHTS, LexicalIndex, stem
from retrieval.postings import PostingsBM25


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return shelf_catalog(tmp_path_factory.mktemp("lexical"))


@pytest.fixture(scope="module")
def index(catalog: Catalog) -> LexicalIndex:
    return LexicalIndex.from_catalog(catalog)


class TestContract(RetrieverContract):
    @pytest.fixture
    def retriever(self, index: LexicalIndex) -> Retriever:
        return index

    @pytest.fixture
    def query(self) -> str:
        return "tea for two"

    @pytest.fixture
    def n_items(self) -> int:
        return N_ITEMS


def _corpus(drawn: np.random.Generator) -> list[list[str]]:
    return [[f"w{n}" for n in drawn.zipf(1.4, size=drawn.integers(0, 30)) if n < 60] for _ in range(200)]


def _norm(index: LexicalIndex, row: int | None) -> float:
    bm25 = index._bm25
    assert row is not None
    return float(bm25.k1 * (1 - bm25.b + bm25.b * bm25.doc_len[row] / bm25.avgdl))


def test_scores_equal_the_loop_of_rank_bm25() -> None:
    corpus = _corpus(np.random.default_rng(3))
    ours, loop = PostingsBM25(corpus), BM25Okapi(corpus)
    loop.idf = ours.idf
    for query in (["w1"], ["w2", "w7", "w2"], ["w1", "nowhere"], [f"w{n}" for n in range(1, 40)]):
        assert ours.get_scores(query) == pytest.approx(loop.get_scores(query), rel=1e-5)


def test_blocks_give_the_scores_of_one_pass(
    catalog: Catalog, index: LexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.catalog._ROWS_AT_ONCE", 3)
    pieces = LexicalIndex.from_catalog(catalog)
    for query in ("coffee", "kettle road", "green tea for two", "café"):
        assert pieces.search(query, N_ITEMS) == index.search(query, N_ITEMS)


def test_a_word_in_every_document_still_counts_a_little() -> None:
    scores = PostingsBM25([["tea"], ["tea", "cup"]]).get_scores(["tea"])
    assert (scores > 0).all()


def test_empty_corpora_find_nothing() -> None:
    for corpus in ([], [[], []]):
        index = LexicalIndex(corpus, np.zeros(len(corpus), np.float32))
        assert index.search("tea", 5) == []
        assert index.search_terms("tea") == []


def test_a_string_is_refused_as_a_list_of_terms() -> None:
    with pytest.raises(TypeError, match="letter by letter"):
        PostingsBM25([["tea"]]).get_scores("tea")


def test_a_query_without_any_known_word_finds_nothing(index: LexicalIndex) -> None:
    assert index.search("zeppelin", 5) == []


class TestFastContract(TestContract):
    @pytest.fixture
    def retriever(self, catalog: Catalog, tmp_path: Path) -> Retriever:
        return fast(catalog, tmp_path)


def fast(catalog: Catalog, folder: Path) -> LexicalIndex:
    LexicalIndex.from_catalog(catalog).save(folder / "lexical.npz")
    return LexicalIndex.open(folder / "lexical.npz", catalog, fast=True)


QUERIES = ("coffee", "green tea for two", "kettle kettle road", "zeppelin", "it", "café", "")


def test_bm25s_over_the_postings_gives_what_they_give(catalog: Catalog, index: LexicalIndex, tmp_path: Path) -> None:
    quick = fast(catalog, tmp_path)
    assert isinstance(quick._bm25, FastBM25)
    for query in QUERIES:
        assert quick.search(query, N_ITEMS) == index.search(query, N_ITEMS)
        assert quick.search_terms(query) == index.search_terms(query)
    drawn = np.random.default_rng(5)
    plain = PostingsBM25(_corpus(drawn))
    over = FastBM25.over(plain)
    for query in ([], ["w1"], ["w2", "w2", "nowhere"], [f"w{n}" for n in range(1, 40)]):
        assert np.array_equal(over.get_scores(query), plain.get_scores(query))
    with pytest.raises(TypeError, match="letter by letter"):
        over.get_scores("tea")


def test_bm25s_with_its_own_index_ranks_alike() -> None:
    import bm25s

    corpus = _corpus(np.random.default_rng(6))
    ours, theirs = PostingsBM25(corpus), bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    theirs.index(corpus, show_progress=False)
    for query in (["w1"], ["w2", "w7", "w2"], ["w3", "w11", "w29"], [f"w{n}" for n in range(1, 40)]):
        # Lucene leaves out the constant factor k1 + 1, which moves no rank.
        assert ours.get_scores(query) == pytest.approx(2.5 * theirs.get_scores(query), rel=1e-4)


def test_without_bm25s_fast_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(SettingsError, match="CICERONE_BM25=fast needs"):
        FastBM25.over(PostingsBM25([["tea"]]))


def test_a_word_counts_by_the_field_it_stands_in(catalog: Catalog, index: LexicalIndex) -> None:
    assert WEIGHTS == {Role.TITLE: 3, Role.PERSON: 2, Role.FACET: 2, Role.TEXT: 1}
    row = catalog.row_of("a")
    weights = {"green": Role.TITLE, "ana": Role.PERSON, "ceramic": Role.FACET, "jasmine": Role.TEXT}
    for word, role in weights.items():
        rows, gains = index._bm25.posting(stem(word))
        norm = _norm(index, row)
        frequency = norm / (index._bm25.idf[stem(word)] * 2.5 / float(gains[list(rows).index(row)]) - 1)
        assert frequency == pytest.approx(WEIGHTS[role], rel=1e-3), word


def test_title_outweighs_text(index: LexicalIndex, catalog: Catalog) -> None:
    assert catalog.ids[index.search("coffee", 1)[0][0]] == "f"
    assert catalog.ids[index.search("kettle road", 1)[0][0]] == "e"


def test_stop_words_count_only_where_there_is_nothing_else(index: LexicalIndex, catalog: Catalog) -> None:
    assert [catalog.ids[row] for row, _ in index.search("it", 5)] == ["g"]
    assert "g" not in [catalog.ids[row] for row, _ in index.search("is it a kettle", 5)]


def test_plural_accents_and_case_do_not_matter(index: LexicalIndex) -> None:
    assert index.search("KETTLES", 5) == index.search("kettle", 5)
    assert index.search("cafe", 5) == index.search("Café", 5) != []


def test_the_better_known_wins_a_tie() -> None:
    index = LexicalIndex([["tea"], ["tea"], ["tea"]], np.array([0.1, 0.9, 0.5], np.float32))
    assert [row for row, _ in index.search("tea", 2)] == [1, 2]


def test_evidence_is_the_users_own_words(index: LexicalIndex, catalog: Catalog) -> None:
    assert index.search_terms("Show me KETTLES for the zeppelin road") == ["kettles", "road"]
    rows = [catalog.row_of("d"), catalog.row_of("e")]
    assert index.matched("kettles, kettles on the road", [row for row in rows if row is not None]) == [
        ["kettles"],
        ["kettles", "road"],
    ]


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("movies", "movie"),
        ("cities", "city"),
        ("boxes", "box"),
        ("heroes", "hero"),
        ("glasses", "glass"),
        ("shoes", "shoe"),
    ],
)
def test_plural_and_singular_meet(plural: str, singular: str) -> None:
    assert stem(plural) == stem(singular)


@pytest.mark.parametrize("word", ["genius", "glass", "crisis", "as"])
def test_what_only_looks_like_a_plural_stays(word: str) -> None:
    assert stem(word) == word


def test_index_survives_the_file_it_was_built_from(tmp_path: Path) -> None:
    index = LexicalIndex.from_catalog(shelf_catalog(tmp_path))
    (tmp_path / "shelf.duckdb").unlink()
    assert index.search("whisk", 1)
