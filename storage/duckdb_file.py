"""One DuckDB file that takes care of itself: opened locked down, set aside when broken, reopened when invalidated."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import Struct
from threading import Condition

import duckdb
import structlog
from prometheus_client import Counter

from city.clock import Clock, from_ns
from city.errors import StoreUnavailable

#: Wrong use of DuckDB by this program; anything else means that the store is not available.
_MISTAKES = (
    duckdb.ProgrammingError,
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.NotSupportedError,
    duckdb.ResourceInUseException,
)

#: What DuckDB 2.0 says of a damaged file or log (tried with bytes flipped, cut off and overwritten). Whatever else
#: keeps a file from being opened (a lock, a full disk, a newer format) leaves the file where it is.
_DAMAGE = ("Corrupt", "not a valid DuckDB database file", "Could not read enough bytes", "Failure while replaying WAL")
_DAMAGE_TYPES = (duckdb.SerializationException, duckdb.InternalException)

#: Size of the blocks of a file that is begun. One series lies in few rows of each block, so that with a quarter of
#: DuckDB's own size a third is read for it (docs/decisions/0179). Files that are there keep theirs.
BLOCK_BYTES = 65_536

#: DuckDB's three headers of 4096 bytes come before the first block; a database header holds checksum, iteration, two
#: block pointers, the number of blocks and their size, which is DuckDB's own or, of a file begun by us, ours.
_HEADERS_BYTES = 3 * 4096
_HEADER = Struct("<8xQ16xqQ")
_BLOCK_SIZES = frozenset({262_144, BLOCK_BYTES})

#: How long a reopening waits for readers of the invalidated instance, whose every call fails at once.
_DRAIN_S = 5.0

FILES_SET_ASIDE = Counter(
    "storage_history_files_quarantined", "DuckDB files that were broken and were moved aside", ["reason"]
)

log = structlog.get_logger()


class StoreDamaged(StoreUnavailable):
    """Raised inside when a file cannot be trusted any more; the file is set aside, so nobody outside sees it."""


class DuckdbFile:
    """Hands out cursors on one file; safe between threads.

    DuckDB invalidates its whole instance when a checkpoint fails (a full disk): then every call fails until all
    cursors are closed and the file is opened again, which the next call does.
    """

    def __init__(self, path: Path, *, schema: tuple[str, ...], options: dict[str, str], clock: Clock) -> None:
        """Open the file, and run `schema` on it: statements that do nothing where they were run before."""
        self.path, self._schema, self._clock = path, schema, clock
        self._options = {
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "default_block_size": str(BLOCK_BYTES),
            **options,
            "lock_configuration": "true",
        }
        self._log = path.with_name(path.name + ".wal")
        self._turn = Condition()
        self._users = 0
        self._closed = False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection: duckdb.DuckDBPyConnection | None = self._open()

    @property
    def log_bytes(self) -> int:
        """Return the size of DuckDB's log; it falls when a checkpoint has brought it into the file."""
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of its own; what it has not committed is rolled back at the end.

        Raises:
            StoreUnavailable: the file cannot be read or written now.
        """
        connection = self._enter()
        try:
            with self._available(), connection.cursor() as cursor:
                yield cursor
        finally:
            self._leave()

    def close(self) -> None:
        """Write everything into the file and release it; every later call says that it is closed."""
        with self._turn:
            self._closed = True
            self._turn.wait_for(lambda: self._users == 0, _DRAIN_S)
            self._release()

    def _enter(self) -> duckdb.DuckDBPyConnection:
        with self._turn:
            if self._closed:
                raise StoreUnavailable("history", f"`{self.path}` is closed")
            if self._connection is None:
                if not self._turn.wait_for(lambda: self._users == 0, _DRAIN_S):
                    raise StoreUnavailable("history", f"`{self.path}` was invalidated and is still being read")
                self._connection = self._open()
                log.info("history_reopened", path=str(self.path))
            self._users += 1
            return self._connection

    def _leave(self) -> None:
        with self._turn:
            self._users -= 1
            self._turn.notify_all()

    @contextmanager
    def _available(self) -> Iterator[None]:
        try:
            yield
        except _MISTAKES:
            raise
        except duckdb.Error as error:
            if isinstance(error, duckdb.FatalException):
                self._invalidate(error)
            raise StoreUnavailable("history", _first_line(error)) from error

    def _invalidate(self, error: duckdb.Error) -> None:
        with self._turn:
            if self._connection is not None:
                log.warning("history_invalidated", path=str(self.path), cause=_first_line(error))
                self._release()

    def _release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        """Open the file; where it is damaged set aside its log, and where that does not help the file as well."""
        stamp = from_ns(self._clock.now_ns()).strftime("%Y%m%dT%H%M%S")
        aside = self.path.with_name(f"{self.path.stem}.broken-{stamp}{self.path.suffix}")
        for suffix, reason in ((".wal", "wal"), ("", "file")):
            try:
                return self._connect()
            except StoreDamaged as error:
                damage = error
            _set_aside(
                self.path.with_name(self.path.name + suffix), aside.with_name(aside.name + suffix), reason, damage
            )
        return self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            if self.path.exists():
                _check_length(self.path, self._options)
            connection = duckdb.connect(str(self.path), config=dict(self._options))
            try:
                self._prepare(connection)
            except (duckdb.Error, OSError):
                connection.close()
                raise
        except duckdb.Error as error:
            kind = StoreDamaged if _is_damage(error) else StoreUnavailable
            raise kind("history", _first_line(error)) from error
        except OSError as error:
            raise StoreUnavailable("history", str(error)) from error
        return connection

    def _prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.path.chmod(0o600)
        before = _tables_of(connection)
        connection.begin()
        for statement in self._schema:
            connection.execute(statement)
        connection.commit()
        if _tables_of(connection) != before:
            # Changes of the schema do not replay reliably from the log, so they leave it at once (duckdb#22044).
            connection.execute("CHECKPOINT")


def _tables_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()


def _check_length(path: Path, options: dict[str, str]) -> None:
    """Raise for a file that lost its end, which DuckDB itself notices only when it comes to read there.

    The newer of the two database headers says how many blocks there were at the last checkpoint. It must be read before
    DuckDB opens the file, which then counts blocks that are only in memory yet. A file that is shorter may be whole
    still: after a checkpoint DuckDB cuts off free blocks at its end, and the header does not tell (tried with 2.0).
    """
    headers = []
    with path.open("rb") as file:
        start = file.read(_HEADERS_BYTES)
    if len(start) == _HEADERS_BYTES:
        headers = [_HEADER.unpack_from(start, at) for at in (4096, 8192)]
    told = [(blocks, size) for _, blocks, size in sorted(headers) if size in _BLOCK_SIZES and blocks >= 0]
    got = path.stat().st_size
    if not told or got >= _HEADERS_BYTES + told[-1][0] * told[-1][1]:
        return
    needed = _HEADERS_BYTES + (_last_block(path, options) + 1) * told[-1][1]
    if got < needed:
        raise StoreDamaged("history", f"expected at least {needed} bytes, got {got}")


def _last_block(path: Path, options: dict[str, str]) -> int:
    """Return the highest number of a block in use, of a file that is looked at and not written."""
    with duckdb.connect(str(path), read_only=True, config=dict(options)) as connection:
        tables = [name for (name,) in _tables_of(connection)]
        found = connection.execute("SELECT max(block_id) FROM pragma_metadata_info()").fetchall()
        used = "greatest(max(block_id), max(list_max(additional_block_ids)))"
        for table in tables:
            found += connection.execute(f"SELECT {used} FROM pragma_storage_info('{table}')").fetchall()
    return max((block for (block,) in found if block is not None), default=-1)


def _set_aside(part: Path, target: Path, reason: str, damage: StoreDamaged) -> None:
    if part.exists():
        part.rename(target)
        FILES_SET_ASIDE.labels(reason).inc()
        log.error("history_set_aside", path=str(part), aside=str(target), cause=damage.cause)


def _is_damage(error: duckdb.Error) -> bool:
    return isinstance(error, _DAMAGE_TYPES) or any(sign in str(error) for sign in _DAMAGE)


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]
