"""How long the city's answers take: from sensor to incident, to department, to place, to its end."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, select

from linkage.evaluation.measuring import Wanted
from linkage.evaluation.tables import LEGS, STORIES


class Measure(StrEnum):
    """What is timed; all but the first from when the incident was opened."""

    INCIDENT = "incident"  #: from the sensor's own time to the incident
    DISPATCHED = "dispatched"
    TOLD = "told"  #: the first message about its task was delivered to the department
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    FED_BACK = "fed_back"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took, nanoseconds: the middle, and what all but a tenth and all but a hundredth needed."""

    department: str
    priority: int
    measure: Measure
    number: int
    p50_ns: int
    p90_ns: int
    p99_ns: int


def spreads(connection: Connection, wanted: Wanted) -> list[Spread]:
    """Return how long each measure took: for every department and every priority; '' and 0 stand for all."""
    spans: dict[tuple[str, int, Measure], list[int]] = defaultdict(list)
    for department, priority, measure, span_ns in (*_of_incidents(connection, wanted), *_of_legs(connection, wanted)):
        for key in {(department, priority), (department, 0), ("", priority), ("", 0)}:
            spans[*key, measure].append(span_ns)
    return [_spread(*key, sorted(found)) for key, found in sorted(spans.items())]


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that at least this share of all values does not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


_Span = tuple[str, int, Measure, int]


def _of_incidents(connection: Connection, wanted: Wanted) -> Iterator[_Span]:
    query = select(STORIES.c.priority, STORIES.c.opened_ns - STORIES.c.happened_ns).where(
        STORIES.c.prompt, wanted.conditions(STORIES)
    )
    return (("", priority, Measure.INCIDENT, span_ns) for priority, span_ns in connection.execute(query))


def _of_legs(connection: Connection, wanted: Wanted) -> Iterator[_Span]:
    query = (
        select(
            LEGS.c.department,
            STORIES.c.priority,
            STORIES.c.opened_ns,
            LEGS.c.dispatched_ns,
            LEGS.c.told_ns,
            LEGS.c.accepted_ns,
            LEGS.c.arrived_ns,
            LEGS.c.fed_back_ns,
            LEGS.c.checked_ns,
        )
        .join(STORIES, STORIES.c.incident == LEGS.c.incident)
        .where(wanted.conditions(STORIES))
    )
    for row in connection.execute(query).mappings():
        for measure, moment_ns in _moments(row).items():
            if moment_ns is not None:
                yield row["department"], row["priority"], measure, moment_ns - row["opened_ns"]


def _moments(row: RowMapping) -> dict[Measure, int | None]:
    return {
        Measure.DISPATCHED: row["dispatched_ns"],
        Measure.TOLD: row["told_ns"],
        Measure.ACCEPTED: row["accepted_ns"],
        Measure.ARRIVED: row["arrived_ns"],
        Measure.FED_BACK: row["fed_back_ns"],
        Measure.CHECKED: row["checked_ns"],
    }


def _spread(department: str, priority: int, measure: Measure, ordered: Sequence[int]) -> Spread:
    return Spread(
        department=department,
        priority=priority,
        measure=measure,
        number=len(ordered),
        p50_ns=percentile(ordered, 0.5),
        p90_ns=percentile(ordered, 0.9),
        p99_ns=percentile(ordered, 0.99),
    )
