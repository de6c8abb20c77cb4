"""The tables of people's data: what every engine must do, and what only a file or a server can get wrong."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.database import Database, SqliteDatabase, open_database
from bench.postgres_server import PostgresServer
from errors import SettingsError, StateError


@pytest.fixture
def db(state_url: str | None, tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "people" / "people.sqlite", state_url)
    opened.make("notes (user_id TEXT PRIMARY KEY, n BIGINT, share DOUBLE PRECISION)")
    yield opened
    opened.close()


def test_rows_come_back_as_they_went_in(db: Database) -> None:
    assert db.execute("INSERT INTO notes VALUES (?, ?, ?)", "100 % ‘sûr’ 😀", 2**40, 0.1) == 1
    assert db.fetch("SELECT * FROM notes WHERE user_id LIKE '100 %'") == [("100 % ‘sûr’ 😀", 2**40, 0.1)]
    assert db.execute("UPDATE notes SET n = ? WHERE user_id = ?", None, "nobody") == 0


def test_text_that_no_engine_takes_is_kept_without_what_is_wrong_with_it(db: Database) -> None:
    db.execute("INSERT INTO notes VALUES (?, 1, 1)", "a\0b\ud800")
    assert db.fetch("SELECT user_id FROM notes") == [("a\ufffdb?",)]


def test_what_fails_midway_is_undone(db: Database) -> None:
    with pytest.raises(ValueError, match="no"), db.transaction() as do:
        do.execute("INSERT INTO notes VALUES ('ann', 1, 1)")
        raise ValueError("no")
    with pytest.raises(StateError, match="people"), db.transaction() as do:
        do.execute("INSERT INTO notes VALUES ('ann', 1, 1)")
        do.execute("INSERT INTO notes VALUES ('ann', 2, 2)")
    assert db.fetch("SELECT * FROM notes") == []


def test_what_reads_and_writes_under_one_lock_loses_nothing(db: Database) -> None:
    def add() -> None:
        for _ in range(10):
            with db.transaction(lock="count") as do:
                found = do.fetch("SELECT n FROM notes")
                do.execute("DELETE FROM notes")
                do.execute("INSERT INTO notes VALUES ('ann', ?, 0)", found[0][0] + 1 if found else 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.fetch("SELECT n FROM notes") == [(40,)]


def test_tables_are_made_once_and_told_with_their_columns(db: Database) -> None:
    db.make("notes (user_id TEXT)", "others (x BIGINT)")
    assert db.columns() == {"notes": ["user_id", "n", "share"], "others": ["x"]}


def test_a_file_is_its_owners_alone_and_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "people" / "people.sqlite"
    db = SqliteDatabase(path)
    db.make("notes (x TEXT)")
    db.execute("INSERT INTO notes VALUES ('one')")
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert SqliteDatabase(path).fetch("SELECT x FROM notes") == [("one",)]


def test_after_scrubbing_no_byte_of_what_was_deleted_is_left(tmp_path: Path) -> None:
    db = SqliteDatabase(tmp_path / "people.sqlite")
    db.make("notes (x TEXT)")
    for i in range(200):
        db.execute("INSERT INTO notes VALUES (?)", f"a telling secret {i} " + "x" * 300)
    assert any(b"secret" in file.read_bytes() for file in tmp_path.iterdir())
    db.execute("DELETE FROM notes")
    db.scrub()
    assert not any(b"secret" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_file_or_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(SettingsError, match=r"people\.sqlite cannot hold people's data"):
        SqliteDatabase(tmp_path / "people.sqlite")
    with pytest.raises(SettingsError, match="CICERONE_VAR_DIR"):
        SqliteDatabase(tmp_path / "people.sqlite" / "people.sqlite")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://ann:hush@localhost/x", "is no Postgres address"),
        ("postgresql://ann:hush@localhost/x?what=1", "cannot be read as an address"),
        ("postgresql://ann:hush@127.0.0.1:1/x", "x at 127.0.0.1 cannot be used .*refused"),
    ],
)
def test_a_postgres_address_that_is_wrong_is_refused_without_its_password(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        open_database(None, url)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_postgres_server_that_comes_back_is_used_again(postgres: PostgresServer) -> None:
    db = open_database(None, postgres.url())
    db.make("notes (x TEXT)")
    postgres.stop()
    with pytest.raises(StateError, match="cannot be used just now"):
        db.fetch("SELECT * FROM notes")
    postgres.start()
    assert db.fetch("SELECT * FROM notes") == []
    db.close()
