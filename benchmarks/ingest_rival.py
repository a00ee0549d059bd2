"""One consumer made of the same packages, without this pipeline: `LIBRARY MQTT_PORT INFLUX_URL COUNT`.

It decodes each message and hands its three values to influxdb-client's batching API, as that client's documentation
shows; prints `ready`, and after COUNT messages what it spent.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from threading import Event

import aiomqtt  # type: ignore[import-not-found, unused-ignore]  # installed into build/ by who measures
import psutil
from influxdb_client import InfluxDBClient, Point, WriteApi, WriteOptions
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

_FILTER, _BATCH = "city/+/+/reading", 5_000


class Taker:
    """Takes messages until it has enough of them."""

    def __init__(self, writer: WriteApi, count: int) -> None:
        self._writer, self._left = writer, count
        self.done = Event()

    def take(self, topic: str, payload: bytes) -> None:
        """Decode a message and write its values."""
        body = json.loads(payload)
        point = Point("reading").tag("sensor", topic.split("/")[2]).time(body["time"])
        for quantity, value in body["values"].items():
            point.field(quantity, value)
        self._writer.write("bench", "bench", point)
        self._left -= 1
        if not self._left:
            self.done.set()


def _with_paho(port: int, taker: Taker, ready: Callable[[], None]) -> None:
    client = Client(CallbackAPIVersion.VERSION2, client_id="rival", clean_session=True)
    client.on_subscribe = lambda *_: ready()
    client.on_message = lambda _client, _data, message: taker.take(message.topic, bytes(message.payload))
    client.connect("127.0.0.1", port)
    client.subscribe(_FILTER, qos=1)
    client.loop_start()
    taker.done.wait()
    client.loop_stop()


async def _with_aiomqtt(port: int, taker: Taker, ready: Callable[[], None]) -> None:
    async with aiomqtt.Client("127.0.0.1", port, identifier="rival") as client:
        await client.subscribe(_FILTER, qos=1)
        ready()
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            taker.take(str(message.topic), message.payload)
            if taker.done.is_set():
                return


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Consume."""
    library, port, influx, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with (
        InfluxDBClient(influx, token="bench", org="bench", enable_gzip=True) as client,
        client.write_api(WriteOptions(batch_size=_BATCH, flush_interval=1_000)) as writer,
    ):
        taker = Taker(writer, count)
        if library == "paho":
            _with_paho(port, taker, lambda: _say("ready"))
        else:
            asyncio.run(_with_aiomqtt(port, taker, lambda: _say("ready")))
    own = psutil.Process()
    rss_mb = own.memory_info().rss / 1e6
    _say(json.dumps({"ended": time.monotonic(), "cpu_s": sum(own.cpu_times()[:2]), "rss_mb": rss_mb}))


if __name__ == "__main__":
    main()
