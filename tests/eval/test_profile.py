"""The evaluation of profiles, on a MovieLens archive of eight people and forty items."""

import asyncio
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fakes import ScriptedLLM

from errors import InputError
from eval.profile import Bench, bench_of, score_profiles
from eval.profile_agents import score_agent, score_model
from eval.ratings import histories, read_ratings, without_held_out
from retrieval.bundle import Bundle
from settings import Settings


@pytest.fixture(scope="module")
def archive(films: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six people rate thirty items each, most of them well, in an order of their own."""
    draw = np.random.default_rng(0)
    ratings, links = ["userId,movieId,rating,timestamp"], ["movieId,imdbId,tmdbId"]
    links += [f"{row},{films.catalog.ids[row].removeprefix('tt')},1" for row in range(films.catalog.n_items)]
    for user in range(6):
        for time, row in enumerate(draw.permutation(films.catalog.n_items)[:30].tolist()):
            ratings.append(f"{user},{row},{5.0 if row % 3 else 2.0},{1_000_000_000 + time}")
    ratings.append("0,9999,5.0,1")
    path = tmp_path_factory.mktemp("ml") / "ml.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("ml/ratings.csv", "\n".join(ratings))
        made.writestr("ml/links.csv", "\n".join([*links, "9999,7777777,1"]))
    return path


@pytest.fixture(scope="module")
def bench(films: Bundle, archive: Path) -> Bench:
    return bench_of(films, read_ratings(archive, films.catalog), 4, 0)


def test_ratings_are_joined_by_their_ids(films: Bundle, archive: Path) -> None:
    given = read_ratings(archive, films.catalog)
    assert (len(given.rows), given.n_unknown) == (180, 1)
    assert (np.diff(given.times) >= 0).all()


def test_an_archive_of_something_else_is_refused(films: Bundle, games: Bundle, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no MovieLens archive"):
        read_ratings(tmp_path / "none.zip", films.catalog)
    with pytest.raises(InputError, match="must be IMDb ids"):
        read_ratings(archive, games.catalog)


def test_nothing_is_fitted_on_what_is_held_out_or_came_later(films: Bundle, archive: Path, bench: Bench) -> None:
    given = read_ratings(archive, films.catalog)
    found = histories(given, films.catalog, 0)
    keep = without_held_out(given, found)
    for history in found:
        mine = given.users == history.user
        target = mine & (given.rows == history.target)
        assert target.sum() == 1
        assert not keep[target].any()
        assert keep[mine].sum() == len(history.rated)
        assert given.times[mine & keep].max() < given.times[target].min()
    liked_by_all = read_ratings(archive, films.catalog).ratings >= 3.5
    assert bench.bundle.co_liked.counts.sum() < liked_by_all.sum()


def test_a_rank_counts_only_items_not_rated_before(bench: Bench) -> None:
    history = bench.asked[0]
    scores = np.ones(bench.bundle.catalog.n_items)
    scores[bench.bundle.catalog.rows_of(one.item_id for one in history.rated)] = 9
    scores[history.target] = 2
    assert bench.rank(scores, history) == 0


def test_every_system_has_a_row_with_its_tokens(bench: Bench) -> None:
    rows = score_profiles(bench, lambda *_: None)
    assert rows["popularity (no profile)"]["profile tokens"] == 0
    assert rows["statistics, traits and items, 100"]["profile tokens"] <= 100
    assert all(0 <= row["NDCG@10"]["mean"] <= 1 and row["n"] == 4 for row in rows.values())


def test_the_agent_is_asked_as_a_guest_and_as_a_user(bench: Bench, tmp_path: Path) -> None:
    rows = asyncio.run(score_agent(bench, Settings(planner="basic", var_dir=tmp_path), lambda *_: None))
    assert rows["agent, guest"]["profile tokens"] == 0
    assert 0 < rows["agent, with a profile"]["profile tokens"] <= 600


def test_a_model_is_asked_once_a_user_and_a_stopped_run_goes_on(bench: Bench, tmp_path: Path) -> None:
    with ScriptedLLM('{"likes": [1], "dislikes": []}', '{"likes": [2], "dislikes": []}') as model:
        asyncio.run(score_model(bench, model, tmp_path, 2, 5, lambda *_: None))
    with ScriptedLLM('{"likes": [1], "dislikes": []}') as model:
        rows = asyncio.run(score_model(bench, model, tmp_path, 3, 5, lambda *_: None))
    assert rows["model, traits only (3 users)"]["model tokens"] == 10
    assert set(rows) == {
        f"{kind}, {what} (3 users)" for kind in ("statistics", "model") for what in ("traits only", "traits and items")
    }
