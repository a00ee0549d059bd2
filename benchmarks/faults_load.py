"""The sensors' side of `benchmarks.soak_faults`: numbered readings and events, a stranger, poison, twins."""

import threading
import time
from collections import defaultdict
from contextlib import suppress
from random import Random

import orjson
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.faults_town import HOT, LAST, PLAIN, SEER, TWIN, Town
from city.clock import MILLISECOND_NS, SystemClock, iso
from tests.support.publisher import Publisher
from tests.support.servers import HOST

#: What a reading is known by: its sensor, and its time in milliseconds.
Key = tuple[str, int]

LOW_CM, HIGH_CM = 10.0, 60.0
#: Seconds between two rounds of all sensors; for which a hot sensor is high, and then not; between poison, and twins.
_ROUND_S, _HIGH_S, _CALM_S, _POISON_S, _TWIN_S = 0.1, 5.0, 7.0, 0.3, 0.5
#: Parts of the rounds in which a plain sensor speaks, and an event is seen.
_SPEAKS, _SEES = 0.5, 0.3
#: What tells a reading from all others: so much for each, in cm.
_STEP_CM = 1e-5
_CLOCK = SystemClock()


class Voice:
    """One connection that comes back by itself, and what the broker acknowledged to it."""

    def __init__(self, town: Town, name: str) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._client.max_inflight_messages_set(200)
        self._client.max_queued_messages_set(0)
        self._client.reconnect_delay_set(1, 1)
        if town.password:
            self._client.username_pw_set("field", town.password)
        self._client.connect_async(HOST, town.program.mqtt_port, keepalive=30)
        self._client.loop_start()
        self.source = Publisher(self._client)

    def close(self) -> None:
        """End the connection; what is not acknowledged by now is nobody's promise."""
        with suppress(OSError, ValueError):
            self._client.disconnect()
            self._client.loop_stop()


class Load:
    """All that is published; some hundred messages a second while it is not paused."""

    def __init__(self, town: Town, random: Random) -> None:
        self._town, self._random = town, random
        #: By sensor: time in milliseconds to value.
        self.sent: dict[str, dict[int, float]] = defaultdict(dict)
        self._last_ms: dict[str, int] = defaultdict(int)
        self.poison_sent = self.events_sent = 0
        #: A sensor that nobody registered; empty for none.
        self.stranger = ""
        self._number, self._lock = 0, threading.Lock()
        self._plain, self._hot, self._other, self._poison, self._seer = (
            Voice(town, f"storm-{name}") for name in ("plain", "hot", "other", "poison", "seer")
        )
        self._twins: list[Voice] = []
        self._going, self._end = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"faults.{work.__name__}", daemon=True)
            for work in (self._rounds, self._poisoned, self._twinned)
        ]

    def start(self) -> None:
        """Begin, paused."""
        for thread in self._threads:
            thread.start()

    def go(self) -> None:
        """Publish until `pause`."""
        self._going.set()

    def pause(self) -> None:
        """Publish nothing more for now."""
        self._going.clear()

    def stop(self) -> None:
        """End all connections."""
        self._end.set()
        self._going.set()
        for thread in self._threads:
            thread.join()
        for voice in (*self._voices, self._poison, self._seer, *self._twins):
            voice.close()

    @property
    def acknowledged(self) -> set[Key]:
        """Return the readings that the broker acknowledged."""
        keys = [
            key.partition(" ") for voice in (*self._voices, *self._twins) for key in voice.source.acknowledged.copy()
        ]
        return {(sensor, int(at)) for sensor, _, at in keys}

    @property
    def poison_acknowledged(self) -> int:
        """Return how many poisonous messages the broker acknowledged."""
        return len(self._poison.source.acknowledged)

    @property
    def events_acknowledged(self) -> set[int]:
        """Return the numbers of the events that the broker acknowledged."""
        return {int(key) for key in self._seer.source.acknowledged.copy()}

    @property
    def open(self) -> int:
        """Return how many messages wait for the broker, those of twins apart: one of two is cut off again and again."""
        return sum(voice.source.open for voice in (*self._voices, self._poison, self._seer))

    @property
    def _voices(self) -> tuple[Voice, ...]:
        return self._plain, self._hot, self._other

    def say(self, sensor: str) -> Key:
        """Publish one more reading of a sensor."""
        return self._send(self._other, sensor, LOW_CM)

    def last(self) -> Key:
        """Publish the reading that shows that messages flow again."""
        return self.say(LAST)

    def _send(self, voice: Voice, sensor: str, level_cm: float) -> Key:
        with self._lock:
            self._number += 1
            value = round(level_cm + self._number % 100_000 * _STEP_CM, 5)
            at = max(_CLOCK.now_ns() // MILLISECOND_NS, self._last_ms[sensor] + 1)
            self.sent[sensor][at], self._last_ms[sensor] = value, at
        body = orjson.dumps({"time": iso(at * MILLISECOND_NS), "values": {"water_level": value}})
        voice.source.send(f"city/environment/{sensor}/reading", body, key=f"{sensor} {at}")
        return sensor, at

    def _rounds(self) -> None:
        while not self._end.is_set():
            self._going.wait()
            began_s = time.monotonic()
            for sensor in PLAIN:
                if self._random.random() < _SPEAKS:
                    self._send(self._plain, sensor, LOW_CM)
            for place, sensor in enumerate(HOT):
                into_s = (began_s + place * (_HIGH_S + _CALM_S) / len(HOT)) % (_HIGH_S + _CALM_S)
                self._send(self._hot, sensor, HIGH_CM if into_s < _HIGH_S else LOW_CM)
            if self.stranger:
                self.say(self.stranger)
            if self._random.random() < _SEES:
                self._see()
            time.sleep(max(0.0, began_s + _ROUND_S - time.monotonic()))

    def _see(self) -> None:
        self.events_sent += 1
        body = orjson.dumps({"time": iso(_CLOCK.now_ns()), "event": "seen", "number": self.events_sent})
        self._seer.source.send(f"city/environment/{SEER}/event", body, key=str(self.events_sent))

    def _poisoned(self) -> None:
        """Send what nobody understands, no two alike, each in another way."""
        long = b'{"values":{"water_level":"' + b"9" * 20_000 + b'"},"n":%d}'
        bodies = [b"not json %d", b"\xff\xfe\x00%d", b"[" * 5000 + b"%d", b'{"values":null,"n":%d}', long]
        while not self._end.wait(_POISON_S):
            self._going.wait()
            self.poison_sent += 1
            body = bodies[self.poison_sent % len(bodies)] % self.poison_sent
            self._poison.source.send("city/environment/poison/reading", body, key=str(self.poison_sent))

    def _twinned(self) -> None:
        """Let two clients with one id take each other's place again and again."""
        while not self._end.wait(_TWIN_S):
            self._going.wait()
            self._twins.append(Voice(self._town, "storm-twin"))
            for _ in range(3):
                self._send(self._twins[-1], TWIN, LOW_CM)
                time.sleep(_ROUND_S / 2)
            time.sleep(_TWIN_S)
            if len(self._twins) > 1:
                self._twins[-2].close()
