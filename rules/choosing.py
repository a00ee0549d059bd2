"""Which condition of a selection a sensor fails, which exception holds for it, and which hours it is judged in."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from city.calendar import Calendar
from city.entry import NumberedSensor
from city.sensor import Sensor
from rules.explanation import Condition, Exempted, Hours
from rules.gates import Gates
from rules.limits import ENDLESS_NS
from rules.population import Population
from rules.rule import Rule, Variant
from rules.schedule import Schedule
from rules.selection import Selection

#: What a sensor has under each condition of a selection.
_FOUND: Mapping[str, Callable[[Sensor], tuple[str, ...]]] = {
    "domain": lambda sensor: (sensor.domain.value,),
    "quantity": lambda sensor: tuple(sensor.quantities),
    "kinds": lambda sensor: (sensor.kind,),
    "districts": lambda sensor: (sensor.district,),
    "sites": lambda sensor: (sensor.site,),
    "grids": lambda sensor: (sensor.grid,),
    "upstreams": lambda sensor: (sensor.upstream,),
    "classes": lambda sensor: (sensor.code[6:10],),
    "tags": lambda sensor: tuple(sorted(sensor.tags)),
    "sensors": lambda sensor: (sensor.id,),
    "area": lambda sensor: () if sensor.place is None else (f"{sensor.place.longitude:g}, {sensor.place.latitude:g}",),
}

_NOTHING = Selection()


def conditions_of(select: Selection, sensor: Sensor) -> tuple[Condition, ...]:
    """Return each condition that a selection gives, and whether a sensor meets it."""
    alone = _alone(sensor)
    given = [name for name in _FOUND if getattr(select, name) != getattr(_NOTHING, name)]
    return tuple(
        Condition(
            name,
            _wanted(select, name),
            tuple(word for word in _FOUND[name](sensor) if word),
            bool(len(alone.match(replace(_NOTHING, **{name: getattr(select, name)})))),
        )
        for name in given
    )


def exception_of(rule: Rule, sensor: Sensor) -> Exempted | None:
    """Return the first exception that matches a sensor; None where none does."""
    alone = _alone(sensor)
    found: Variant | None = next((one for one in rule.exceptions if len(alone.match(one.select))), None)
    return None if found is None else Exempted(found.source, found.terms is None)


def hours_of(schedule: Schedule | None, calendar: Calendar, at_ns: int) -> Hours | None:
    """Return whether a schedule is open at a moment, and the window around it; None where there is no schedule."""
    if schedule is None:
        return None
    found = Gates([schedule], calendar).look(np.array([0]), np.array([at_ns]))
    since_ns, until_ns = int(found.start_ns[0]), int(found.end_ns[0])
    return Hours(
        schedule.name,
        schedule.described(),
        bool(found.open[0]),
        since_ns if abs(since_ns) < ENDLESS_NS else None,
        until_ns if abs(until_ns) < ENDLESS_NS else None,
    )


def _alone(sensor: Sensor) -> Population:
    return Population([NumberedSensor(0, sensor)], {})


def _wanted(select: Selection, name: str) -> tuple[str, ...]:
    value = getattr(select, name)
    if name == "area":
        return tuple(f"{longitude:g}, {latitude:g}" for longitude, latitude in value)
    return value if isinstance(value, tuple) else (str(value),)
