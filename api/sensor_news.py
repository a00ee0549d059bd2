"""Follows what ingest tells of sensors and hands it to the hub, each change once for everybody who may see it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator

import anyio.to_thread
import structlog

from api.city_facts import CityFacts
from api.directory import SensorDirectory
from api.latest import values_of
from api.live import Change, Hub
from api.scope import sees_district
from api.sessions import Session
from api.sse import encoded
from city.errors import StoreUnavailable
from city.feed import Feed, SensorChange

log = structlog.get_logger()

#: Waits between two attempts to reach ingest, seconds: the first, and the longest.
FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0

#: Once retries are this far apart (after about two seconds), ingest is not just being restarted: states are unknown.
FORGET_AT_RETRY_S = 1.0

#: Seconds between two looks at how ingest is and whether the registry has changed.
WATCH_EVERY_S = 2.0

#: Most sensors in one event.
_MOST_IN_EVENT = 500

#: State of a sensor that ingest has said nothing about.
UNKNOWN = "unknown"


class SensorNews:
    """Hands out sensor changes, and remembers each sensor's state as it was last told."""

    def __init__(self, hub: Hub, feed: Feed, directory: SensorDirectory, city: CityFacts) -> None:
        self._hub, self._feed, self._directory, self._city = hub, feed, directory, city
        self._states: dict[str, str] = {}

    def state(self, sensor: str) -> str:
        """Return a sensor's state; `unknown` for all while ingest is away."""
        return self._states.get(sensor, UNKNOWN)

    async def run(self) -> None:
        """Follow for ever, however often ingest goes away and comes back."""
        wait_s = FIRST_RETRY_S
        while True:
            try:
                await self._catch_up()
                wait_s = FIRST_RETRY_S
                async for changes in self._feed.changes():
                    self._take(changes)
            except StoreUnavailable as error:
                log.info("ingest_unavailable", error=str(error), retry_s=wait_s)
            if wait_s >= FORGET_AT_RETRY_S:
                self._forget()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)

    async def watch(self) -> None:
        """Keep asking how ingest is, and which sensors are registered."""
        while True:
            self._hub.ingest = await self._is_listening()
            try:
                await anyio.to_thread.run_sync(self._directory.fresh)
            except StoreUnavailable as error:
                log.warning("registry_unavailable", error=str(error))
            await asyncio.sleep(WATCH_EVERY_S)

    def snapshot(self, session: Session) -> Iterable[bytes]:
        """Yield every state that this session may see, as events, for a stream that resumes."""
        items: list[dict[str, object]] = [
            {"id": sensor.id, "state": self.state(sensor.id), "latest": {}}
            for sensor in self._directory.now.sensors
            if sees_district(session.user, sensor.district)
        ]
        for part in _parts(items):
            yield encoded("sensors", part)

    async def _is_listening(self) -> bool:
        try:
            return (await self._feed.status()).listening
        except StoreUnavailable:
            return False

    async def _catch_up(self) -> None:
        """Take the states as they stand, and hand out those that changed while nobody listened."""
        states = await self._feed.states()
        known, self._states = self._states, dict(states)
        changed = [SensorChange(name, (), state) for name, state in states.items() if known.get(name) != state]
        self._publish(changed)

    def _take(self, changes: list[SensorChange]) -> None:
        for change in changes:
            if change.state:
                self._states[change.sensor] = change.state
        self._publish(changes)

    def _forget(self) -> None:
        lost = [SensorChange(sensor, (), UNKNOWN) for sensor in self._states]
        self._states.clear()
        self._publish(lost)

    def _publish(self, changes: Iterable[SensorChange]) -> None:
        if not len(self._hub):
            return
        by_district: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        sensors = self._directory.now.by_id
        for change in changes:
            sensor = sensors.get(change.sensor)
            if sensor is not None:
                by_district[sensor.district].append(self._item(change))
        for district, items in by_district.items():
            self._hub.publish(self._change(district, part) for part in _parts(items))

    def _item(self, change: SensorChange) -> dict[str, object]:
        latest = values_of(change.readings, self._city)
        return {"id": change.sensor, "state": self.state(change.sensor), "latest": latest}

    def _change(self, district: str, items: list[dict[str, object]]) -> Change:
        def sees(session: Session) -> bool:
            return sees_district(session.user, district)

        return Change(encoded("sensors", items), sees=sees)


def _parts(items: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(items), _MOST_IN_EVENT):
        yield items[start : start + _MOST_IN_EVENT]
