"""A device's last will becomes its sensor's state, on both kinds of broker, also when it is told anew later."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from city.catalogue import default_catalogue
from city.census import Census
from city.clock import SystemClock
from city.entry import NumberedSensor
from city.level import Domain
from city.sensor import Sensor
from ingest.config import IngestSettings, JournalSettings, NormaliseSettings
from ingest.identity import Identity
from ingest.normalise import Normaliser
from ingest.routes import NATIVE_FILTERS, Routes
from ingest.service import IngestService, Parts
from liandong.sensor_states import SensorStates
from rules.states import AlarmStates
from tests.support.brokers import KINDS, City, running
from tests.support.ingesting import MemoryHistory, RecordingJudge

SENSOR, STATUS = "cam-1", "city/video/cam-1/status"


@pytest.fixture(params=KINDS)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[City]:
    with running(request.param, tmp_path / "broker") as city:
        yield city


@asynccontextmanager
async def ingesting(city: City, folder: Path) -> AsyncIterator[SensorStates]:
    with closing(Identity(folder / "identity.sqlite")) as identity:
        states = SensorStates(AlarmStates(), identity, folder / "offline.json")
        states.register(Census.of([NumberedSensor(1, Sensor(SENSOR, SENSOR, Domain.VIDEO, "camera"))]))
        normaliser = Normaliser(Routes.parse(""), default_catalogue(), identity, NormaliseSettings())
        parts = Parts(identity, normaliser, RecordingJudge(), MemoryHistory(), SystemClock(), followers=(states,))
        settings = IngestSettings(mqtt=city.settings, journal=JournalSettings(min_free_bytes=0))
        with closing(IngestService(folder, settings, parts, filters=NATIVE_FILTERS)) as service:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(service.run(), name="service")
                await until(lambda: service.brokers.connected)
                yield states
                task.cancel()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.01)


async def until_state(states: SensorStates, state: str) -> None:
    await until(lambda: states.states()[SENSOR] == state)


class Device:
    """A camera that leaves word of itself with the broker."""

    def __init__(self, city: City) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="cam-1", clean_session=True)
        self._client.username_pw_set(city.field.username, city.field.password)
        self._client.will_set(STATUS, b"offline", qos=1, retain=True)
        self._client.connect("127.0.0.1", city.server.port)
        self._client.loop_start()

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)

    def die(self) -> None:
        """End as a device without power does: nobody says goodbye."""
        link = self._client.socket()
        self._client.loop_stop()
        assert isinstance(link, socket.socket)
        link.shutdown(socket.SHUT_RDWR)


async def test_last_will_is_the_sensors_state_until_it_is_heard_again(city: City, tmp_path: Path) -> None:
    async with ingesting(city, tmp_path) as states:
        device = await asyncio.to_thread(Device, city)
        await asyncio.to_thread(device.say, STATUS, b"online", retain=True)
        await asyncio.to_thread(device.say, "city/video/cam-1/reading", b'{"values": {"temperature": 20}}')
        await until_state(states, "normal")
        device.die()
        await until_state(states, "offline")

    (tmp_path / "offline.json").unlink()
    shutil.rmtree(tmp_path / "journal")
    async with ingesting(city, tmp_path) as states:
        await until_state(states, "offline")  # the broker has retained the will
        device = await asyncio.to_thread(Device, city)
        measured = f'{{"time": "{datetime.now(UTC).isoformat()}", "values": {{"temperature": 21}}}}'
        await asyncio.to_thread(device.say, "city/video/cam-1/reading", measured.encode())
        await until_state(states, "normal")  # although it never said to be online again
        device.die()
