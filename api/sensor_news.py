"""Follows what ingest tells of sensors and hands it to the hub, each change once for everybody who may see it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import anyio.to_thread
import numpy as np
import structlog

from api.city_facts import CityFacts
from api.directory import Flags, SensorDirectory, Snapshot
from api.latest import values_of
from api.live import Change, Hub
from api.scope import sees_district
from api.sensor_view import SensorState
from api.sessions import Session
from api.sse import encoded
from api.told_states import ToldStates
from city.columns import Rows
from city.errors import LiandongError, StoreUnavailable
from city.feed import STATES_AT_ONCE, Feed, SensorChange

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


class SensorNews:
    """Hands out sensor changes, and remembers each sensor's state as it was last told."""

    def __init__(self, hub: Hub, feed: Feed, directory: SensorDirectory, city: CityFacts) -> None:
        self._hub, self._feed, self._directory, self._city = hub, feed, directory, city
        self._told = ToldStates()

    def state(self, sensor: str) -> str:
        """Return a sensor's state; `unknown` for all while ingest is away."""
        return self._told.of(sensor)

    def states(self, snapshot: Snapshot) -> list[str]:
        """Return the state of each sensor of a snapshot; takes a second for a million, so call it in a thread."""
        words = self._told.words
        return [words[code] for code in self._told.codes(snapshot).tolist()]

    def in_state(self, snapshot: Snapshot, state: SensorState) -> Flags:
        """Return which sensors of a snapshot are in a state; call it in a thread."""
        words = self._told.words
        found: Flags = np.array([SensorState.of(word) is state for word in words])[self._told.codes(snapshot)]
        return found

    async def run(self) -> None:
        """Follow for ever, however often ingest goes away and comes back."""
        wait_s = FIRST_RETRY_S
        while True:
            try:
                version = await self._catch_up()
                wait_s = FIRST_RETRY_S
                async for changes in self._feed.changes(version):
                    await self._take(changes)
            except StoreUnavailable as error:
                log.info("ingest_unavailable", error=str(error), retry_s=wait_s)
            except LiandongError as error:
                log.warning("ingest_refused", error=str(error), retry_s=wait_s)
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
        snapshot, words = self._directory.now, self._told.words
        codes = self._told.codes(snapshot)
        rows = np.flatnonzero(snapshot.having("district", lambda district: sees_district(session.user, district)))
        for start in range(0, len(rows), _MOST_IN_EVENT):
            some = rows[start : start + _MOST_IN_EVENT].tolist()
            yield encoded("sensors", [self._standing(snapshot.id_of(row), words[codes[row]]) for row in some])

    async def _is_listening(self) -> bool:
        try:
            return (await self._feed.status()).listening
        except StoreUnavailable:
            return False

    async def _catch_up(self) -> int:
        """Take the states as they stand, hand out those that changed while nobody listened; return their version."""
        await self._keep_in_line()
        after, version = "", None
        while True:
            page = await self._feed.states(after, STATES_AT_ONCE)
            version = page.version if version is None else version
            self._publish_rows(self._told.take_page(page))
            if not page.more:
                return version
            after = page.ids[len(page.ids) - 1]

    async def _keep_in_line(self) -> None:
        """Follow the registry: what is known of sensors is moved to where they stand now."""
        snapshot = self._directory.now
        if snapshot is not self._told.snapshot:
            self._told.move(snapshot, await anyio.to_thread.run_sync(self._told.codes, snapshot))

    async def _take(self, changes: list[SensorChange]) -> None:
        await self._keep_in_line()
        self._told.take((change.sensor, change.state) for change in changes)
        self._publish(changes)

    def _forget(self) -> None:
        rows = self._told.known
        self._told.forget(rows)
        self._publish_rows(rows)

    def _publish_rows(self, rows: Rows) -> None:
        """Hand out the states of some rows."""
        if len(self._hub):
            snapshot = self._told.snapshot
            for start in range(0, len(rows), _MOST_IN_EVENT):
                some = rows[start : start + _MOST_IN_EVENT].tolist()
                self._publish([SensorChange(snapshot.id_of(row), (), self._told.word(row)) for row in some])

    def _publish(self, changes: Sequence[SensorChange]) -> None:
        if not len(self._hub):
            return
        by_district: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        snapshot = self._told.snapshot
        districts = snapshot.census.words["district"]
        rows = snapshot.rows([change.sensor for change in changes]).tolist()
        for change, row in zip(changes, rows, strict=True):
            if row >= 0:
                by_district[districts[row]].append(self._item(change, row))
        for district, items in by_district.items():
            self._hub.publish(self._change(district, part) for part in _parts(items))

    def _item(self, change: SensorChange, row: int) -> dict[str, object]:
        return {**self._standing(change.sensor, self._told.word(row)), "latest": values_of(change.readings, self._city)}

    @staticmethod
    def _standing(sensor: str, state: str) -> dict[str, object]:
        return {"id": sensor, "state": state, "latest": {}}

    def _change(self, district: str, items: list[dict[str, object]]) -> Change:
        def sees(session: Session) -> bool:
            return sees_district(session.user, district)

        return Change(encoded("sensors", items), sees=sees)


def _parts(items: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for start in range(0, len(items), _MOST_IN_EVENT):
        yield items[start : start + _MOST_IN_EVENT]
