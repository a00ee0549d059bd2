"""The city's sign of life to somebody outside, which stays away when something is wrong: the dead man's switch."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import NoReturn

import structlog
from prometheus_client import Counter

from city.clock import Clock, iso
from city.errors import StoreUnavailable
from city.feed import Feed
from liandong.folder import write_private
from liandong.heartbeat_config import HeartbeatSettings
from linkage.faults import faults_told
from linkage.telling.request import NotSent, Request, ask
from storage.sql import Database

log = structlog.get_logger()

_SENT = Counter("liandong_heartbeats_sent_total", "Signs of life that went out.")
_WITHHELD = Counter("liandong_heartbeats_withheld_total", "Signs of life that stayed away, by cause.", ["reason"])
_FAILED = Counter("liandong_heartbeats_failed_total", "Signs of life that were not taken.", ["reason"])

#: Answers that mean that it was taken (RFC 9110 §15.3).
_TAKEN = range(200, 300)


class Heartbeat:
    """Sends the sign of life again and again while `ailments` names nothing."""

    def __init__(
        self,
        settings: HeartbeatSettings,
        ailments: Callable[[], Awaitable[Sequence[str]]],
        clock: Clock,
        allow: Sequence[str],
    ) -> None:
        self._settings, self._ailments, self._clock, self._allow = settings, ailments, clock, allow
        self._withheld = False

    async def run(self) -> NoReturn:
        """Send until cancelled."""
        while True:
            with suppress(StoreUnavailable), faults_told("heartbeat"):  # nobody hears of it: that is what it is for
                await self.beat()
            await asyncio.sleep(self._settings.every_s)

    async def beat(self) -> bool:
        """Send once if nothing is wrong; return whether it went out."""
        ailments = await self._ailments()
        for ailment in ailments:
            _WITHHELD.labels(ailment).inc()
        if bool(ailments) != self._withheld:
            self._withheld = bool(ailments)
            (log.error if ailments else log.info)("heartbeat", withheld=self._withheld, causes=list(ailments))
        if ailments:
            return False
        return await asyncio.to_thread(self._send)

    def _send(self) -> bool:
        try:
            self._ask()
            if self._settings.file is not None:
                write_private(self._settings.file, f"{iso(self._clock.now_ns())}\n", mode=0o644)
        except (NotSent, OSError) as error:
            _FAILED.labels(type(error).__name__).inc()
            log.warning("heartbeat_not_taken", cause=str(error))
            return False
        _SENT.inc()
        return True

    def _ask(self) -> None:
        if self._settings.url is None:
            return
        request = Request(self._settings.method, self._settings.url.get_secret_value(), {"User-Agent": "liandong"})
        answer = ask(request, allow=self._allow, timeout_s=self._settings.timeout_s)
        if answer.status not in _TAKEN:
            cause = f"status {answer.status}"
            raise NotSent(cause)


class Ailments:
    """What is wrong with the city's system, in words that are few and fixed; nothing when it works."""

    def __init__(
        self, database: Database, feed: Feed, copies_late: Callable[[], bool], restored: Callable[[], bool]
    ) -> None:
        self._database, self._feed = database, feed
        self._copies_late, self._restored = copies_late, restored

    async def __call__(self) -> list[str]:
        """Ask database and ingest, and look at the copies."""
        found = [] if await asyncio.to_thread(self._answers) else ["database"]
        try:
            status = await self._feed.status()
        except StoreUnavailable:
            found.append("ingest")
        else:
            found += ["broker"] * (not status.listening) + ["history"] * bool(status.history_error)
        # A copy that was restored must not say that the city lives.
        found += ["restored"] * await asyncio.to_thread(self._restored)
        return found + ["copies"] * await asyncio.to_thread(self._copies_late)

    def _answers(self) -> bool:
        try:
            with self._database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except StoreUnavailable:
            return False
        return True
