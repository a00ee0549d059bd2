"""A kind of fault: how one of it is made, how often, and at which times it may begin."""

from collections.abc import Callable
from dataclasses import dataclass

from simulators.faults.fault import Fault
from simulators.faults.scene import Scene
from simulators.local import Local

#: (the city's clock, seconds since 1970) -> whether a fault may begin then.
Hours = Callable[[Local, int], bool]


def any_time(_local: Local, _at_s: int) -> bool:
    """Allow every time."""
    return True


def evening(local: Local, at_s: int) -> bool:
    """Allow times after which everybody stays at home for at least two hours."""
    return not any(local.is_working_time(at_s + hour * 3600) for hour in range(3))


def daytime(local: Local, at_s: int) -> bool:
    """Allow times from seven in the morning to six in the evening."""
    return 7 <= local.hour(at_s) < 18


def by_day(local: Local, at_s: int) -> bool:
    """Allow times after which it stays day (GB 3096: six to ten) for two hours."""
    return 6.5 <= local.hour(at_s) < 20


def by_night(local: Local, at_s: int) -> bool:
    """Allow times after which it stays night for two hours."""
    return local.hour(at_s) >= 22.2 or local.hour(at_s) < 4


def by_day_or_night(local: Local, at_s: int) -> bool:
    """Allow times after which neither day nor night ends for two hours."""
    return by_day(local, at_s) or by_night(local, at_s)


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        make: makes one at the time and place of a scene.
        a_month: how many are planted in 30 days.
        learns_s: rules that find it learn for so long before they judge.
        wide: it concerns a whole room or district, and is given its place before those that concern one sensor.
    """

    name: str
    make: Callable[[Scene], Fault]
    a_month: int = 20
    hours: Hours = any_time
    learns_s: int = 0
    wide: bool = False
