"""Traffic state of each detector, by its mean speed over some minutes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from city.clock import SECOND_NS
from city.derived import road
from ingest.derived.section import Choice, Section
from ingest.derived.surroundings import Chosen, Surroundings
from ingest.derived.told import DERIVED, OVER_TIME, Made, Told
from ingest.derived.windows import Closed, Patience, Windows

NAME = "traffic"
OUTPUTS = ("traffic_state", "traffic_index")

_INPUTS = {"speed": 0}


@dataclass(frozen=True, slots=True)
class Road:
    """What a detector's road is: its class, or its free-flow speed in km/h, which is taken where both are known."""

    road_class: str
    free_flow_kmh: float


@dataclass(frozen=True, slots=True)
class TrafficSettings:
    """How traffic is judged."""

    period_min: int
    roads: Choice[Road]


def read(section: Section) -> TrafficSettings:
    """Return what the city says of its roads."""
    section.only("enabled", "period_min", "road")
    roads = section.choice("road", ("class", "free_flow_kmh"), _road)
    return TrafficSettings(round(section.number("period_min", 5, 1, 60)), roads)


def _road(section: Section) -> Road:
    road_class = section.word("class", tuple(road.SPEEDS), "") or ""
    free_flow = section.number("free_flow_kmh", 0, 0, 250)
    if not road_class and not free_flow:
        section.wrong("", "`class` or `free_flow_kmh`", "neither")
    return Road(road_class, free_flow)


class Traffic:
    """Of each period in which a detector told a speed, the state of its road; and the index where free flow is known.

    A detector whose road nobody described has none.
    """

    def __init__(self, settings: TrafficSettings, around: Surroundings) -> None:
        self._roads, self._number = Chosen(settings.roads, around), around.number
        length_ns = settings.period_min * 60 * SECOND_NS
        # Half a period for late readings: a state that comes later helps nobody.
        patience = Patience(late_ns=length_ns // 2 if settings.period_min > 1 else 0)
        self._windows = Windows(NAME, 1, length_ns, patience, around.offset_ns())

    def item(self, series: str) -> int | None:
        """Return which input a series is."""
        return _INPUTS.get(series)

    def take(self, told: Told) -> list[Made]:
        """Return the states of periods that are over with these values."""
        return self._judged(self._windows.take(told))

    def tick(self, now_ns: int, listening_since_ns: int) -> list[Made]:
        """Return the states of detectors that fell silent."""
        closed = self._windows.tick(now_ns, listening_since_ns)
        return self._judged(closed) if closed is not None else []

    def _judged(self, closed: Closed) -> list[Made]:
        speed = closed.total[:, 0] / closed.count[:, 0]
        roads = self._roads.of(closed.sensor)
        state, index = np.full(len(closed), np.nan), np.full(len(closed), np.nan)
        for each in {one for one in roads if one is not None}:
            on = np.array([one == each for one in roads])
            if each.free_flow_kmh:
                state[on] = road.state_by_free_flow(speed[on], each.free_flow_kmh)
                index[on] = road.performance_index(speed[on], each.free_flow_kmh)
            else:
                state[on] = road.state_by_class(speed[on], each.road_class)
        when, flags = self._windows.end_ns(closed.index), closed.quality & OVER_TIME | DERIVED
        return [
            Made.of(self._number(name), closed.sensor, when, value, flags)
            for name, value in zip(OUTPUTS, (state, index), strict=True)
            if not np.isnan(value).all()
        ]

    def dump(self) -> dict[str, NDArray[Any]]:
        """Return copies of all that it remembers."""
        return self._windows.dump()

    def load(self, kept: dict[str, NDArray[Any]]) -> None:
        """Remember what `dump` returned."""
        self._windows.load(kept)
