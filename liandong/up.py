"""`liandong up`: the parts of one machine's Liandong, put together and supervised."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from city.clock import SystemClock
from liandong.address import Address
from liandong.broker.embedded import EmbeddedBroker
from liandong.folder import DataFolder
from liandong.http_probe import answers
from liandong.link.client import is_listening
from liandong.part import Part, own_command
from liandong.secrets import secrets_at
from liandong.settings import Settings
from liandong.stopping import stopped_by_signals
from liandong.supervisor import Supervisor


async def up(
    settings: Settings, arguments: tuple[str, ...], *, demo: bool, ready: Callable[[], Awaitable[None]]
) -> None:
    """Run everything until SIGINT or SIGTERM; `arguments` are the options that each part is started with.

    Raises:
        AddressTaken: something else listens where we should.
        FolderTaken: another `liandong up` runs on the data folder.
        PartRefused: a part cannot run.
    """
    folder = DataFolder(settings.data)
    folder.create()
    with folder.held("up"):
        broker = EmbeddedBroker(settings.broker, folder, secrets_at(folder.secrets)) if settings.mqtt.embedded else None
        http = Address(settings.http.host, settings.http.port)
        http.require_free(at="http.port")
        parts = [_ingest(folder, arguments), _desk(http, arguments, demo=demo)]
        if broker is not None:
            settings.broker.address.require_free(at="broker.port")
            parts.insert(0, broker.part())
        if demo:
            parts.append(Part(name="simulators", command=own_command("simulate", *arguments)))
        supervisor = Supervisor(parts, state=folder.parts, clock=SystemClock())
        with stopped_by_signals() as stop:
            async with _following(broker, supervisor):
                await supervisor.run(ready=ready, stop=stop)


def _ingest(folder: DataFolder, arguments: tuple[str, ...]) -> Part:
    async def listens() -> bool:
        return await is_listening(folder.socket)

    return Part(name="ingest", command=own_command("ingest", *arguments), ready=listens)


def _desk(http: Address, arguments: tuple[str, ...], *, demo: bool) -> Part:
    async def serves() -> bool:
        return await answers(http.dialled, "/healthz")

    command = own_command("desk", *arguments, *(["--demo"] if demo else []))
    return Part(name="desk", command=command, ready=serves)


@asynccontextmanager
async def _following(broker: EmbeddedBroker | None, supervisor: Supervisor) -> AsyncIterator[None]:
    """Let the embedded broker take new sources while the block lasts."""
    if broker is None:
        yield
        return
    async with asyncio.TaskGroup() as group:
        reload = lambda: supervisor.signal("broker", signal.SIGHUP)  # noqa: E731
        follower = group.create_task(broker.follow_sources(reload), name="up.sources")
        try:
            yield
        finally:
            follower.cancel()
