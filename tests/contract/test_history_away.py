"""A history store that is away for a while gets everything afterwards."""

from pathlib import Path

import pytest

from city.errors import StoreUnavailable
from tests.support.history import START_NS, arrivals, row
from tests.support.history_stores import victoria_rig
from tests.support.servers import victoria_metrics


def test_what_was_not_acknowledged_is_written_when_the_server_is_back(tmp_path: Path) -> None:
    entries = [(position, arrivals(row(1, 1, position, position / 4))) for position in range(1, 31)]

    with victoria_metrics(tmp_path) as server:
        history = victoria_rig(server, tmp_path).history
        history.append(entries[:10], 10)
        server.kill()
        with pytest.raises(StoreUnavailable):
            history.append(entries[10:20], 20)
        assert history.position() == 10
    history.close()

    with victoria_metrics(tmp_path, port=server.port) as server:
        rig = victoria_rig(server, tmp_path)
        rig.history.append(entries, 30)
        # What a killed VictoriaMetrics held in memory is gone: it promises its last second to nobody.
        kept = {point for point in rig.points("air-1", "pm25") if point[3] > 10}
        rig.history.close()

    assert kept == {(START_NS + position * 10**9, position / 4, 0, position) for position in range(11, 31)}
