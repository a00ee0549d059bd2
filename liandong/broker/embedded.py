"""The embedded broker as a part of the program: its files, its process, and what is done for it while it runs."""

import asyncio
from collections.abc import Callable
from typing import NoReturn

import structlog

from city.errors import BadSettings
from ingest.mqtt.packet import Credentials
from liandong.broker.config import BrokerSettings
from liandong.broker.knock import knock
from liandong.broker.lost_store import LostStore
from liandong.broker.nats_config import ProgramUsers, nats_config
from liandong.broker.program import nats_server
from liandong.broker.sources import INGEST_USER, SourceFile, hashed
from liandong.folder import DataFolder, write_private
from liandong.part import Part
from liandong.secrets import Secrets

log = structlog.get_logger()

#: Longest wait for the answer to one look whether the broker is up.
_KNOCK_S = 2.0

#: Time between two looks at whether a source was added.
_FOLLOW_S = 1.0

#: Time between two looks at whether it still stores, and time it gets to end and start before the next.
_STORE_S, _RESTARTED_S = 2.0, 20.0


class EmbeddedBroker:
    """A NATS server in the data folder."""

    def __init__(self, settings: BrokerSettings, folder: DataFolder, secrets: Secrets) -> None:
        self._settings, self._folder = settings, folder.broker
        self._sources = SourceFile(folder.broker)
        self._configuration, self._log = folder.broker / "nats.conf", folder.broker / "nats.log"
        self._ingest = Credentials(INGEST_USER, secrets.ingest_password.get_secret_value())
        # Hashed once: a new salt would look like a new password to a reload, and end the user's connection.
        passwords = (secrets.ingest_password, secrets.simulator_password, secrets.replay_password)
        self._users = ProgramUsers(*(hashed(password.get_secret_value()) for password in passwords))
        self._version = 0

    def part(self) -> Part:
        """Return what the supervisor runs; raises BadSettings where there is no NATS server."""
        return Part(
            name="broker",
            command=(str(nats_server()), "--config", str(self._configuration)),
            ready=self._accepts,
            prepare=self.write,
            says=str(self._log),
        )

    def write(self) -> None:
        """Write the configuration with the sources as they are now."""
        version, sources = self._sources.version(), self._sources.all()
        write_private(self._configuration, nats_config(self._settings, self._users, sources, self._folder))
        self._version = version

    async def follow_sources(self, reload: Callable[[], None]) -> NoReturn:
        """Write the configuration and call `reload` whenever a source was added; a damaged file changes nothing."""
        refused, waits = -1, False
        while True:
            await asyncio.sleep(_FOLLOW_S)
            version = self._sources.version()
            if version in {self._version, refused}:
                continue
            try:
                self.write()
            except BadSettings as exc:
                refused = version
                log.warning("sources_not_read", cause=str(exc))
            except OSError as exc:  # a full disk: tried again until there is room
                if not waits:
                    log.warning("sources_not_followed", cause=str(exc))
                waits = True
            else:
                reload()
                waits = False
                log.info("sources_reloaded")

    async def follow_store(self, restart: Callable[[], None]) -> NoReturn:
        """Call `restart` whenever the broker has given up its store and there is room again."""
        store = LostStore(self._log)
        while True:
            await asyncio.sleep(_STORE_S)
            if await asyncio.to_thread(store.is_lost) and store.has_room():
                log.error("broker_gave_up_its_store", see=str(self._log))
                restart()
                await asyncio.sleep(_RESTARTED_S)

    async def _accepts(self) -> bool:
        """Tell whether ingest would be let in: JetStream and the accounts are up, not just the socket."""
        return not await knock(self._settings.address.dialled, self._ingest, timeout_s=_KNOCK_S)
