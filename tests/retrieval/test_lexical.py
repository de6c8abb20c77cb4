"""BM25 over postings: parity with rank-bm25's own loop, guards, weights, evidence."""

from pathlib import Path

import numpy as np
import pytest
from contracts import RetrieverContract
from rank_bm25 import BM25Okapi
from shelf import N_ITEMS, shelf_catalog

from retrieval.catalog import Catalog
from retrieval.items import Retriever
from retrieval.lexical import LexicalIndex, PostingsBM25, stem


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


def test_scores_equal_the_loop_of_rank_bm25() -> None:
    drawn = np.random.default_rng(3)
    corpus = [[f"w{n}" for n in drawn.zipf(1.4, size=drawn.integers(0, 30)) if n < 60] for _ in range(200)]
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
