"""A simulated city over weeks, an hour at a time: what every sensor says, and how it comes, in columns.

Every hour can be made by itself, and what a sensor says does not depend on which others are made with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulators.faults.fault import Fault, Values
from simulators.fleet import SimulatedSensor
from simulators.local import Local
from simulators.rhythm import Moment, Rhythm, rhythm_of
from simulators.wander import Wandering, wander_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HOUR_S, SECOND_NS = 3_600, 1_000_000_000

#: Part of the messages that never come: by radio (LoRaWAN without confirmation), by wire in a machine room, by others.
_LOST = {"road_level": 0.01, "drain_level": 0.01}
_LOST_IN_ROOMS, _LOST_ELSEWHERE = 0.0002, 0.002

#: On the way a message takes a tenth of a second and more; of a thousand some wait for up to one and a half intervals,
#: at most half a minute, so that the next one overtakes them, and some come twice.
_WAY_NS, _WAITING, _WAIT_INTERVALS, _LONGEST_WAIT_S, _TWICE, _AGAIN_S = 100_000_000, 0.002, 1.5, 30.0, 0.001, 20.0

#: Decimals that a sensor of a quantity tells; 3 where nothing is said.
_DECIMALS = {
    "temperature": 1, "humidity": 1, "supply_air_temperature": 1, "outlet_temperature": 1, "water_level": 1, "speed": 1,
    "flow": 0, "occupancy": 1, "pm25": 0, "pm10": 0, "so2": 0, "no2": 0, "co": 2, "o3": 0, "noise_laeq": 1, "load": 1,
    "battery_level": 0, "input_voltage": 1, "battery_runtime": 1, "power": 0, "video_fps": 1, "rain_intensity": 1,
    "atmospheric_pressure": 1, "wind_speed": 1, "wind_direction": 0,
}  # fmt: skip


#: Sensor, quantity, time and arrival in nanoseconds, value.
Columns = tuple[Ints, Ints, Ints, Ints, Values]


@dataclass(frozen=True, slots=True)
class Block:
    """Readings of one hour in the order in which they arrive; `sensor` and `quantity` are places in fleet and list.

    Attributes:
        disturbed: of each sensor of the fleet, whether anything of it came twice or out of turn.
    """

    sensor: Ints
    quantity: Ints
    time_ns: Ints
    arrival_ns: Ints
    value: Values
    disturbed: Bools


@dataclass(slots=True)
class _Choir:
    """Sensors that tell the same quantities in the same rhythm."""

    name: str
    interval_s: int
    lost: float
    members: Ints
    phase: Ints
    trait: Values
    parts: list[tuple[int, str, Rhythm, Wandering]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a choir says in an hour, messages x members."""

    time_s: Ints
    arrival_ns: Ints
    present: Bools


