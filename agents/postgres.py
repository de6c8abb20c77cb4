"""People's data in a Postgres database: connecting, what is said where that fails, and tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agents.database import Database, Row, Statements, by_table, failed, storable
from errors import SettingsError

if TYPE_CHECKING:
    from psycopg import Connection

CONNECT_S = 5
_MOST_CONNECTIONS = 8
_SETTING = "CICERONE_STATE_URL"


def checked(url: str) -> str:
    """Return how the server behind a URL is called, without its password, once it has answered.

    Raises SettingsError in one sentence where there is no driver, no such server, or no way in.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise SettingsError(
            f"{_SETTING} needs packages: pip install 'psycopg[binary,pool]' langgraph-checkpoint-postgres"
        ) from error
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(
            f"{_SETTING} is no Postgres address. Write postgresql://USER:PASSWORD@HOST/NAME, or unset it."
        )
    try:
        about = conninfo_to_dict(url)
    except psycopg.Error as error:  # its words would show the password
        raise SettingsError(
            f"{_SETTING} cannot be read as an address. Write postgresql://USER:PASSWORD@HOST/NAME, or unset it."
        ) from error
    where = f"{about.get('dbname', 'the default database')} at {about.get('host', 'this machine')}"
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_S) as connection:
            if connection.info.server_version < 120000:
                raise SettingsError(f"{_SETTING}: {where} is older than Postgres 12. Use a newer server.")
            connection.execute("CREATE TEMPORARY TABLE cicerone_may_write (x BIGINT)")
    except psycopg.Error as error:
        cause = " ".join(str(error).split())[:300].rstrip(".")
        raise SettingsError(
            f"{_SETTING}: {where} cannot be used ({cause}). Start that server, correct the address, or unset it."
        ) from error
    return where


class PostgresDatabase(Database):
    """Tables in the database's default schema; a few connections, opened again where the server was restarted."""

    def __init__(self, url: str) -> None:
        """Connect. Raises SettingsError where that is not possible."""
        self.where = checked(url)
        from psycopg_pool import ConnectionPool

        self._pool = ConnectionPool(
            url, min_size=1, max_size=_MOST_CONNECTIONS, timeout=CONNECT_S, open=True,
            kwargs={"autocommit": True, "connect_timeout": CONNECT_S}, check=ConnectionPool.check_connection,
        )  # fmt: skip

    @contextmanager
    def transaction(self, lock: str = "") -> Iterator[Statements]:
        """Run statements together; an advisory lock keeps those of the same `lock` apart, over all processes."""
        with self._connected() as connection, connection.transaction():
            do = _Statements(connection)
            if lock:
                do.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", lock)
            yield do

    def fetch(self, sql: str, *params: Any) -> list[Row]:
        """Run one query and return all of its rows."""
        with self._connected() as connection:
            return _Statements(connection).fetch(sql, *params)

    def columns(self) -> dict[str, list[str]]:
        """Return the tables of the schema, and the columns of each."""
        return by_table(
            self.fetch(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
                " ORDER BY table_name, ordinal_position"
            )
        )

    def scrub(self) -> None:
        """Leave the pages to the server's own vacuum."""

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    @contextmanager
    def _connected(self) -> Iterator["Connection[Row]"]:
        import psycopg
        from psycopg_pool import PoolTimeout

        try:
            with self._pool.connection() as connection:
                yield connection
        except (psycopg.Error, PoolTimeout) as error:
            raise failed(self.where, error) from error


class _Statements:
    def __init__(self, connection: "Connection[Row]") -> None:
        self._connection = connection

    def execute(self, sql: str, *params: Any) -> int:
        return self._run(sql, params).rowcount

    def fetch(self, sql: str, *params: Any) -> list[Row]:
        return self._run(sql, params).fetchall()

    def _run(self, sql: str, params: tuple[Any, ...]) -> Any:
        return self._connection.execute(
            sql.replace("%", "%%").replace("?", "%s").encode(), [storable(value) for value in params]
        )
