"""What the processes of a back-test may take together, and how many of them there are."""

import os
import resource
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from city.census import Census
from city.clock import SECOND_NS
from liandong.backtest.belt import BELT_BYTES

#: A desk's back-test yields to the city's work (nice(1)), and ends where it would take more memory than this, bytes.
NICENESS, MEMORY_BYTES = 10, 2 * 1024**3

#: Of that, what the process keeps that reads and admits, when others judge: 0.9 GB were asked for over a month that
#: DuckDB gave, with the 512 MB that it may use.
_OWN_BYTES = 1024**3

#: Processes that judge, at most: each looks at all that comes.
_MOST = 4

#: What one needs that judges: 0.12 GB were asked for with a thousand sensors; a baseline takes 5 kB, of its own and of
#: its neighbours.
_HAND_BYTES, _SENSOR_BYTES = 160 * 1024**2, 10_000

#: With fewer readings a second process is not worth its start, about a second of processor time: a million readings.
_WORTH = 2_000_000

#: A sensor that promises nothing is taken to speak so often, seconds.
_USUAL_S = 60.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a process may take: so many bytes of memory (None: any), at such a priority (nice(1))."""

    memory_bytes: int | None = None
    niceness: int = 0


@dataclass(frozen=True, slots=True)
class Hands:
    """How many processes judge, at most, and what each may take; one judges in the process that reads."""

    most: int = 1
    bounds: Bounds = Bounds()


#: Everything in the process that reads.
ALONE = Hands()


def hands_for(census: Census, span_ns: int, *, bounded: bool) -> Hands:
    """Return how many judge what these sensors say in a span; `bounded` as a desk's back-test is."""
    interval_s = census.numbers["interval_s"]
    said = float(np.sum(span_ns / SECOND_NS / np.where(interval_s > 0, interval_s, _USUAL_S)))
    most = min(_MOST, len(os.sched_getaffinity(0))) if said > _WORTH else 1
    if not bounded:
        return Hands(most)
    least = _HAND_BYTES + _SENSOR_BYTES * len(census)
    most = max([1, *(hands for hands in range(2, most + 1) if _share_bytes(hands) >= least)])
    return Hands(most, Bounds(_share_bytes(most) if most > 1 else MEMORY_BYTES, NICENESS))


def _share_bytes(hands: int) -> int:
    return (MEMORY_BYTES - _OWN_BYTES - BELT_BYTES) // hands


def keep_own(hands: Hands) -> None:
    """Leave the memory to those that judge for this process, where they are bounded."""
    if hands.most > 1 and hands.bounds.memory_bytes is not None:
        keep(Bounds(_OWN_BYTES, hands.bounds.niceness))


def keep(bounds: Bounds) -> None:
    """Hold this process, and those that it starts, to what it may take."""
    os.nice(max(0, bounds.niceness - os.nice(0)))
    if bounds.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (bounds.memory_bytes, bounds.memory_bytes))


def hold(pid: int) -> None:
    """Hold a process to what a desk's back-test may take, unless it has bound itself closer, or has ended."""
    with suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
        if resource.prlimit(pid, resource.RLIMIT_DATA)[1] == resource.RLIM_INFINITY:
            resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
