"""Twenty times `kill -9` in a run of ten thousand messages: all of them there, once; each alarm one incident."""

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

pytestmark = pytest.mark.timeout(400)

MESSAGES = 10_000
#: With the broker that is ours; one that is not is left alone, so that ingest and desk alone are killed.
KILLS, KILLS_BESIDE_ANOTHER = 20, 8
STEP = timedelta(milliseconds=200)
LOW_CM, HIGH_CM = 1.0, 20.0
#: Messages that may wait for the broker, so that the run is spread over all the kills.
AHEAD = 400


def victims(program: Program, random: Random) -> list[str]:
    """Return whom to kill: ingest holds the promise and dies most often; a broker that is not ours is left alone."""
    own = "broker" in program.parts
    kills, others = (KILLS, ["desk", "broker"]) if own else (KILLS_BESIDE_ANOTHER, ["desk"])
    often = kills * 3 // 5
    chosen = ["ingest"] * often + [others[number % len(others)] for number in range(kills - often)]
    random.shuffle(chosen)
    return chosen


def kill(program: Program, victim: str, killed: set[int]) -> None:
    """Kill a part as soon as it runs again after its last death; the supervisor starts it again."""
    pid = until(
        lambda: int(program.parts[victim]["pid"]), lambda pid: pid != 0 and pid not in killed, within_s=40, what=victim
    )
    os.kill(pid, signal.SIGKILL)
    killed.add(pid)


def send(source: Publisher, began: datetime, index: int) -> None:
    """Publish one message; each sensor's level is high once, in the middle of the run."""
    sensor, turn = CROWD[index % len(CROWD)], index // len(CROWD)
    high = turn == 30 * (1 + index % len(CROWD))
    source.reading(sensor, (began + index * STEP).isoformat(), water_level=HIGH_CM if high else LOW_CM + index * 1e-5)
    if source.open > AHEAD:
        eventually(lambda: source.open < AHEAD // 2, within_s=40, what="acknowledgements")


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
    killed: set[int] = set()

    chosen = victims(program, random)
    for number, victim in enumerate(chosen):
        for index in range(number * MESSAGES // len(chosen), (number + 1) * MESSAGES // len(chosen)):
            send(source, began, index)
        time.sleep(random.uniform(0, 0.5))
        kill(program, victim, killed)

    assert len(killed) == len(chosen)
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
