"""A session of ingest and all that comes out of it, at a broker of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from ingest.config import BatchSettings, MqttSettings
from ingest.message import Message
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.session import Session
from ingest.mqtt.session_file import SessionFile
from tests.support.brokers import City

_PATIENCE_S = 10.0
#: So that a broker that comes back is found at once.
QUICK = {"backoff_first_s": 0.05, "backoff_cap_s": 0.2}


@dataclass
class Taker:
    """A session, its inbox, and all that came out of it; acknowledges unless told not to."""

    session: Session
    inbox: Inbox
    acknowledging: bool = True
    came: list[Message] = field(default_factory=list)

    async def take(self) -> None:
        while True:
            received = await self.inbox.take()
            self.came += received.messages
            if self.acknowledging:
                received.acknowledge()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
                await asyncio.sleep(0.01)

    async def until_connected(self) -> None:
        await self.until(lambda: self.session.connected)

    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.came]


@asynccontextmanager
async def taking(
    settings: MqttSettings, folder: Path, *, filters: tuple[str, ...] = ("city/#",), acknowledging: bool = True
) -> AsyncIterator[Taker]:
    inbox = Inbox(BatchSettings())
    session = Session(settings, SessionFile(folder / "session.json"), inbox, filters=filters, random=Random(1))
    taker = Taker(session, inbox, acknowledging)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(session.run(), name="session"), group.create_task(taker.take(), name="taker")]
        yield taker
        for task in tasks:
            task.cancel()


async def publish(city: City, *payloads: bytes, topic: str = "city/environment/air-1/reading") -> None:
    def act() -> None:
        with city.source() as source:
            for payload in payloads:
                source.publish(topic, payload)

    await asyncio.to_thread(act)
