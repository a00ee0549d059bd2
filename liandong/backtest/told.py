"""The past as a running ingest tells it: DuckDB's file is its own, which nobody else can open meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from city.errors import StoreUnavailable
from city.history import Past
from liandong.link.place import reachable
from liandong.past_frame import (
    LENGTH_BYTES,
    Broken,
    End,
    Head,
    Oldest,
    PastLost,
    Stretch,
    Wanted,
    columns_bytes,
    decoded,
    encoded,
    past_of,
    told,
)

#: Longest wait for one stretch, seconds: ingest has better things to do, and tells one back-test after the other.
_PATIENCE_S = 120.0


class ToldPast:
    """A source on ingest's socket; one question at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rwb")

    def past(self, start_ns: int, end_ns: int) -> Iterator[Past]:
        """Yield all that arrived in [start_ns, end_ns), a stretch at a time."""
        self._ask(Wanted(start_ns, end_ns))
        while not isinstance(head := self._head(), End):
            if not isinstance(head, Stretch):
                raise PastLost
            yield past_of(head, self._take(columns_bytes(head)))

    def oldest_ns(self) -> int | None:
        """Return when the oldest arrived of what is kept."""
        self._ask(Oldest())
        answer = self._head()
        if not isinstance(answer, Oldest):
            raise PastLost
        return answer.time_ns

    def close(self) -> None:
        """Ask nothing more."""
        self._file.close()

    def _ask(self, question: Head) -> None:
        try:
            self._file.write(encoded(question))
            self._file.flush()
        except OSError as error:
            raise PastLost from error

    def _head(self) -> Head:
        head = decoded(self._take(int.from_bytes(self._take(LENGTH_BYTES), "big")))
        if isinstance(head, Broken):
            raise told(head)
        return head

    def _take(self, size: int) -> bytes:
        try:
            found = self._file.read(size)
        except OSError as error:
            raise PastLost from error
        if len(found) != size:
            raise PastLost
        return found


@contextmanager
def told_past(path: Path) -> Iterator[ToldPast]:
    """Yield what the ingest behind the socket `path` tells.

    Raises:
        StoreUnavailable: nobody listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, reachable(path) as name:
        connection.settimeout(_PATIENCE_S)
        try:
            connection.connect(name)
        except OSError as error:
            raise StoreUnavailable("history", f"ingest does not tell the past: {error.strerror}") from error
        past = ToldPast(connection)
        try:
            yield past
        finally:
            past.close()
