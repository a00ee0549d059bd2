"""Several passes that are one kind: some of its rules need other machinery than the rest."""

from collections.abc import Callable, Iterator, Sequence
from typing import Self

from city.entry import Arrivals
from rules.kind import OpenAlarm, Pass, Verdict
from rules.listening import Listening
from rules.population import Population
from rules.rule import Rule
from rules.standing import Standing
from rules.table import StateTable

#: A rule with its place in the book.
Placed = tuple[int, Rule]

#: Which rules a part judges, and how it is made for them.
Part = tuple[Callable[[Rule], bool], Callable[[Sequence[Placed], Population], Pass]]


class Together:
    """Judges by each of its parts; a rule that changed its part starts anew."""

    def __init__(self, parts: Sequence[Pass]) -> None:
        self.parts = parts

    @classmethod
    def compiled(cls, parts: Sequence[Part], rules: Sequence[Placed], population: Population) -> Self:
        """Return the parts, each with its rules."""
        return cls([make([placed for placed in rules if own(placed[1])], population) for own, make in parts])

    @property
    def tables(self) -> Sequence[StateTable]:
        """Return the tables that hold all its state."""
        return [table for part in self.parts for table in part.tables]

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge what came."""
        return [verdict for part in self.parts for verdict in part.arrivals(arrivals, listening)]

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge what did not come."""
        return [verdict for part in self.parts for verdict in part.tick(time_ns, listening)]

    def begin(self, listening: Listening) -> None:
        """Start the timers that start with a context."""
        for part in self.parts:
            part.begin(listening)

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        pairs = zip(self.parts, old.parts, strict=True)
        return [verdict for part, before in pairs for verdict in part.adopt(before, time_ns)]

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        for part in self.parts:
            part.refresh()

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        for part in self.parts:
            yield from part.matched()

    def open_alarms(self) -> Iterator[OpenAlarm]:
        """Yield what stands open."""
        for part in self.parts:
            yield from part.open_alarms()

    def watch(self) -> None:
        """Keep from now on what each target is judged by."""
        for part in self.parts:
            part.watch()

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return the series by which the targets of a rule are judged that a sensor is part of."""
        return [one for part in self.parts for one in part.reads(rule, sensor)]

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how the targets of a rule stand that a sensor is or has part in."""
        return [one for part in self.parts for one in part.standing(rule, sensor, now_ns, listening)]