class Months:
    """Some sensors of a city from `start_s`, a full hour, for some days, with faults."""

    def __init__(
        self, fleet: Sequence[SimulatedSensor], start_s: int, days: float, faults: Sequence[Fault] = (), seed: int = 1
    ) -> None:
        self.fleet, self.start_s, self.hours = fleet, start_s, round(days * 24)
        self.quantities = tuple(sorted({name for sensor in fleet for name in sensor.quantities}))
        self._seed, self._local = seed, Local()
        self._choirs = self._grouped()
        self._place = {
            fleet[member].id: (choir.name, column)
            for choir in self._choirs
            for column, member in enumerate(choir.members.tolist())
        }
        # A sensor that stands still does so in any weather: what is harmless comes first.
        self._faults = sorted(faults, key=lambda fault: (fault.label is not None, fault.start_s))

    def hour(self, number: int) -> Block:
        """Return what arrives in an hour."""
        start_s = self.start_s + number * HOUR_S
        active = [one for one in self._faults if one.start_s < start_s + HOUR_S and one.end_s > start_s]
        disturbed = np.zeros(len(self.fleet), dtype=np.bool_)
        columns = [self._sung(choir, number, active, disturbed) for choir in self._choirs]
        sensor, quantity, time_ns, arrival_ns, value = _joined(columns)
        order = np.argsort(arrival_ns, kind="stable")
        return Block(
            sensor[order], quantity[order], time_ns[order], arrival_ns[order], value[order], disturbed=disturbed
        )

    def _grouped(self) -> list[_Choir]:
        members: dict[tuple[str, tuple[str, ...], int, tuple[str, ...]], list[int]] = {}
        for place, sensor in enumerate(self.fleet):
            key = sensor.kind, tuple(sorted(sensor.tags)), sensor.interval_s, sensor.quantities
            members.setdefault(key, []).append(place)
        return [self._choir(np.array(places)) for places in members.values()]

    def _choir(self, members: Ints) -> _Choir:
        some = [self.fleet[place] for place in members.tolist()]
        first = some[0]
        elsewhere = _LOST_IN_ROOMS if first.domain == "machine_room" else _LOST_ELSEWHERE
        lost, trait = _LOST.get(first.kind, elsewhere), np.array([sensor.trait for sensor in some])
        name = "/".join((first.kind, *sorted(first.tags), str(first.interval_s)))
        phase = np.array([int(sensor.trait * 7919) for sensor in some], dtype=np.int64) % first.interval_s
        choir = _Choir(name, first.interval_s, lost, members, phase, trait)
        for quantity in first.quantities:
            rhythm = rhythm_of(first.kind, quantity, first.tags)
            if rhythm is not None:
                number = self.quantities.index(quantity)
                wandering = self._wandering(first.kind, quantity, choir)
                choir.parts.append((number, quantity, rhythm, wandering))
        return choir

    def _wandering(self, kind: str, quantity: str, choir: _Choir) -> Wandering:
        together, alone = crc32(quantity.encode()), crc32(f"{choir.name}/{quantity}".encode())
        seeds = (self._seed, alone)
        wander = wander_of(kind, quantity)
        return Wandering(wander, len(choir.members), self.hours, city=self._seed + together, own=seeds)

    def _sung(self, choir: _Choir, number: int, active: Sequence[Fault], disturbed: Bools) -> Columns:
        random = np.random.default_rng((self._seed, crc32(choir.name.encode()), number))
        said = self._said(choir, number, random)
        for fault in active:
            for sensor in fault.gone:
                self._silence(choir, said, fault, sensor)
        again = said.present & (random.random(said.present.shape) < _TWICE)
        again_ns = np.minimum(
            said.arrival_ns + (random.random(said.present.shape) * _AGAIN_S * SECOND_NS).astype(np.int64),
            (self.start_s + (number + 1) * HOUR_S) * SECOND_NS - 1,
        )
        waited = said.arrival_ns - said.time_s * SECOND_NS >= choir.interval_s * SECOND_NS
        disturbed[choir.members[((waited & said.present) | again).any(axis=0)]] = True
        columns = [
            _columns(choir, part[0], said, (again, again_ns), self._values(choir, part, number, said, (active, random)))
            for part in choir.parts
        ]
        return _joined(columns)

    def _said(self, choir: _Choir, number: int, random: np.random.Generator) -> _Said:
        start_s, interval_s = self.start_s + number * HOUR_S, choir.interval_s
        first_s = start_s + (-(start_s + choir.phase)) % interval_s
        time_s = first_s + np.arange(HOUR_S // interval_s)[:, None] * interval_s
        shape = time_s.shape
        longest_ns = min(_WAIT_INTERVALS * interval_s, _LONGEST_WAIT_S) * SECOND_NS
        waits = np.where(random.random(shape) < _WAITING, random.random(shape) * longest_ns, 0.0)
        way_ns = (random.exponential(_WAY_NS, shape) + _WAY_NS + waits).astype(np.int64)
        arrival_ns = np.minimum(time_s * SECOND_NS + way_ns, (start_s + HOUR_S) * SECOND_NS - 1)
        return _Said(time_s, arrival_ns, random.random(shape) >= choir.lost)

    def _silence(self, choir: _Choir, said: _Said, fault: Fault, sensor: str) -> None:
        name, column = self._place.get(sensor, ("", 0))
        if name == choir.name:
            said.present[_during(fault, said.time_s[:, column]), column] = False

    def _values(
        self,
        choir: _Choir,
        part: tuple[int, str, Rhythm, Wandering],
        number: int,
        said: _Said,
        luck: tuple[Sequence[Fault], np.random.Generator],
    ) -> Values:
        _, quantity, rhythm, wandering = part
        (active, random), start_s = luck, self.start_s + number * HOUR_S
        share = (np.arange(len(said.time_s)) * choir.interval_s / HOUR_S)[:, None]
        rest = float(self._local.is_rest(start_s))
        now = Moment(self._local.hour(start_s) + share, choir.trait, random.standard_normal(said.time_s.shape), rest)
        value = np.broadcast_to(rhythm(now), said.time_s.shape)
        value = np.array(wandering.bend(value, number, share))
        for fault in active:
            for (sensor, bent), bend in fault.bends.items():
                name, column = self._place.get(sensor, ("", 0))
                if bent == quantity and name == choir.name:
                    rows = _during(fault, said.time_s[:, column])
                    since_s = said.time_s[rows, column] - fault.start_s
                    value[rows, column] = bend(value[rows, column], since_s.astype(np.float64))
        rounded: Values = np.round(value, _DECIMALS.get(quantity, 3))
        return rounded


def _joined(columns: Sequence[Columns]) -> Columns:
    """Return all of them, one after the other."""
    sensor, quantity, time_ns, arrival_ns, value = zip(*columns, strict=True)
    return (
        np.concatenate(sensor), np.concatenate(quantity), np.concatenate(time_ns), np.concatenate(arrival_ns),
        np.concatenate(value),
    )  # fmt: skip


def _during(fault: Fault, time_s: Ints) -> Ints:
    return np.flatnonzero((time_s >= fault.start_s) & (time_s < fault.end_s))


def _columns(choir: _Choir, quantity: int, said: _Said, again: tuple[Bools, Ints], value: Values) -> Columns:
    """Return what came, and then what came again."""
    twice, again_ns = again
    member = np.broadcast_to(choir.members, said.time_s.shape)
    time_ns = said.time_s * SECOND_NS
    sensor = np.concatenate([member[said.present], member[twice]])
    return (
        sensor,
        np.full(len(sensor), quantity),
        np.concatenate([time_ns[said.present], time_ns[twice]]),
        np.concatenate([said.arrival_ns[said.present], again_ns[twice]]),
        np.concatenate([value[said.present], value[twice]]),
    )
