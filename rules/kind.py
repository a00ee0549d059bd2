"""What a kind of rule brings: how its levels are read, and a pass that judges all its rules at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from city.alarm import AlarmTransition
from city.catalogue import Catalogue
from city.entry import Arrivals
from city.level import Level
from city.yaml_lines import Located
from rules.faults import Faults
from rules.listening import Listening
from rules.measure import Scale
from rules.population import Population
from rules.rule import Rule, Terms
from rules.standing import Standing
from rules.table import StateTable


def read_levels(written: Located, faults: Faults) -> list[tuple[Level, Located]]:
    """Return what stands under each level that is there, the mildest first; notes mistakes in `faults`."""
    with faults:
        fields = written.fields((), [level.word for level in Level])
        if not fields:
            raise written.wrong(expected="at least one of `notice`, `major`, `critical`", got="nothing")
        return [(level, fields[level.word]) for level in Level if level.word in fields]
    return []


class Written(NamedTuple):
    """What of a rule its kind reads: the levels, the keys of its own, and the scale of the numbers in them.

    `quantity` is the series that the rule selects, if any; `hazard` says whether it opens incidents of the city.
    """

    levels: Located
    own: Mapping[str, Located]
    scale: Scale
    catalogue: Catalogue
    faults: Faults
    quantity: str = ""
    hazard: bool = True


class Verdict(NamedTuple):
    """A transition with its place in the order that no cutting of batches changes: reading, then rule, then target."""

    row: int
    rule: int
    target: int
    transition: AlarmTransition


#: What is read of a sensor where it is no single quantity.
EVENTS, ANYTHING = "", "*"


class OpenAlarm(NamedTuple):
    """An alarm that stands open, for the live map and the rule page; `asset` if it stands for those of sensors."""

    rule: Rule
    target: str
    level: Level
    asset: bool = False


class Pass(Protocol):
    """Judges all pairs of (rule, sensor) of one kind in one vectorised pass; deterministic, without clock or I/O."""

    @property
    def tables(self) -> Sequence[StateTable]:
        """Return the tables that hold all its state."""
        ...

    def arrivals(self, arrivals: Arrivals, listening: Listening) -> list[Verdict]:
        """Judge what came."""
        ...

    def tick(self, time_ns: int, listening: Listening) -> list[Verdict]:
        """Judge what did not come."""
        ...

    def begin(self, listening: Listening) -> None:
        """Start the timers that start with a context."""
        ...

    def adopt(self, old: Self, time_ns: int) -> list[Verdict]:
        """Take over the state of pairs that judge as before, and clear what stood open on those that are gone."""
        ...

    def refresh(self) -> None:
        """Derive what is not kept in the tables, after they were loaded."""
        ...

    def matched(self) -> Iterator[tuple[Rule, int]]:
        """Yield each rule with the number of sensors it judges."""
        ...

    def open_alarms(self) -> Iterable[OpenAlarm]:
        """Return what stands open."""
        ...

    def watch(self) -> None:
        """Keep from now on what each target is judged by, for `standing`; it costs time, and only explaining asks."""
        ...

    def reads(self, rule: str, sensor: str) -> list[tuple[str, str]]:
        """Return the series, sensor and quantity, by which targets of a rule are judged that a sensor is part of.

        A quantity of `EVENTS` stands for what a sensor reports, `ANYTHING` for whatever it says.
        """
        ...

    def standing(self, rule: str, sensor: str, now_ns: int, listening: Listening) -> list[Standing]:
        """Return how the targets of a rule stand that a sensor is or has part in; none where it judges none."""
        ...


class Kind(Protocol):
    """A row in the table of kinds."""

    name: ClassVar[str]
    #: The rule judges one quantity: `select.quantity` is required and `unit` allowed. None: if it has `each`.
    of_quantity: ClassVar[bool | None]
    #: The keys of a rule that only this kind has, with the JSON Schema of each; those in `required` must be there.
    own: ClassVar[Mapping[str, Any]]
    required: ClassVar[tuple[str, ...]]

    def read(self, written: Written) -> Terms:
        """Return the terms of a rule; notes every mistake in the faults."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of one level."""
        ...

    def compile(self, rules: Sequence[tuple[int, Rule]], population: Population) -> Pass:
        """Return the pass over these rules (with their place in the book) and the sensors they match."""
        ...
