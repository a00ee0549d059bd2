"""The history in InfluxDB with a server that remembers: what is written once, and what is noted when."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from city.errors import StoreUnavailable
from storage.bookmark import Bookmark
from storage.influxdb import InfluxHistory
from tests.support.history import NAMES, arrivals, row


class Server:
    """Takes lines unless it is away, and answers nothing."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.away = False

    def write(self, lines: Sequence[str]) -> None:
        if self.away:
            raise StoreUnavailable("history", "told so by the test")
        self.requests.append(list(lines))

    def query(self, statement: str) -> list[dict[str, Any]]:
        raise NotImplementedError(statement)

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def history(tmp_path: Path, server: Server) -> InfluxHistory:
    return InfluxHistory(server, NAMES, Bookmark(tmp_path / "influxdb.json", "influxdb://a"), write_lines=2)


def test_what_was_acknowledged_is_not_written_again(history: InfluxHistory, server: Server) -> None:
    entries = [(position, arrivals(row(1, 1, position, 1.0))) for position in (1, 2, 3)]
    history.append(entries[:2], 2)
    history.append(entries, 3)

    assert [len(lines) for lines in server.requests] == [2, 1]
    assert history.position() == history.settled() == 3


def test_position_moves_only_when_the_server_took_everything(history: InfluxHistory, server: Server) -> None:
    entries = [(1, arrivals(*(row(1, 1, second, 1.0) for second in range(5))))]
    server.away = True
    with pytest.raises(StoreUnavailable):
        history.append(entries, 1)
    before = history.position()
    server.away = False
    history.append(entries, 1)

    assert (before, history.position()) == (0, 1)
    assert [len(lines) for lines in server.requests] == [2, 2, 1]


def test_position_never_goes_back(history: InfluxHistory) -> None:
    history.append([], 9)
    history.append([], 4)

    assert history.position() == 9
