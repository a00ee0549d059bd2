"""`liandong up`: the parts of one machine's Liandong, put together and supervised."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from city.clock import SystemClock
from liandong.broker.embedded import EmbeddedBroker
from liandong.city_folder import read_city
from liandong.copies.restored import RestoredMark
from liandong.copies.schedule import Schedule
from liandong.copies.standing import Standings
from liandong.folder import DataFolder
from liandong.http_probe import answers
from liandong.link.client import is_listening
from liandong.memory import give_back_memory
from liandong.nursery import Nursery
from liandong.part import Part, own_command
from liandong.secrets import secrets_at
from liandong.settings import Settings
from liandong.stopping import stopped_by_signals
from liandong.supervisor import Supervisor

#: The commands that parts are, in the order in which they are started.
COMMANDS = ("ingest", "desk")

#: In a city of more sensors a part that is started anew reads them for seconds: importing its libraries as well
#: (1.5 s) is worth the memory of whom it would be forked from (docs/decisions/0169-a-large-city-keeps-no-nursery.md).
LARGE_SENSORS = 100_000


async def up(
    settings: Settings,
    *,
    config: Path | None,
    demo: bool,
    ready: Callable[[], Awaitable[None]],
    nursery: Nursery | None = None,
) -> None:
    """Run everything until SIGINT or SIGTERM; `config` is the settings file that the parts read too.

    The parts are forked from `nursery` where there is one, else each is a new program; a large city keeps it only
    until all are ready.

    Raises:
        BadCity: the city folder holds mistakes.
        AddressTaken: something else listens where we should.
        FolderTaken: another `liandong up` runs on the data folder.
        PartRefused: a part cannot run.
    """
    folder = settings.folder
    folder.create()
    # Mistakes are told once and at once, not by each part; what was read is not held here.
    city = read_city(settings.city, folder.read_sensors)
    filters, sensors = city.routes.filters, len(city.sensors)
    del city
    give_back_memory()
    with folder.held("up"), stopped_by_signals() as stop:
        settings.http_address.require_free(at="http.port")
        broker = None
        if settings.mqtt.embedded:
            settings.broker.address.require_free(at="broker.port")
            window = settings.broker.fitted(filters)
            broker = EmbeddedBroker(window, folder, secrets_at(folder.secrets))
        parts = _Parts(settings, folder, config, nursery)
        chosen = [*([broker.part()] if broker is not None else []), parts.ingest(), parts.desk(demo=demo)]
        chosen += [parts.simulators()] if demo else []
        pause_s = settings.restart.longest_pause_s
        supervisor = Supervisor(
            [replace(part, longest_pause_s=pause_s) for part in chosen], state=folder.parts, clock=SystemClock()
        )
        schedule = _schedule(settings, parts)
        async with _following(broker, supervisor), _beside(schedule):
            await supervisor.run(ready=then_alone(ready, nursery, sensors), stop=stop)


def then_alone(
    ready: Callable[[], Awaitable[None]], nursery: Nursery | None, sensors: int
) -> Callable[[], Awaitable[None]]:
    """Return what tells that all are ready, and ends the nursery of a large city then."""

    async def tell() -> None:
        await ready()
        if nursery is not None and sensors > LARGE_SENSORS:
            await nursery.end()

    return tell


class _Parts:
    """The parts that are commands of our own, each told where it finds data, city and settings."""

    def __init__(self, settings: Settings, folder: DataFolder, config: Path | None, nursery: Nursery | None) -> None:
        self._settings, self._folder, self._nursery = settings, folder, nursery
        self._shared = ["--data", str(settings.data), "--city", str(settings.city)]
        self._shared += ["--config", str(config)] if config is not None else []
        self._mqtt = ["--mqtt", str(settings.broker.address)] if settings.mqtt.embedded else []

    def ingest(self) -> Part:
        async def listens() -> bool:
            return await is_listening(self._folder.socket)

        # The desk starts beside it, each on its own core.
        return replace(self._own("ingest", *self._mqtt), ready=listens, alone=False)

    def desk(self, *, demo: bool) -> Part:
        http = self._settings.http_address

        async def serves() -> bool:
            return await answers(http.dialled, "/healthz")

        part = self._own("desk", *self._mqtt, "--http", str(http), *(["--demo"] if demo else []))
        return replace(part, ready=serves)

    def command(self, *words: str) -> tuple[str, ...]:
        """Return the command line of a command that works on this installation."""
        return own_command(*words, *self._shared)

    def simulators(self) -> Part:
        return replace(self._own("simulate", "--demo", *self._mqtt), name="simulators")

    def _own(self, name: str, *options: str) -> Part:
        words = (name, *self._shared, *options)
        fork = partial(self._nursery.start, *words) if self._nursery is not None else None
        return Part(name=name, command=own_command(*words), fork=fork)


def _schedule(settings: Settings, parts: _Parts) -> Schedule | None:
    """Return what takes copies, where the settings ask for them."""
    if settings.backup.to is None:
        return None
    clock, folder = SystemClock(), settings.folder
    mark = RestoredMark(folder.restored, clock)
    return Schedule(settings.backup, Standings(folder.copies, clock), clock, parts.command, mark.lifted)


@asynccontextmanager
async def _beside(schedule: Schedule | None) -> AsyncIterator[None]:
    """Let copies be taken while the block lasts."""
    if schedule is None:
        yield
        return
    async with asyncio.TaskGroup() as group:
        copier = group.create_task(schedule.run(), name="up.copies")
        try:
            yield
        finally:
            copier.cancel()


@asynccontextmanager
async def _following(broker: EmbeddedBroker | None, supervisor: Supervisor) -> AsyncIterator[None]:
    """Let the embedded broker take new sources, and start it anew where it must be, while the block lasts."""
    if broker is None:
        yield
        return

    def reload() -> None:
        supervisor.signal("broker", signal.SIGHUP)

    def restart() -> None:
        supervisor.signal("broker", signal.SIGTERM)

    async with asyncio.TaskGroup() as group:
        followers = (
            group.create_task(broker.follow_sources(reload), name="up.sources"),
            group.create_task(broker.follow_store(restart), name="up.store"),
        )
        try:
            yield
        finally:
            for follower in followers:
                follower.cancel()
