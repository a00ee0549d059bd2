"""The embedded broker comes back with what it held, and takes new sources without a pause."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from city.clock import SystemClock
from ingest.mqtt.packet import Credentials
from liandong.address import Address
from liandong.broker.config import BrokerSettings
from liandong.broker.embedded import EmbeddedBroker
from liandong.broker.knock import knock
from liandong.broker.lost_store import ROOM_BYTES
from liandong.broker.sources import INGEST_USER, SourceFile, new_source
from liandong.folder import DataFolder
from liandong.secrets import secrets_at
from liandong.supervisor import Supervisor
from tests.support.mqtt import client
from tests.support.servers import free_port
from tests.support.small_disk import small_disk

GATEWAY = Credentials("gateway", "password")


@dataclass(frozen=True)
class Running:
    folder: DataFolder
    port: int
    ingest: Credentials

    async def until_let_in(self, credentials: Credentials) -> None:
        for _ in range(500):
            if not await knock(Address("127.0.0.1", self.port), credentials, timeout_s=1.0):
                return
            await asyncio.sleep(0.02)
        pytest.fail("the broker did not let us in")

    async def until_anew(self, pid: int) -> None:
        for _ in range(200):
            if self.pid != pid:
                return
            await asyncio.sleep(0.1)
        pytest.fail("the broker was not started anew")

    @property
    def pid(self) -> int:
        return int(self.folder.parts.read_text().partition('"pid":')[2].partition(",")[0])


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[Running]:
    folder, port = DataFolder(data), free_port()
    folder.create()
    secrets = secrets_at(folder.secrets)
    SourceFile(folder.broker).put(new_source("gateway", ("city/#",), password="password"))
    broker = EmbeddedBroker(BrokerSettings(port=port), folder, secrets)
    supervisor = Supervisor([broker.part()], state=folder.parts, clock=SystemClock())
    ready, stop = asyncio.Event(), asyncio.Event()

    async def tell() -> None:
        ready.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run(ready=tell, stop=stop))
        follower = group.create_task(broker.follow_sources(lambda: supervisor.signal("broker", signal.SIGHUP)))
        guardian = group.create_task(broker.follow_store(lambda: supervisor.signal("broker", signal.SIGTERM)))
        await ready.wait()
        yield Running(folder, port, Credentials(INGEST_USER, secrets.ingest_password.get_secret_value()))
        follower.cancel()
        guardian.cancel()
        stop.set()


async def test_broker_that_was_killed_comes_back_with_what_it_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        with client(broker.port, broker.ingest, client_id="ingest", clean=False) as ingest:
            assert ingest.subscribe("city/#")
        with client(broker.port, GATEWAY) as gateway:
            for number in range(100):
                gateway.publish(f"city/traffic/{number}/reading", b"%d" % number)

        os.kill(broker.pid, signal.SIGKILL)
        await broker.until_let_in(broker.ingest)
        with client(broker.port, broker.ingest, client_id="ingest", clean=False) as ingest:
            ingest.wait_for("city/traffic/99/reading")

    assert {int(payload) for _, payload in ingest.came} == set(range(100))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 2 * ROOM_BYTES) as folder:
        yield folder


def fill(file: Path) -> None:
    with suppress(OSError), file.open("ab", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))


@pytest.mark.timeout(60)
async def test_broker_whose_full_disk_has_room_again_stores_again(disk: Path) -> None:
    async with running(disk / "data") as broker:
        log, before = broker.folder.broker / "nats.log", broker.pid
        with client(broker.port, broker.ingest, client_id="ingest", clean=False) as ingest:
            assert ingest.subscribe("city/#")
        fill(disk / "ballast")
        with client(broker.port, GATEWAY) as gateway:
            gateway.paho.publish("city/traffic/large/reading", bytes(100_000), qos=1)
            await asyncio.to_thread(gateway.wait_until, lambda: "Critical write error" in log.read_text())

        (disk / "ballast").unlink()
        await broker.until_anew(before)
        await broker.until_let_in(GATEWAY)
        with client(broker.port, GATEWAY) as gateway:
            gateway.publish("city/traffic/after/reading", b"1")
        with client(broker.port, broker.ingest, client_id="ingest", clean=False) as ingest:
            ingest.wait_for("city/traffic/after/reading")


async def test_source_added_while_running_is_let_in_and_disturbs_nobody(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        with client(broker.port, broker.ingest) as ingest:
            assert ingest.subscribe("#")
            pid = broker.pid

            SourceFile(broker.folder.broker).put(new_source("late", ("late/#",), password="late-password"))
            await broker.until_let_in(Credentials("late", "late-password"))
            with client(broker.port, Credentials("late", "late-password")) as late:
                late.publish("late/reading")
            ingest.wait_for("late/reading")

            assert ingest.paho.is_connected()
            assert broker.pid == pid


async def test_source_removed_while_running_is_let_go_and_not_let_in_again(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        with client(broker.port, broker.ingest) as ingest, client(broker.port, GATEWAY) as gateway:
            SourceFile(broker.folder.broker).remove("gateway")
            await asyncio.to_thread(gateway.wait_until, lambda: not gateway.paho.is_connected())

            refusal = await knock(Address("127.0.0.1", broker.port), GATEWAY, timeout_s=1.0)
            assert (refusal != "", ingest.paho.is_connected()) == (True, True)


async def test_damaged_file_of_sources_leaves_the_broker_as_it_is(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        (broker.folder.broker / "sources.json").write_text("{")
        await asyncio.sleep(1.2)

        await broker.until_let_in(GATEWAY)


async def test_source_that_a_full_disk_kept_out_is_let_in_when_there_is_room(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        configuration = broker.folder.broker / "nats.conf"
        configuration.rename(tmp_path / "kept")
        configuration.mkdir()  # what cannot be written, whatever the disk
        SourceFile(broker.folder.broker).put(new_source("late", ("late/#",), password="late-password"))
        await asyncio.sleep(2.2)
        configuration.rmdir()

        await broker.until_let_in(Credentials("late", "late-password"))


def visible(broker: Running) -> str:
    """Return what others may come to see: the command line, the configuration, the log."""
    paths = [Path(f"/proc/{broker.pid}/cmdline"), *broker.folder.broker.glob("nats*")]
    return "".join(path.read_text(errors="replace") for path in paths)


async def test_no_password_stands_in_files_or_command_line(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as broker:
        secrets = {secret.get_secret_value() for _, secret in secrets_at(broker.folder.secrets)}
        seen = visible(broker)

    assert "nats.conf" in seen
    assert not [secret for secret in secrets if secret in seen]
