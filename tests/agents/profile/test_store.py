"""Profiles, whichever database they are kept in."""

import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from agents.database import SqliteDatabase, open_database
from agents.profile.state import Profile, Statement
from agents.profile.store import Profiles
from errors import StateError

DAY = date(2026, 1, 1)


def said(text: str) -> Statement:
    return Statement(kind="context", strength=0.5, confirmed=DAY, text=text)


def adding(text: str) -> Profile:
    return Profile(statements=[said(text)], version=1)


def with_one_more(text: str, profile: Profile) -> Profile:
    return profile.model_copy(update={"statements": [*profile.statements, said(text)]})


class TestProfiles:
    @pytest.fixture(params=["memory", "file", "postgres"])
    def store(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Profiles]:
        url = request.getfixturevalue("postgres").url() if request.param == "postgres" else None
        db = open_database(None if request.param == "memory" else tmp_path / "people.sqlite", url)
        yield Profiles(db)
        db.close()

    def test_an_unknown_user_has_an_empty_profile(self, store: Profiles) -> None:
        assert store.get("ann") == Profile()

    def test_a_change_is_kept_for_that_user_alone(self, store: Profiles) -> None:
        assert store.change("ann", lambda _: adding("we live by the sea")).version == 1
        assert store.get("ann") == adding("we live by the sea")
        assert store.get("bob") == Profile()

    def test_a_change_sees_the_newest(self, store: Profiles) -> None:
        store.change("ann", lambda _: adding("one"))
        store.change("ann", partial(with_one_more, "two"))
        assert [s.text for s in store.get("ann").statements] == ["one", "two"]

    def test_a_change_that_fails_leaves_all_as_it_was(self, store: Profiles) -> None:
        store.change("ann", lambda _: adding("one"))

        def fail(_: Profile) -> Profile:
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            store.change("ann", fail)
        assert store.change("ann", lambda p: p) == adding("one")

    def test_changes_at_once_lose_nothing(self, store: Profiles) -> None:
        def add(number: int) -> None:
            for i in range(10):
                store.change("ann", partial(with_one_more, f"{number}-{i}"))

        threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({s.text for s in store.get("ann").statements}) == 40

    def test_what_is_deleted_is_gone(self, store: Profiles) -> None:
        store.change("ann", lambda _: adding("one"))
        store.change("bob", lambda _: adding("two"))
        store.delete("ann")
        store.delete("nobody")
        assert store.get("ann") == Profile()
        assert store.get("bob") == adding("two")


def test_a_profile_that_cannot_be_read_says_so_and_can_be_deleted() -> None:
    db = SqliteDatabase()
    store = Profiles(db)
    store.change("ann", lambda _: adding("one"))
    db.execute("UPDATE profiles SET body = 'no JSON'")
    with pytest.raises(StateError, match="cannot be read"):
        store.get("ann")
    store.delete("ann")
    assert store.get("ann") == Profile()
