"""Copies the readings and pictures that were asked for as evidence; what is not there yet is tried again."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import structlog
from prometheus_client import Counter
from sqlalchemy import RowMapping, select, update

from city.clock import SECOND_NS
from city.errors import StoreUnavailable
from city.feed import Feed
from city.history import Resolution, SeriesQuery
from city.place import Place
from linkage import cases
from linkage.faults import faults_told
from linkage.ledger import Ledger
from linkage.tables import EVIDENCE
from linkage.tables import WAITING as STILL_WAITING
from linkage.witness.asking import SNAPSHOT
from linkage.witness.snapshots import cameras_near, newest, told

log = structlog.get_logger()

EVIDENCE_COPIED = Counter("linkage_evidence_copied_total", "Readings asked for as evidence, by what came.", ["reason"])

#: Copies at a time, points of one series, and time between two looks, seconds.
_BATCH, _POINTS, _EVERY_S = 20, 1000, 2.0

#: Wait before asking again, seconds, and attempts after which it is given up: two days.
_RETRY_S, _ATTEMPTS = 300, 576


class Gatherer:
    """Copies evidence. Its reads and writes block, so they go to threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def run(self, feed: Feed) -> None:
        """Work until cancelled."""
        while True:
            wait_s = _EVERY_S
            try:
                with faults_told("evidence"):
                    await self.gather(feed)
            except StoreUnavailable as error:
                wait_s = max(wait_s, error.again_s)
                log.warning("evidence_waits", store=error.store, cause=error.cause)
            await asyncio.sleep(wait_s)

    async def gather(self, feed: Feed) -> int:
        """Copy what is due; return how much was looked at."""
        rows = await asyncio.to_thread(self._due)
        for row in rows:
            try:
                with faults_told("evidence"):
                    series = await (self._picture(feed, row) if row["kind"] == SNAPSHOT else self._series(feed, row))
            except StoreUnavailable as error:
                await asyncio.to_thread(self._later, row, error.cause)
            else:
                await asyncio.to_thread(self._keep, row, series)
        return len(rows)

    async def _series(self, feed: Feed, row: RowMapping) -> list[dict[str, object]]:
        found = []
        for quantity in sorted({one.quantity for one in await feed.latest([row["sensor"]])}):
            query = SeriesQuery(row["sensor"], quantity, row["from_ns"], row["to_ns"], Resolution.AUTO, _POINTS)
            series = asdict(await feed.readings(query))
            found.append({name: series[name] for name in ("quantity", "time_ns", "value", "quality")})
        return found

    async def _picture(self, feed: Feed, row: RowMapping) -> list[dict[str, object]]:
        cameras = [(None, row["sensor"])] if row["sensor"] else await asyncio.to_thread(self._cameras, row["incident"])
        return told(await newest(feed, cameras, row["from_ns"], row["to_ns"]))

    def _cameras(self, incident: int) -> Sequence[tuple[float | None, str]]:
        with self._ledger.database.read() as connection:
            case = cases.load(connection, incident)
        if case is None or case.incident.longitude is None or case.incident.latitude is None:
            return ()
        place = Place(case.incident.longitude, case.incident.latitude)
        within_m = self._ledger.settings.snapshots.within_m
        return cameras_near(self._ledger.book.sensors(), place, case.incident.district, within_m)

    def _due(self) -> list[RowMapping]:
        query = (
            select(EVIDENCE)
            .where(STILL_WAITING, EVIDENCE.c.next_ns <= self._ledger.clock.now_ns())
            .order_by(EVIDENCE.c.next_ns, EVIDENCE.c.id)
            .limit(_BATCH)
        )
        with self._ledger.database.read() as connection:
            return list(connection.execute(query).mappings())

    def _keep(self, row: RowMapping, series: list[dict[str, object]]) -> None:
        nothing = "no_snapshot" if row["kind"] == SNAPSHOT else "no_readings"
        reason = "" if any(one["time_ns"] for one in series) else nothing
        now_ns = self._ledger.clock.now_ns()
        values = {"state": "kept", "series": series, "kept_ns": now_ns, "reason": reason}
        if row["kind"] == SNAPSHOT and series:
            values["sensor"] = series[0]["camera"]
        self._change(row, values)
        EVIDENCE_COPIED.labels(reason if reason else "kept").inc()

    def _later(self, row: RowMapping, cause: str) -> None:
        attempts = row["attempts"] + 1
        given_up = attempts >= _ATTEMPTS
        next_ns = self._ledger.clock.now_ns() + _RETRY_S * SECOND_NS
        state = "failed" if given_up else "waiting"
        self._change(row, {"attempts": attempts, "next_ns": next_ns, "state": state, "reason": cause})
        EVIDENCE_COPIED.labels("given_up" if given_up else "retried").inc()

    def _change(self, row: RowMapping, values: dict[str, object]) -> None:
        with self._ledger.database.write() as connection:
            connection.execute(update(EVIDENCE).where(EVIDENCE.c.id == row["id"]).values(values))
