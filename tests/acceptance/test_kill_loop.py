"""Twenty times `kill -9` in a run of ten thousand messages: all of them there, once; each alarm one incident."""

import contextlib
import os
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.support.program import Person, Program, eventually, until
from tests.support.publisher import Publisher
from tests.support.small_city import CROWD
from tests.support.staff import Staff

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("acceptance")]

MESSAGES = 10_000
KILLS = 20
#: Ingest holds the promise, so it dies most often; a broker that is not ours is left alone.
VICTIMS = ("ingest", "ingest", "ingest", "desk", "broker")
STEP = timedelta(milliseconds=200)
LOW_CM, HIGH_CM = 1.0, 20.0


def kill(program: Program, victim: str) -> None:
    """Kill one part, if it runs just now; the supervisor starts it again."""
    part = program.parts.get(victim)
    if part and part["pid"]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(part["pid"], signal.SIGKILL)


def send(source: Publisher, began: datetime, index: int) -> None:
    """Publish one message; each sensor's level is high once, in the middle of the run."""
    sensor, turn = CROWD[index % len(CROWD)], index // len(CROWD)
    high = turn == 30 * (1 + index % len(CROWD))
    source.reading(sensor, (began + index * STEP).isoformat(), water_level=HIGH_CM if high else LOW_CM + index * 1e-5)


def kept_times(person: Person, began: datetime) -> Counter[tuple[str, int]]:
    """Return how often each sensor's times are in the history."""
    query: dict[str, Any] = {"quantity": "water_level", "resolution": "raw", "limit": 10_000}
    span = {"from": began.isoformat(), "to": (began + MESSAGES * STEP).isoformat()}
    return Counter(
        (sensor, at) for sensor in CROWD for at in person.get(f"/sensors/{sensor}/readings", **query, **span)["time_ms"]
    )


def test_nothing_acknowledged_is_lost_or_doubled(program: Program, source: Publisher, staff: Staff) -> None:
    random = Random(20261120)
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    for number in range(KILLS):
        for index in range(number * MESSAGES // KILLS, (number + 1) * MESSAGES // KILLS):
            send(source, began, index)
        time.sleep(random.uniform(0, 0.2))
        kill(program, random.choice(VICTIMS))

    program.wait_ready()
    eventually(lambda: source.open == 0, within_s=60, what="every acknowledgement")
    kept = until(
        lambda: kept_times(staff.monitor, began), lambda found: len(found) == MESSAGES, within_s=60, what="history"
    )
    assert set(kept.values()) == {1}
    opened = until(lambda: crowd_incidents(staff), lambda found: len(found) >= len(CROWD), what="incidents")
    assert Counter(opened) == Counter(CROWD)


def crowd_incidents(staff: Staff) -> list[str]:
    """Return the sensor of each incident on the crowd; a sensor stands twice when it has two."""
    rows = staff.acceptor.incidents(limit=200, **{"class": "road_water"})
    return [str(row["sensor"]) for row in rows if row["sensor"] in CROWD]
