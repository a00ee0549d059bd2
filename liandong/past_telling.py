"""Ingest's side of a back-test: one thread of low priority tells the past, and nothing of it touches ingest's loop."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from city.errors import StoreUnavailable
from city.history import HistoryStore
from liandong.link.place import listening
from liandong.past_frame import LENGTH_BYTES, Broken, End, Head, Oldest, PastLost, Wanted, decoded, encoded, head_of

#: The thread yields to the city's work (nice(1), which Linux keeps for each thread).
_NICENESS = 10

#: Longest wait for somebody who asks to take what is told, seconds; a stretch is judged in a fraction of one.
_PATIENCE_S = 120.0

log = structlog.get_logger()


@contextmanager
def past_told(history: HistoryStore, path: Path) -> Iterator[None]:
    """Tell the past to one at a time at the socket `path` while the block lasts."""
    with listening(path) as place:
        place.settimeout(None)
        teller = _Teller(history, place)
        thread = threading.Thread(target=teller.run, name="ingest.past", daemon=True)
        thread.start()
        try:
            yield
        finally:
            teller.end()
            thread.join(5.0)


class _Teller:
    """Answers one connection after the other."""

    def __init__(self, history: HistoryStore, place: socket.socket) -> None:
        self._history, self._place = history, place
        self._listener: socket.socket | None = None
        self._ended = False

    def run(self) -> None:
        """Serve until `end`."""
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while not self._ended:
            try:
                listener, _ = self._place.accept()
            except OSError:
                return
            with listener:
                self._listener = listener
                listener.settimeout(_PATIENCE_S)
                try:
                    self._serve(listener)
                except (OSError, PastLost) as error:
                    log.info("past_not_taken", cause=type(error).__name__)
                except Exception:  # a mistake of ours ends the answer, and must not leave the next ones without any
                    log.exception("past_fault")
                self._listener = None

    def end(self) -> None:
        """Let go of whoever listens, and of the socket."""
        self._ended = True
        for one in (self._listener, self._place):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _serve(self, listener: socket.socket) -> None:
        while (question := _question(listener)) is not None:
            try:
                self._answer(question, listener)
            except StoreUnavailable as error:
                listener.sendall(encoded(Broken(error.cause)))

    def _answer(self, question: Head, listener: socket.socket) -> None:
        if isinstance(question, Oldest):
            listener.sendall(encoded(Oldest(self._history.oldest_ns())))
        elif isinstance(question, Wanted):
            for past in self._history.past(question.start_ns, question.end_ns):
                listener.sendall(encoded(head_of(past)))
                listener.sendall(past.arrivals.readings.to_bytes())
            listener.sendall(encoded(End()))


def _question(listener: socket.socket) -> Head | None:
    """Return the next question; None when nobody asks any more."""
    file = listener.makefile("rb", buffering=0)
    length = file.read(LENGTH_BYTES)
    if not length or len(length) < LENGTH_BYTES:
        return None
    size = int.from_bytes(length, "big")
    body = file.read(size) if size < _LONGEST else None
    return decoded(body) if body is not None and len(body) == size else None


#: Longest question, bytes.
_LONGEST = 1000
