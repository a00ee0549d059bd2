"""The messages of the ingest benchmark, encoded before anything is measured, and what each of them says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Values in a message, whose JSON has 120 bytes.
VALUES = 3
#: A message whose temperature fires the city's first rule (above 50 °C, at once).
_HOT_CELSIUS = 80
_TOPIC = b"city/environment/bench-000000/reading"
_PAYLOAD = (
    b'{"time":"2026-11-20T08:00:00.000Z","seq":1,'
    b'"values":{"temperature":20.00,"humidity":40.0,"atmospheric_pressure":1000.0}}'
)
_BODY = len(_TOPIC).to_bytes(2, "big") + _TOPIC + b"\x00\x00" + _PAYLOAD
#: One PUBLISH of QoS 1; its remaining length takes two bytes (MQTT 3.1.1 §2.2.3).
PACKET = bytes([0x32, len(_BODY) & 0x7F | 0x80, len(_BODY) >> 7]) + _BODY

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """Messages `first` to `first + count`, of `sensors` sensors in turn, with the times of `per_s` a second.

    Of every `alarm_every` messages one is hot, each from another sensor; 0 for none.
    """

    first: int
    count: int
    sensors: int
    start_ms: int
    per_s: int
    alarm_every: int = 0
    first_sensor: int = 1

    @property
    def numbers(self) -> Ints:
        """Return the numbers of the messages."""
        return np.arange(self.first, self.first + self.count)

    def sensor(self, number: Ints) -> Ints:
        """Return the sensors' numbers, from `first_sensor` up."""
        return self.first_sensor + number % self.sensors

    def time_ms(self, number: Ints) -> Ints:
        """Return the times that the messages tell."""
        return self.start_ms + (number - self.first) * 1000 // self.per_s

    def values(self, number: Ints) -> tuple[Floats, Floats, Floats]:
        """Return temperature, humidity and pressure."""
        temperature = 20 + number % 977 / 100
        temperature[self.hot(number)] = _HOT_CELSIUS
        return temperature, 40 + number % 97 / 10, 1000 + number % 499 / 10

    def hot(self, number: Ints) -> NDArray[np.bool_]:
        """Return which messages fire an alarm: a step that is prime to a round number of sensors, so it meets each."""
        step = self.alarm_every + 1
        return (
            (number % step == step - 1) & (number > self.first) if self.alarm_every else np.zeros(len(number), np.bool_)
        )

    def packets(self, begin: int = 0, end: int | None = None) -> Bytes:
        """Return the packets, or those from `begin` to `end`, one a row, each with the id after the one before."""
        number = self.numbers[begin:end]
        rows = np.tile(np.frombuffer(PACKET, np.uint8), (len(number), 1))
        temperature, humidity, pressure = self.values(number)
        _put(rows, b"bench-", self.sensor(number), 6)
        _put_time(rows, self.time_ms(number))
        _put_decimal(rows, b'"temperature":', temperature, 2, 2)
        _put_decimal(rows, b'"humidity":', humidity, 2, 1)
        _put_decimal(rows, b'"atmospheric_pressure":', pressure, 4, 1)
        packet_id = (number % 0xFFFF + 1).astype(">u2")
        at = PACKET.index(b"\x00\x00", 4 + len(_TOPIC))
        rows[:, at : at + 2] = packet_id.view(np.uint8).reshape(-1, 2)
        return rows


def _put(rows: Bytes, behind: bytes, number: Ints, digits: int) -> None:
    at = PACKET.index(behind) + len(behind)
    for place in range(digits):
        rows[:, at + place] = ord("0") + number // 10 ** (digits - 1 - place) % 10


def _put_decimal(rows: Bytes, behind: bytes, value: Floats, whole: int, decimals: int) -> None:
    scaled = np.rint(value * 10**decimals).astype(np.int64)
    _put(rows, behind, scaled // 10**decimals, whole)
    at = PACKET.index(behind) + len(behind) + whole + 1
    for place in range(decimals):
        rows[:, at + place] = ord("0") + scaled // 10 ** (decimals - 1 - place) % 10


def _put_time(rows: Bytes, time_ms: Ints) -> None:
    text = np.datetime_as_string(time_ms.astype("datetime64[ms]"), unit="ms").astype("S23")
    at = PACKET.index(b"2026")
    rows[:, at : at + 23] = text.view(np.uint8).reshape(-1, 23)
