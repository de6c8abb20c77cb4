"""Features of candidates: what each says on a turn whose facts are known, and that there is one of each always."""

import asyncio

import numpy as np
import pytest

from agents.graph import build_graph
from agents.ranking.features import NAMES, Evidence, features
from agents.session import Cicerone
from agents.state import Ledger, Limit, Taste, Understanding
from agents.stateless import parse_line, recommend
from agents.turn import Turn
from retrieval.bundle import Bundle
from retrieval.items import Filter, Hit
from settings import Settings
from tools.spec import ToolResult

ALIEN, MATRIX, RELOADED, SHINING, TOY_STORY = "tt0078748", "tt0133093", "tt0234215", "tt0081505", "tt0114709"


def found(*hits: tuple[str, float]) -> ToolResult:
    return ToolResult(hits=[Hit(item_id=item_id, score=score) for item_id, score in hits])


def of(bundle: Bundle, evidence: Evidence, *ids: str) -> dict[str, dict[str, float]]:
    """Return the features by item and name."""
    rows = np.array(sorted(bundle.catalog.rows_of(ids)), np.int32)
    table = features(rows, evidence, bundle)
    assert table.shape == (len(rows), len(NAMES))
    assert table.dtype == np.float32
    return {
        bundle.catalog.ids[row]: dict(zip(NAMES, line.tolist(), strict=True))
        for row, line in zip(rows, table, strict=True)
    }


def taken(bundle: Bundle, text: str) -> Turn:
    async def run() -> Turn:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            line = parse_line({"context": [{"role": "user", "text": text}]})
            return await recommend(line, agent.kit, build_graph(agent.kit), 10)

    return asyncio.run(run())


def test_names_are_distinct() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_rank_and_score_of_each_list(films: Bundle) -> None:
    lists = [("search_keywords", found((ALIEN, 8.0), (MATRIX, 2.0))), ("filter_items", found((MATRIX, 1.0)))]
    rows = of(films, Evidence(lists, Understanding(), Ledger()), ALIEN, MATRIX, SHINING)
    assert (rows[ALIEN]["search_keywords_rank"], rows[ALIEN]["search_keywords_score"]) == (1.0, 1.0)
    assert rows[MATRIX]["search_keywords_rank"] == pytest.approx(20 / 21)
    assert rows[MATRIX]["search_keywords_score"] == 0.25
    assert [rows[i]["n_lists"] for i in (ALIEN, MATRIX, SHINING)] == [1, 2, 0]
    assert [rows[i]["fused"] for i in (ALIEN, MATRIX, SHINING)] == pytest.approx([1 / 61, 1 / 62, 0])
    assert not any(rows[SHINING][f"{tool}_rank"] for tool, _ in lists)


def test_what_is_tied_and_alike_to_the_seeds(films: Bundle) -> None:
    rows = of(films, Evidence([], Understanding(), Ledger(), [MATRIX]), RELOADED, TOY_STORY)
    near, far = rows[RELOADED], rows[TOY_STORY]
    assert near["knn"] > far["knn"] == 0
    assert near["people_like_seeds"] == pytest.approx(1.0)
    assert near["facets_like_nearest"] > far["facets_like_nearest"]
    assert (near["years_after_seeds"], near["years_from_nearest"]) == (4.0, 4.0)
    assert far["years_after_seeds"] == -4.0
    assert near["n_seeds"] == 1.0


def test_words_of_the_request_and_of_the_talk(films: Bundle) -> None:
    said = ["I liked The Matrix", "a creature in space"]
    rows = of(films, Evidence([], Understanding(query="creature space"), Ledger(), said=said), ALIEN, RELOADED, SHINING)
    assert rows[ALIEN]["bm25_query"] > 0 == rows[SHINING]["bm25_query"]
    assert rows[RELOADED]["bm25_chat"] > rows[RELOADED]["bm25_query"] == 0
    assert rows[RELOADED]["title_said"] == pytest.approx(2 / 3)
    assert rows[ALIEN]["cosine_query"] > rows[SHINING]["cosine_query"]


def test_wishes_and_limits_are_counted(films: Bundle) -> None:
    horror = Filter(field="genres", op="contains", value="Horror")
    tastes = [Taste(kind=kind, words="", turn=0, field="genres", value="Horror") for kind in ("like", "dislike")]
    ledger = Ledger(limits=[Limit(filter=horror, words="", turn=0)], tastes=tastes)
    rows = of(films, Evidence([], Understanding(soft=[horror]), ledger), ALIEN, TOY_STORY)
    names = ("likes_met", "dislikes_met", "soft_met", "limits_met")
    assert [rows[ALIEN][name] for name in names] == [1, 1, 1, 1]
    assert [rows[TOY_STORY][name] for name in names] == [0, 0, 0, 0]
    assert (rows[ALIEN]["n_limits"], rows[ALIEN]["n_wishes"]) == (1, 3)


def test_a_real_turn_gives_its_whole_pool(films: Bundle) -> None:
    turn = taken(films, "I loved The Matrix. Something with machines and androids?")
    evidence = turn.evidence
    assert evidence is not None
    rows = evidence.rows(films)
    assert {ranked.row for ranked in turn.ranked} == set(rows.tolist())
    assert evidence.seeds == [MATRIX]
    table = features(rows, evidence, films)
    known = [name for name in NAMES if name not in ("suggest_titles_rank", "suggest_titles_score")]
    assert np.isfinite(table[:, [NAMES.index(name) for name in known]]).all()
    assert table[:, NAMES.index("similar_items_rank")].max() == 1.0


def test_a_catalogue_without_ratings_or_years_has_the_same_columns(games: Bundle) -> None:
    turn = taken(games, "a quick game about trains")
    evidence = turn.evidence
    assert evidence is not None
    assert features(evidence.rows(games), evidence, games).shape[1] == len(NAMES)


def test_no_candidates_have_no_features(films: Bundle) -> None:
    empty = features(np.zeros(0, np.int32), Evidence([], Understanding(), Ledger()), films)
    assert empty.shape == (0, len(NAMES))
