"""The SQL database of registry, linkage and users: SQLite or PostgreSQL with the same code and the same promises.

Writes are one at a time on both: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by an advisory lock held to the end of the
transaction, so what a transaction has read stays true until it commits and nobody retries. Reads see one snapshot.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, exc, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from city.errors import BadSettings, StoreUnavailable
from storage.patience import TCP_OPTIONS, be_patient
from storage.turnstile import Turnstile

#: The one catalogue of tables; each room declares its own in its `tables.py`. Constraints get the same names on both
#: databases, so that a migration can drop them.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Key of PostgreSQL's advisory lock that makes writes one at a time ("liandong" in ASCII).
_WRITE_LOCK = int.from_bytes(b"liandong", "big")

#: Longest wait for a connection when all are in use, seconds: by then the server is not answering.
_POOL_WAIT_S = 10.0

_UNAVAILABLE = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, exc.DisconnectionError)

#: Each statement is planned for what is in the tables now: a plan that was kept from when they were small reads them
#: whole when they have grown, as in a storm of alarms (9 ms against 1 ms for fifty keys of 10,000).
_PLANS = "SET plan_cache_mode = force_custom_plan"

#: PostgreSQL ended the connection: it waited too long for us in a transaction, as after a sleep of a machine. These are
#: "internal errors" to the driver, as mistakes of ours are (appendix A of PostgreSQL's manual, class 25).
_ENDED_BY_SERVER = ("25P03", "25P04")


class Database:
    """A database by its URL (`sqlite:///path`, `postgresql+psycopg://user:password@host/name`); safe between threads.

    Attributes:
        url: without the password, fit to be shown.

    Raises:
        BadSettings: the URL is none, or of another kind of database.
    """

    def __init__(self, url: str, *, readers: int = 8, busy_timeout_s: float = 5.0, kept: bool = True) -> None:
        """Open it; one that is not `kept` is thrown away, and what is written need not reach the disk."""
        parsed = parsed_url(url)
        self.url = parsed.render_as_string(hide_password=True)
        self._busy_timeout_s = busy_timeout_s
        self._one_writer = Turnstile()
        build = _ENGINES[parsed.get_backend_name()]
        self._writer, self._reader = build(parsed, readers, busy_timeout_s)
        self._closings = 0
        for engine in (self._writer, self._reader):
            event.listen(engine, "connect", self._opened)
            event.listen(engine, "checkin", self._given_back)
        if not kept:
            event.listen(self._writer, "connect", _on_connect(("PRAGMA synchronous = OFF",)))

    @contextmanager
    def write(self, *, references: bool = True) -> Iterator[Connection]:
        """Yield a connection in a write transaction; commit at the end, roll back on any exception.

        Other writers wait, those of this process in the order in which they came and those of others too, so keep it
        short; never open a second one inside it. Without `references` SQLite does not look after foreign keys in it
        (storage/migrate.py).

        Raises:
            StoreUnavailable: the database does not answer, is full, or another writer did not end in time.
        """
        if not self._one_writer.acquire(self._busy_timeout_s):
            raise StoreUnavailable("database", f"another writer did not end within {self._busy_timeout_s:g} s")
        try:
            with (
                _available(),
                self._writer.connect() as connection,
                _looking_after(connection, references=references),
                connection.begin(),
            ):
                yield connection
        finally:
            self._one_writer.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one snapshot and cannot write.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with _available(), self._reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Release every connection: those that another thread still holds when it gives them back."""
        self._closings += 1
        self._reader.dispose()
        self._writer.dispose()

    def _opened(self, _: object, record: ConnectionPoolEntry) -> None:
        record.info["closings"] = self._closings

    def _given_back(self, _: object, record: ConnectionPoolEntry) -> None:
        if record.info.get("closings") != self._closings:
            record.invalidate()


