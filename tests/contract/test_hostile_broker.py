"""The MQTT session against brokers that break every promise: it says so, and comes back when they keep them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from ingest.config import BatchSettings, MqttSettings
from ingest.mqtt.inbox import Inbox
from ingest.mqtt.session import Session
from ingest.mqtt.session_file import SessionFile

ACCEPTED = b"\x20\x02\x00\x00"
GRANTED = b"\x90\x03\x00\x01\x01"

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def saying(*answers: bytes, then_close: bool = False) -> Behaviour:
    """Answer each read with the next of `answers`; then close, or stay silent."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await reader.read(1000):
                return
            writer.write(answer)
        if not then_close:
            await reader.read(-1)

    return behave


PROPER = saying(ACCEPTED, GRANTED)


@asynccontextmanager
async def broker(*behaviours: Behaviour) -> AsyncIterator[int]:
    """Listen; the first connections get `behaviours`, the later ones a proper broker."""
    coming = iter(behaviours)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await next(coming, PROPER)(reader, writer)
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        pytest.param(saying(then_close=True), "lost", id="closes at once"),
        pytest.param(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "Expected", id="speaks HTTP"),
        pytest.param(saying(b"\x00" * 64), "Expected", id="sends zeros"),
        pytest.param(saying(), "No answer", id="never answers"),
        pytest.param(saying(ACCEPTED), "No answer", id="never answers the subscription"),
        pytest.param(saying(b"\x20\x02\x00\x03"), "server unavailable", id="refuses"),
        pytest.param(saying(ACCEPTED, then_close=True), "lost", id="accepts and leaves"),
        pytest.param(saying(ACCEPTED, b"\x90\x04\x00\x01\x01\x01"), "1 codes", id="grants more than was asked"),
        pytest.param(saying(ACCEPTED, b"\x90\x03\x00\x09\x01"), "no unasked answer", id="answers another question"),
        pytest.param(saying(ACCEPTED, b"\x32\xff\xff\xff\x7f"), "at most", id="announces a giant packet"),
        pytest.param(saying(b"\x32\x07\x00\x01a\x00\x05{}"), "CONNACK first", id="publishes before accepting"),
    ],
)
async def test_session_names_the_fault_and_comes_back(tmp_path: Path, behaviour: Behaviour, said: str) -> None:
    async with broker(behaviour, behaviour) as port:
        settings = MqttSettings(url=f"mqtt://127.0.0.1:{port}", timeout_s=0.5, backoff_first_s=0.01, backoff_cap_s=0.02)
        file = SessionFile(tmp_path / "session.json")
        session = Session(settings, file, Inbox(BatchSettings()), filters=["a/#"], random=Random(1))
        errors: set[str] = set()
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            running = group.create_task(session.run(), name="session")
            while not session.connected:
                errors.add(session.error)
                await asyncio.sleep(0.001)
            running.cancel()

    assert any(said in error for error in errors), errors
