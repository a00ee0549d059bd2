"""Sends a recording through the broker as a marked sensor: registered as recorded, with its own times."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson

from city.clock import SECOND_NS, iso
from city.errors import BadRequest, NotFound
from city.level import Domain
from city.sensor import Sensor
from liandong.folder import DataFolder
from liandong.link.client import linked
from liandong.recording import Recorded
from linkage.ledger import TELL_TAG
from registry.sensors import SensorRegistry
from simulators.mouth import Line, Mouth

#: Tag of every recording, by which rules can be about recordings.
RECORDED_TAG = "recorded"

#: Characters that would make more than one level, or a filter, of a topic.
_NOT_IN_TOPICS = frozenset("/+#* >\0")


@dataclass(frozen=True, slots=True)
class Recording:
    """What is replayed: as which sensor, which quantity, in which unit; `domain` None keeps what is registered."""

    sensor: str
    domain: Domain | None
    quantity: str
    unit: str
    readings: Sequence[Recorded]


def mark(recording: Recording, registry: SensorRegistry, *, tell: bool) -> Sensor:
    """Register the sensor as recorded and return it; `tell` lets its incidents be told to departments.

    Raises:
        BadRequest: the id cannot stand in a topic, or belongs to a live sensor.
    """
    if not recording.sensor or _NOT_IN_TOPICS & set(recording.sensor) or recording.sensor.startswith("$"):
        raise BadRequest(expected="an id that can stand in a topic", got=recording.sensor, at="--sensor")
    known = _registered(recording.sensor, registry)
    if known is not None and not known.recorded:
        raise BadRequest(expected="the id of no live sensor", got=recording.sensor, at="--sensor")
    sensor = known if known is not None else Sensor(recording.sensor, recording.sensor, Domain.TRAFFIC, "recording")
    marked = replace(
        sensor,
        domain=recording.domain if recording.domain is not None else sensor.domain,
        quantities=tuple(dict.fromkeys([*sensor.quantities, recording.quantity])),
        tags=(sensor.tags - {TELL_TAG}) | {RECORDED_TAG} | ({TELL_TAG} if tell else set()),
        recorded=True,
    )
    registry.upsert_many([marked])
    return marked


def _registered(sensor: str, registry: SensorRegistry) -> Sensor | None:
    with suppress(NotFound):
        return registry.get(sensor)
    return None


def announce(folder: DataFolder) -> None:
    """Have the running ingest read the registry again; raises StoreUnavailable when none runs."""

    async def refresh() -> None:
        async with linked(folder.socket) as feed:
            await feed.refresh()

    asyncio.run(refresh())


def send(recording: Recording, sensor: Sensor, line: Line, *, speedup: float | None, shown: Iterable[Recorded]) -> int:
    """Publish the readings that `shown` yields, `speedup` times as fast as they were recorded, else at once.

    Return how many the broker acknowledged.

    Raises:
        StoreUnavailable: the broker does not take messages.
    """
    topic, first_ns, began_s = f"city/{sensor.domain}/{sensor.id}/reading", 0, time.monotonic()
    with Mouth(line, f"replay-{time.time_ns()}") as mouth:
        for reading in shown:
            first_ns = first_ns or reading.time_ns
            if speedup is not None:
                due_s = began_s + (reading.time_ns - first_ns) / SECOND_NS / speedup
                time.sleep(max(0.0, due_s - time.monotonic()))
            mouth.say(topic, _payload(recording, reading))
    return mouth.acknowledged


def _payload(recording: Recording, reading: Recorded) -> bytes:
    return orjson.dumps(
        {
            "time": iso(reading.time_ns),
            "values": {recording.quantity: reading.value},
            "unit": {recording.quantity: recording.unit},
        }
    )
