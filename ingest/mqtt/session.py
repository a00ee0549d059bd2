"""A persistent MQTT session that always comes back: connect, subscribe, stay, and again after a pause."""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random
from typing import NoReturn

import structlog

from ingest.backoff import Backoff
from ingest.config import MqttSettings
from ingest.mqtt.dialect import Dialect, speaking
from ingest.mqtt.errors import ConnectionLost, MqttError, NoAnswer, UnsupportedVersion
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.link import Link
from ingest.mqtt.packet import Connack
from ingest.mqtt.session_file import Remembered, SessionFile
from ingest.mqtt.tls import client_context
from ingest.telemetry import CONNECTED, CONNECTIONS_LOST, CONNECTIONS_OPENED, SESSIONS_LOST, SUBSCRIPTIONS_REFUSED

log = structlog.get_logger(__name__)

#: Filters in one SUBSCRIBE, well below any broker's packet limit.
_FILTERS_A_PACKET = 64


class Session:
    """Keeps one broker connected and subscribed while `run` runs, and fills an inbox; belongs to one event loop.

    Attributes:
        error: why it is not connected and subscribed; empty while it is.
        refused: the filters that the broker does not grant with QoS 1, each with its reason.
        version: of MQTT, as last spoken; empty before the first connection.
    """

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
        self._only_old = False
        self.error = self.version = ""
        self.refused: Mapping[str, str] = {}

    @property
    def connected(self) -> bool:
        """Return whether the broker accepted us and granted every subscription."""
        return self._link is not None and self._link.open and self._granted == self._wanted

    @property
    def broker(self) -> str:
        """Return the broker's URL, which holds no secret."""
        return self._settings.url

    @property
    def name(self) -> str:
        """Return the broker's name in counters and health."""
        return self._settings.name

    @property
    def required(self) -> bool:
        """Return whether silence counts only while this broker is connected."""
        return self._settings.required

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
            except UnsupportedVersion as error:
                self._tell(error)
                self._only_old = self._settings.protocol == "auto"
            except (MqttError, OSError) as error:
                self._tell(error)
            if asyncio.get_running_loop().time() - started_s > self._settings.backoff_cap_s:
                self._backoff.reset()
            await asyncio.sleep(self._backoff.next_s())

    async def _connection(self) -> NoReturn:
        """Live through one connection; it always ends by raising."""
        dialect = speaking(self._settings, only_old=self._only_old)
        link = await self._open(dialect)
        try:
            self._welcome(await link.connect(self._remembered.client_id), dialect)
            self._link, self._granted = link, frozenset()
            await self._stay(link)
        except asyncio.CancelledError:
            await link.close()
            raise
        finally:
            self._link = None
            CONNECTED.labels(self.name).set(0)
            link.abort(ConnectionLost("given up", at=self.broker))
            self._inbox.drop(link)

    def _welcome(self, answer: Connack, dialect: Dialect) -> None:
        """Note what the broker said of the session."""
        self.version = dialect.version
        CONNECTIONS_OPENED.labels(self.name).inc()
        if not answer.session_present and self._remembered.filters:
            SESSIONS_LOST.labels(self.name).inc()
            log.warning("session_lost", broker=self.name, url=self.broker)
        if answer.session_expiry_s is not None and answer.session_expiry_s < self._settings.session_expiry_s:
            log.warning("session_expires_early", broker=self.name, seconds=answer.session_expiry_s)

    async def _open(self, dialect: Dialect) -> Link:
        settings, loop = self._settings, asyncio.get_running_loop()
        try:
            async with asyncio.timeout(settings.timeout_s):
                _, link = await loop.create_connection(
                    lambda: Link(settings, self._inbox, dialect),
                    settings.host,
                    settings.port,
                    ssl=client_context(settings),
                )
        except TimeoutError as error:
            raise NoAnswer(settings.timeout_s, at=self.broker) from error
        return link

    async def _stay(self, link: Link) -> NoReturn:
        """Keep the subscriptions as wanted until the connection ends; refused ones are asked for again."""
        while True:
            self._changed.clear()
            await self._agree(link)
            CONNECTED.labels(self.name).set(self.connected)
            wait_s = self._retry.next_s() if self._granted != self._wanted else None
            if wait_s is None:
                self._retry.reset()
                self.error = ""
                log.info("subscribed", broker=self.name, url=self.broker, filters=len(self._granted))
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
        refused: dict[str, str] = {}
        for part in _parts(sorted(wanted - granted)):
            refused |= await link.subscribe(part)
            granted |= frozenset(part) - refused.keys()
        self._remember(wanted)
        self._granted, self.refused = granted, refused
        if refused:
            self._tell_refused(refused)

    def _remember(self, filters: frozenset[str]) -> None:
        if frozenset(self._remembered.filters) != filters:
            self._remembered = Remembered(self._remembered.client_id, tuple(sorted(filters)))
            self._file.write(self._remembered)

    def _tell(self, error: MqttError | OSError) -> None:
        self.error = str(error)
        CONNECTIONS_LOST.labels(self.name, error.code if isinstance(error, MqttError) else "unreachable").inc()
        log.warning("connection_lost", broker=self.name, url=self.broker, error=self.error)

    def _tell_refused(self, refused: Mapping[str, str]) -> None:
        told = ", ".join(f"{one} ({why})" if why else one for one, why in refused.items())
        self.error = f"Broker refused to subscribe with QoS 1: {told}"
        SUBSCRIPTIONS_REFUSED.labels(self.name).inc(len(refused))
        log.error("subscription_refused", broker=self.name, url=self.broker, filters=told)


def _parts(filters: list[str]) -> list[list[str]]:
    return [filters[start : start + _FILTERS_A_PACKET] for start in range(0, len(filters), _FILTERS_A_PACKET)]
