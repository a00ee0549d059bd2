"""A statement to which no byte comes is given up; one that goes on is waited for, however long it takes."""

from collections.abc import Generator
from types import SimpleNamespace

import psycopg
import pytest

from storage import patience
from storage.patience import PatientConnection


class Server:
    """Answers a statement in three pieces; the clock moves by `pause_s` before each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pause_s: float) -> None:
        self.now_s, self._pause_s, self.finished = 0.0, pause_s, False
        monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: self.now_s))

    def ask(self, silence_s: float | None, looks: list[int]) -> str:
        """Drive the wait as psycopg does, with what each look finds."""
        connection = SimpleNamespace(silence_s=silence_s, pgconn=SimpleNamespace(finish=self._finish))
        waiting = PatientConnection._bounded(connection, _statement(sum(1 for one in looks if one)))  # type: ignore[arg-type]
        next(waiting)
        try:
            for ready in looks:
                self.now_s += self._pause_s
                waiting.send(ready)
        except StopIteration as end:
            return str(end.value)
        return "still waiting"

    def _finish(self) -> None:
        self.finished = True


def _statement(pieces: int) -> Generator[int, int, str]:
    while pieces:
        pieces -= bool((yield 1))
    return "done"


def test_silence_that_lasts_too_long_ends_the_statement_and_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, pause_s=6.0)

    with pytest.raises(psycopg.OperationalError, match="said nothing for 15 s"):
        server.ask(15.0, [0, 0, 0, 1])

    assert server.finished


@pytest.mark.parametrize("silence_s", [15.0, None])
def test_statement_that_goes_on_is_waited_for(monkeypatch: pytest.MonkeyPatch, silence_s: float | None) -> None:
    looks = [0, 0, 1] * 3 if silence_s is not None else [0] * 9 + [1]
    server = Server(monkeypatch, pause_s=6.0)

    assert server.ask(silence_s, looks) == "done"
    assert not server.finished
