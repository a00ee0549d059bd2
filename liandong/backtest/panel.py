"""Several engines as one judge: each with its rules, and what they find with its place in the order of all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from city.alarm import AlarmTransition
from city.entry import Arrivals, Journaled
from rules.engine import Engine
from rules.leaping import Moment

#: The books that some rules belong to, by their number: 0 for the proposed one, 1 for the one in force.
Sides = tuple[int, ...]


class Placed(NamedTuple):
    """A change of an alarm: of which books, in which leap, and where in it."""

    leap: int
    moment: Moment
    sides: Sides
    transition: AlarmTransition


class Panel:
    """Judges by engines that know nothing of one another; each has the rules of some books."""

    def __init__(self, engines: Sequence[tuple[Engine, Sides]]) -> None:
        self._engines, self._leaps = engines, 0

    def apply(self, item: Journaled) -> object:
        """Tell all of a connection; it changes no alarm."""
        return [engine.apply(item) for engine, _ in self._engines]

    def leap(self, arrivals: Arrivals, upto_ns: int) -> list[Placed]:
        """Judge what arrived since the last tick, with a tick every second up to `upto_ns`."""
        self._leaps += 1
        return [
            Placed(self._leaps, moment, sides, transition)
            for engine, sides in self._engines
            for moment, transition in engine.leapt(arrivals, upto_ns)
        ]


def in_order(found: Iterable[Placed], side: int, places: Mapping[str, int]) -> list[AlarmTransition]:
    """Return what one book made of it, as one engine with all of it would: `places` has its rules' place in it."""
    own = [one for one in found if side in one.sides]
    own.sort(key=lambda one: (one.leap, one.moment._replace(rule=places[one.transition.rule])))
    return [one.transition for one in own]
