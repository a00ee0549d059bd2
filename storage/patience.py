"""A PostgreSQL connection that does not wait for ever: a server that was stopped or cut off says nothing at all."""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, text

#: Longest silence of the server in the middle of a statement, seconds; statements of ours take milliseconds.
LONGEST_SILENCE_S = 15.0

#: TCP's own patience with a machine that is gone: 5 s idle, three probes 2 s apart, 10 s for what is not acknowledged.
TCP_OPTIONS = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


class PatientConnection(psycopg.Connection[Any]):
    """Gives up a statement to which no byte came for `silence_s` seconds, and closes itself; None waits for ever."""

    silence_s: float | None = LONGEST_SILENCE_S

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:  # noqa: ANN401 - psycopg's own
        """Wait as psycopg does, but not for ever."""
        return super().wait(self._bounded(gen), *args, **options)

    def _bounded(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        try:
            wanted = next(gen)
            heard_s = time.monotonic()
            while True:
                ready = yield wanted
                if ready:
                    heard_s = time.monotonic()
                elif self.silence_s is not None and time.monotonic() - heard_s > self.silence_s:
                    self.pgconn.finish()
                    message = f"the server said nothing for {self.silence_s:g} s"
                    raise psycopg.OperationalError(message)
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def be_patient(engine: Engine) -> None:
    """Let `engine` open connections of this kind."""

    @event.listens_for(engine, "do_connect")
    def connect(_: object, __: object, arguments: list[Any], options: dict[str, Any]) -> PatientConnection:
        return PatientConnection.connect(*arguments, **options)


def wait_for_ever(connection: Connection) -> None:
    """Let what follows on this connection take its time, until it is closed: a migration may."""
    driver = connection.connection.driver_connection
    if isinstance(driver, PatientConnection):
        driver.silence_s = None
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
