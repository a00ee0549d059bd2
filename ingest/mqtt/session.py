"""A persistent MQTT session that always comes back: connect, subscribe, stay, and again after a pause."""

import asyncio
import ssl
from collections.abc import Sequence
from random import Random
from typing import NoReturn

import structlog

from ingest.backoff import Backoff
from ingest.config import MqttSettings
from ingest.mqtt.errors import ConnectionLost, MqttError, NoAnswer
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.link import Link
from ingest.mqtt.session_file import Remembered, SessionFile
from ingest.telemetry import CONNECTED, CONNECTIONS_LOST, CONNECTIONS_OPENED, SESSIONS_LOST, SUBSCRIPTIONS_REFUSED

log = structlog.get_logger(__name__)

#: Filters in one SUBSCRIBE, well below any broker's packet limit.
_FILTERS_A_PACKET = 64
_QOS_1 = 1


class Session:
    """Keeps one broker connected and subscribed while `run` runs, and fills an inbox; belongs to one event loop."""

    def __init__(
        self, settings: MqttSettings, file: SessionFile, inbox: Inbox, *, filters: Sequence[str], random: Random
    ) -> None:
        self._settings, self._file, self._inbox = settings, file, inbox
        self._remembered = file.read()
        self._wanted = frozenset(filters)
        self._changed = asyncio.Event()
        self._granted: frozenset[str] = frozenset()
        self._backoff = Backoff(settings.backoff_first_s, settings.backoff_cap_s, random)
        self._retry = Backoff(settings.backoff_first_s, settings.backoff_cap_s, random)
        self._link: Link | None = None
        self.error = ""

    @property
    def connected(self) -> bool:
        """Return whether the broker accepted us and granted every subscription."""
        return self._link is not None and self._link.open and self._granted == self._wanted

    @property
    def broker(self) -> str:
        """Return the broker's URL, which holds no secret."""
        return self._settings.url

    def subscribe(self, filters: Sequence[str]) -> None:
        """Want exactly these filters from now on; others are given up."""
        self._wanted = frozenset(filters)
        self._changed.set()

    async def run(self) -> NoReturn:
        """Connect, stay, and connect again, until cancelled."""
        while True:
            started_s = asyncio.get_running_loop().time()
            try:
                await self._connection()
            except (MqttError, OSError) as error:
                self._tell(error)
            if asyncio.get_running_loop().time() - started_s > self._settings.backoff_cap_s:
                self._backoff.reset()
            await asyncio.sleep(self._backoff.next_s())

    async def _connection(self) -> NoReturn:
        """Live through one connection; it always ends by raising."""
        link = await self._open()
        try:
            answer = await link.connect(self._remembered.client_id)
            CONNECTIONS_OPENED.inc()
            if not answer.session_present and self._remembered.filters:
                SESSIONS_LOST.inc()
                log.warning("session_lost", broker=self.broker)
            self._link, self._granted = link, frozenset()
            await self._stay(link)
        except asyncio.CancelledError:
            await link.close()
            raise
        finally:
            self._link = None
            CONNECTED.set(0)
            link.abort(ConnectionLost("given up", at=self.broker))
            self._inbox.drop(link)

    async def _open(self) -> Link:
        settings, loop = self._settings, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(settings.timeout_s):
                _, link = await loop.create_connection(
                    lambda: Link(settings, self._inbox), settings.host, settings.port, ssl=_tls(settings)
                )
        except TimeoutError as error:
            raise NoAnswer(settings.timeout_s, at=self.broker) from error
        return link

    async def _stay(self, link: Link) -> NoReturn:
        """Keep the subscriptions as wanted until the connection ends; refused ones are asked for again."""
        while True:
            self._changed.clear()
            await self._agree(link)
            CONNECTED.set(self.connected)
            wait_s = self._retry.next_s() if self._granted != self._wanted else None
            if wait_s is None:
                self._retry.reset()
                self.error = ""
                log.info("subscribed", broker=self.broker, filters=len(self._granted))
            await self._until_changed(link, wait_s)
            if not link.open:
                raise link.cause

    async def _until_changed(self, link: Link, wait_s: float | None) -> None:
        """Return when the connection has ended, other filters are wanted, or `wait_s` have passed."""
        async with asyncio.TaskGroup() as group:
            waiting = {
                group.create_task(link.wait_ended(), name="ingest.mqtt.ended"),
                group.create_task(self._changed.wait(), name="ingest.mqtt.changed"),
            }
            await asyncio.wait(waiting, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()

    async def _agree(self, link: Link) -> None:
        """Give up what is no longer wanted, and subscribe to what is not yet granted."""
        wanted = self._wanted
        gone = sorted((self._granted | frozenset(self._remembered.filters)) - wanted)
        self._remember(wanted.union(gone))
        for part in _parts(gone):
            await link.unsubscribe(part)
        granted = self._granted & wanted
        for part in _parts(sorted(wanted - granted)):
            codes = await link.subscribe(part)
            refused = [one for one, code in codes.items() if code != _QOS_1]
            if refused:
                self._tell_refused(refused)
            granted |= frozenset(part) - frozenset(refused)
        self._remember(wanted)
        self._granted = granted

    def _remember(self, filters: frozenset[str]) -> None:
        if frozenset(self._remembered.filters) != filters:
            self._remembered = Remembered(self._remembered.client_id, tuple(sorted(filters)))
            self._file.write(self._remembered)

    def _tell(self, error: MqttError | OSError) -> None:
        self.error = str(error)
        CONNECTIONS_LOST.labels(error.code if isinstance(error, MqttError) else "unreachable").inc()
        log.warning("connection_lost", broker=self.broker, error=self.error)

    def _tell_refused(self, refused: list[str]) -> None:
        self.error = f"Broker refused to subscribe with QoS 1: {', '.join(refused)}"
        SUBSCRIPTIONS_REFUSED.inc(len(refused))
        log.error("subscription_refused", broker=self.broker, filters=refused)


def _parts(filters: list[str]) -> list[list[str]]:
    return [filters[start : start + _FILTERS_A_PACKET] for start in range(0, len(filters), _FILTERS_A_PACKET)]


def _tls(settings: MqttSettings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.cert_file is not None:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context
