"""All brokers that ingest takes messages from: one session each, and one answer to whether we hear the city."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from typing import NoReturn

from city.intake import BrokerStatus
from ingest.config import MqttSettings
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.session import Session
from ingest.mqtt.session_file import SessionFile

#: The first broker's session keeps the name it had when there was one broker.
_MAIN_FILE = "session.json"


class Brokers:
    """Sessions with a file each in `folder`, which all fill one inbox; belongs to one event loop."""

    def __init__(self, settings: Sequence[MqttSettings], folder: Path, inbox: Inbox, *, filters: Sequence[str]) -> None:
        """Take what the routes' `filters` match from every broker that names none of its own; the first is the main."""
        self._settings = tuple(settings)
        self.sessions = tuple(
            Session(
                one,
                SessionFile(folder / (f"session-{one.name}.json" if place else _MAIN_FILE)),
                inbox,
                filters=one.subscriptions(filters),
                random=Random(),
            )
            for place, one in enumerate(settings)
        )

    def subscribe(self, filters: Sequence[str]) -> None:
        """Take what these filters match from now on, from every broker that names none of its own."""
        for one, session in zip(self._settings, self.sessions, strict=True):
            session.subscribe(one.subscriptions(filters))

    @property
    def connected(self) -> bool:
        """Return whether every required broker accepted us and granted every subscription."""
        return all(session.connected for session in self.sessions if session.required)

    @property
    def main(self) -> Session:
        """Return the first one."""
        return self.sessions[0]

    def status(self) -> tuple[BrokerStatus, ...]:
        """Return how each is."""
        return tuple(
            BrokerStatus(one.name, one.broker, one.connected, one.required, one.version, one.error, dict(one.refused))
            for one in self.sessions
        )

    async def run(self, may: Callable[[str], Awaitable[None]] | None = None) -> NoReturn:
        """Keep all connected until cancelled; one that is away does not hold up the others.

        With `may` each is dialled only when it returns for the broker's name.
        """
        async with asyncio.TaskGroup() as group:
            for session in self.sessions:
                group.create_task(_run(session, may), name=f"ingest.session.{session.name}")
        raise AssertionError  # no session returns


async def _run(session: Session, may: Callable[[str], Awaitable[None]] | None) -> NoReturn:
    if may is not None:
        await may(session.name)
    await session.run()
