"""The stores of profiles: one contract for all of them, and what only a file can get wrong."""

import sqlite3
import stat
import threading
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from agents.profile.state import Profile, Statement
from agents.profile.store import Profiles, ProfilesInMemory, ProfilesInSqlite
from errors import SettingsError

DAY = date(2026, 1, 1)


def said(text: str) -> Statement:
    return Statement(kind="context", strength=0.5, confirmed=DAY, text=text)


def adding(text: str) -> Profile:
    return Profile(statements=[said(text)], version=1)


def with_one_more(text: str, profile: Profile) -> Profile:
    return profile.model_copy(update={"statements": [*profile.statements, said(text)]})


class ProfilesContract:
    """What every store of profiles must do; a subclass gives `store`."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Profiles:
        raise NotImplementedError

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


class TestInMemory(ProfilesContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Profiles:
        return ProfilesInMemory()


class TestInSqlite(ProfilesContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Profiles:
        return ProfilesInSqlite(tmp_path / "people" / "profiles.sqlite")

    def test_it_lasts_and_is_its_owners_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "people" / "profiles.sqlite"
        ProfilesInSqlite(path).change("ann", lambda _: adding("one"))
        assert ProfilesInSqlite(path).get("ann") == adding("one")
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}

    def test_deleting_leaves_no_trace_in_any_file(self, tmp_path: Path) -> None:
        path = tmp_path / "profiles.sqlite"
        store = ProfilesInSqlite(path)
        for i in range(50):
            store.change("ann", partial(with_one_more, f"a telling secret {i} " + "x" * 300))
        assert any(b"telling secret" in file.read_bytes() for file in tmp_path.iterdir())
        store.delete("ann")
        assert not any(b"secret" in file.read_bytes() or b"ann" in file.read_bytes() for file in tmp_path.iterdir())

    def test_a_file_that_holds_something_else_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "profiles.sqlite"
        path.write_bytes(b"no database at all" * 100)
        with pytest.raises(SettingsError, match="cannot hold profiles"):
            ProfilesInSqlite(path)

    def test_a_file_that_breaks_later_says_so(self, tmp_path: Path) -> None:
        path = tmp_path / "profiles.sqlite"
        store = ProfilesInSqlite(path)
        store.change("ann", lambda _: adding("one"))
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE profiles SET body = 'no JSON'")
        with pytest.raises(SettingsError, match="cannot hold profiles"):
            store.get("ann")
        store.delete("ann")
        assert store.get("ann") == Profile()
