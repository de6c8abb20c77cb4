"""The learned ranker: it loads, weighs on scales no catalogue changes, and gives chances that never fall."""

import json
from pathlib import Path

import numpy as np
import pytest

from agents.ranking.features import NAMES, Evidence
from agents.ranking.learned import COLUMNS, Learned, by_learned, fitted, log_share, share, speaks, standing, weighed
from agents.ranking.ranker import Ranked
from agents.state import Intent, Ledger, Order, Understanding
from errors import BundleError
from retrieval.bundle import Bundle

MATRIX, RELOADED, TOY_STORY = "tt0133093", "tt0234215", "tt0114709"


def table(**columns: list[float]) -> np.ndarray:
    n = len(next(iter(columns.values())))
    made = np.zeros((n, len(NAMES)), np.float32)
    for name, values in columns.items():
        made[:, NAMES.index(name)] = values
    return made


def test_what_is_shipped_fits_its_columns_and_never_counts_good_as_bad() -> None:
    shipped = fitted()
    assert shipped.weights.shape == (len(COLUMNS),)
    assert (shipped.weights >= 0).all()
    assert (shipped.weights < 20).all()
    assert (np.diff(shipped.knots[0]) > 0).all()
    assert (np.diff(shipped.knots[1]) >= 0).all()
    assert 0 <= shipped.knots[1][0] < shipped.knots[1][-1] < 1


def test_a_model_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "learned.json"
    path.write_text(json.dumps({"weights": dict.fromkeys(reversed(COLUMNS), 1.0)}), "utf-8")
    with pytest.raises(BundleError, match="fitted on other columns"):
        Learned.read(path)


def test_standing_is_by_rank_with_ties_alike_and_share_by_the_highest() -> None:
    assert standing(np.array([5.0, 9.0, 5.0, 0.0])) == pytest.approx([20 / 21, 1, 20 / 21, 0])
    assert share(np.array([1.0, 4.0, -2.0])) == pytest.approx([0.25, 1, 0])
    assert share(np.zeros(2)).tolist() == [0, 0]


@pytest.mark.parametrize("name", ["prominence", "bm25_query", "knn", "meaning_like_seeds", "likes_met", "talk_rank"])
def test_more_evidence_never_lowers_a_score(name: str) -> None:
    scores = fitted().scores(table(**{name: [0.0, 0.3, 0.6, 1.0]}))
    assert (np.diff(scores) >= 0).all()


def test_a_dislike_lowers() -> None:
    plain, refused = fitted().scores(table(dislikes_met=[0.0, 1.0]))
    assert refused < plain


def test_a_request_in_words_outweighs_fame() -> None:
    asked = dict.fromkeys(("bm25_query", "cosine_query", "search_keywords_rank", "search_meaning_rank"), [1.0, 0.0])
    meets, known = fitted().scores(table(**asked, prominence=[0.4, 0.9], newness=[0.5, 0.5]))
    assert meets > known


def test_where_likeness_is_asked_for_it_outweighs_fame() -> None:
    alike = dict.fromkeys(("meaning_like_seeds", "facets_like_seeds"), [1.0, 0.3])
    columns = {**alike, "prominence": [0.2, 0.9], "newness": [0.5, 0.5]}
    near, known = fitted().scores(table(**columns, asks_similar=[1.0, 1.0]))
    near_in_talk, known_in_talk = fitted().scores(table(**columns))
    assert near > known
    assert near - known > near_in_talk - known_in_talk


def test_a_subject_asked_for_outweighs_all_fame() -> None:
    words = dict.fromkeys(("bm25_query", "search_keywords_rank"), [1.0, 0.0])
    fame = {"prominence": [0.1, 1.0], "newness": [0.2, 0.9]}
    meets, known = fitted().scores(table(**words, **fame, asks_about=[1.0, 1.0]))
    assert meets > known


def test_what_is_unknown_is_neutral_and_the_scale_of_scores_does_not_count() -> None:
    unknown = table(years_after_seeds=[np.nan, np.nan])
    assert np.isfinite(weighed(unknown)).all()
    small, large = (weighed(table(bm25_chat=[1.0 * by, 2.0 * by], knn=[0.1 * by, 0.0])) for by in (1, 50))
    assert small == pytest.approx(large)


def test_no_candidates() -> None:
    assert len(fitted().scores(np.zeros((0, len(NAMES)), np.float32))) == 0
    assert by_learned([], Evidence([], Understanding(), Ledger()), None) == []  # type: ignore[arg-type]


def test_shares_of_a_pool_are_one_and_chances_follow_scores() -> None:
    scores = np.array([3.0, -1.0, 2.0, 800.0, 2.0])
    assert np.exp(log_share(scores)).sum() == pytest.approx(1)
    chances = fitted().chances(np.linspace(-4, 4, 50))
    assert (np.diff(chances) >= 0).all()
    assert ((chances >= 0) & (chances <= 1)).all()


def test_a_pool_is_ranked_with_its_evidence_kept(films: Bundle) -> None:
    rows = films.catalog.rows_of([TOY_STORY, RELOADED])
    evidence = Evidence([], Understanding(), Ledger(), [MATRIX], ["I loved The Matrix"])
    pool = by_learned([Ranked(row, 0.1, {"talk": {"matched": ["x"]}}) for row in rows], evidence, films)
    assert sorted(entry.row for entry in pool) == sorted(rows)
    assert [entry.score for entry in pool] == sorted((entry.score for entry in pool), reverse=True)
    assert all(entry.why == {"talk": {"matched": ["x"]}} and entry.chance is not None for entry in pool)


@pytest.mark.parametrize(
    ("intent", "seeds", "said", "ordered", "expected"),
    [
        ("recommend", [MATRIX], ["a"], False, True),
        ("recommend", [], ["a", "b"], False, True),
        ("recommend", [], ["a"], False, False),
        ("similar", [MATRIX], ["a"], False, True),
        ("details", [MATRIX], ["a", "b"], False, False),
        ("recommend", [MATRIX], ["a", "b"], True, False),
    ],
)
def test_it_speaks_in_conversations(
    intent: Intent, seeds: list[str], said: list[str], *, ordered: bool, expected: bool
) -> None:
    order = Order(field="year", descending=True) if ordered else None
    evidence = Evidence([], Understanding(intent=intent, order=order), Ledger(), seeds, said)
    assert speaks(evidence) is expected