@contextmanager
def _looking_after(connection: Connection, *, references: bool) -> Iterator[None]:
    """Let SQLite look away from foreign keys in the block; it can be told so between transactions only."""
    if references or connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that understands `on_conflict_do_nothing` and `on_conflict_do_update` on this database."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except _UNAVAILABLE as error:
        if _is_mistake(error):
            raise
        raise StoreUnavailable("database", _cause(error)) from error
    except exc.DatabaseError as error:
        # A damaged file is a plain DatabaseError; most of its subclasses are mistakes of ours.
        if type(error) is not exc.DatabaseError and getattr(error.orig, "sqlstate", None) not in _ENDED_BY_SERVER:
            raise
        raise StoreUnavailable("database", _cause(error)) from error


def _is_mistake(error: exc.SQLAlchemyError) -> bool:
    """Tell whether SQLite means wrong SQL, which it reports as an operational error too."""
    origin = getattr(error, "orig", None)
    return isinstance(origin, sqlite3.Error) and getattr(origin, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _cause(error: exc.SQLAlchemyError) -> str:
    return " ".join(str(getattr(error, "orig", error)).split())


def _sqlite_engines(url: URL, readers: int, busy_timeout_s: float) -> tuple[Engine, Engine]:
    if url.database in {None, "", ":memory:"}:
        raise BadSettings(expected="`sqlite:///path`", got=url.database, at="database.url")
    path = Path(str(url.database))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)  # SQLite gives its log the same mode
    pragmas = (
        f"PRAGMA busy_timeout = {round(busy_timeout_s * 1000)}",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",  # with NORMAL a power cut may roll back what was acknowledged
        "PRAGMA foreign_keys = ON",
    )
    writer = _engine(url, pool_size=1, max_overflow=0)
    event.listen(writer, "connect", _on_connect(pragmas))
    event.listen(writer, "begin", _on_begin("BEGIN IMMEDIATE"))
    reader = _engine(url, pool_size=readers, max_overflow=readers)
    event.listen(reader, "connect", _on_connect((*pragmas, "PRAGMA query_only = ON")))
    event.listen(reader, "begin", _on_begin("BEGIN"))
    return writer, reader


def _on_connect(pragmas: tuple[str, ...]) -> Callable[[sqlite3.Connection, object], None]:
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions begin where the engine says, not where the driver guesses
        for pragma in pragmas:
            connection.execute(pragma)

    return configure


def _on_begin(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin


def _postgresql_engines(url: URL, readers: int, busy_timeout_s: float) -> tuple[Engine, Engine]:
    url = url.update_query_dict({"connect_timeout": f"{max(2, round(busy_timeout_s))}", **TCP_OPTIONS})
    writer = _engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    milliseconds = round(busy_timeout_s * 1000)
    # A writer that falls asleep in its transaction, as a paused machine does, must not keep the lock from the others.
    lock = (
        f"SET LOCAL lock_timeout = {milliseconds}; SET LOCAL idle_in_transaction_session_timeout = {milliseconds}; "
        f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})"
    )
    event.listen(writer, "begin", _on_begin(lock))
    reader = _engine(url, pool_size=readers, max_overflow=readers, pool_pre_ping=True, pool_timeout=_POOL_WAIT_S)
    for engine in (writer, reader):
        be_patient(engine)
        event.listen(engine, "connect", _plan_anew)
    return writer, reader.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _plan_anew(connection: psycopg.Connection[Any], _: object) -> None:
    connection.execute(_PLANS)
    connection.commit()


def _engine(url: URL, **pool: Any) -> Engine:  # noqa: ANN401 - handed on to create_engine
    return create_engine(url, json_serializer=_to_json, json_deserializer=orjson.loads, hide_parameters=True, **pool)


_ENGINES = {"sqlite": _sqlite_engines, "postgresql": _postgresql_engines}


def parsed_url(url: str) -> URL:
    """Return the address of a database of a kind that is known; raises BadSettings."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        kind = "something else"  # never the text itself, which may hold a password
    else:
        kind = parsed.get_backend_name()
        if kind in _ENGINES:
            return parsed
    raise BadSettings(expected="`sqlite:///path` or `postgresql+psycopg://…`", got=kind, at="database.url")


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
