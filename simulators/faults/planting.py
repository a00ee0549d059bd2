"""Plants faults into weeks of a city: at any time and place, but no two in the same place at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from simulators.faults.fault import Fault
from simulators.faults.kind import FaultKind
from simulators.faults.scene import Scene
from simulators.fleet import SimulatedSensor
from simulators.local import Local

#: Between two faults of one place lies so much time, so that each is found or missed by itself.
_APART_S = 2 * 3_600
#: Nothing is planted in the first hour, while windows and holds begin, and nothing that reaches into the last.
_EDGE_S = 3_600
_MONTH_DAYS = 30
#: Times and places that are tried for one fault; a city that has none left gets fewer.
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Span:
    """Weeks of a city: a beginning in seconds since 1970, and a length in days."""

    start_s: int
    days: float

    @property
    def end_s(self) -> int:
        """Return the end."""
        return self.start_s + round(self.days * 86_400)


def planted(fleet: Sequence[SimulatedSensor], span: Span, kinds: Iterable[FaultKind], *, seed: int = 1) -> list[Fault]:
    """Return faults of each kind, as many as fall into the span, in order of time; the same seed plants the same."""
    taken: dict[str, list[tuple[int, int]]] = {}
    ordered = sorted(kinds, key=lambda kind: (not kind.wide, kind.learns_s == 0, kind.name))  # least choice first
    found = [fault for kind in ordered for fault in _of_kind(fleet, span, kind, taken, seed)]
    return sorted(found, key=lambda fault: (fault.start_s, fault.kind))


def _of_kind(
    fleet: Sequence[SimulatedSensor], span: Span, kind: FaultKind, taken: dict[str, list[tuple[int, int]]], seed: int
) -> list[Fault]:
    random = np.random.default_rng((seed, crc32(kind.name.encode())))
    first_s, last_s = span.start_s + max(_EDGE_S, kind.learns_s), span.end_s - _EDGE_S
    share = (last_s - first_s) / (_MONTH_DAYS * 86_400)
    count, found = max(1, round(kind.a_month * share)) if share > 0 else 0, list[Fault]()
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        start_s = int(random.integers(first_s, last_s))
        if not kind.hours(Local(), start_s):
            continue
        fault = kind.make(Scene(fleet, Local(), start_s, random))
        places = concerned(fault, fleet)
        if fault.end_s <= last_s and _free(fault, places, taken):
            found.append(fault)
            for place in places:
                taken.setdefault(place, []).append((fault.start_s, fault.end_s))
    return found


def concerned(fault: Fault, fleet: Iterable[SimulatedSensor]) -> frozenset[str]:
    """Return the sensors that a fault touches and the places that it is about; with a place all sensors in it."""
    around = fault.around
    inside = {one.id for one in fleet if around & {one.site, one.upstream, one.district} - {""}} if around else set()
    return frozenset(fault.touches | around | inside)


def _free(fault: Fault, places: frozenset[str], taken: Mapping[str, list[tuple[int, int]]]) -> bool:
    return all(
        fault.end_s + _APART_S <= start_s or fault.start_s >= end_s + _APART_S
        for place in places
        for start_s, end_s in taken.get(place, ())
    )
