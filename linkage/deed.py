"""What happened, before it is written: the entries for the event log that a decision leads to, and the changed case."""

from dataclasses import dataclass, field

from linkage.record import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One entry for the event log; `data` must be JSON without floats that are not finite.

    Attributes:
        step: a `linkage.states.Step`, or what the system does: open, join, rise, fall, recover, overdue.
        told: ids of the departments that get a message about it.
    """

    step: str
    from_state: str = ""
    to_state: str = ""
    task: int | None = None
    department: str | None = None
    note: str = ""
    data: dict[str, object] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The case after a decision, and what is to be written about it."""

    case: Case
    deeds: tuple[Deed, ...]
