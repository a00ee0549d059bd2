"""Which rules in force judge a sensor, and what one looks at there, so that it can be judged again elsewhere."""

from collections.abc import Iterable

from city.census import Census
from city.errors import NotFound
from city.feed import Concerned
from city.sensor import Sensor
from rules.engine import Engine


def concerned(engine: Engine, rule: str, sensor: str) -> Concerned:
    """Return what a rule looks at for a sensor, or for a place that alarms of it are about.

    Raises:
        NotFound: no rule is called so, or no sensor and no place.
    """
    found, context = engine.rule(rule), engine.context
    if found is None or context is None:
        raise NotFound("rule", rule)
    series = engine.reads(found, sensor)
    census = Census.of(context.sensors)
    registered = census.row_of(sensor) is not None
    if not registered and not series:
        raise NotFound("sensor", sensor)
    standings = engine.standing(found, sensor, engine.listening.mark_ns)
    return Concerned(
        rule=rule,
        registered=registered,
        sensors=_sensors(census, dict.fromkeys([sensor, *(one for one, _ in series)])),
        series=tuple(series),
        book=context.book,
        book_version=context.version,
        book_since_ns=context.time_ns,
        zone=context.zone,
        holidays=context.holidays,
        levels={one.target: one.level.word for one in standings if one.level is not None},
    )


def concerning(engine: Engine, sensor: str) -> list[str]:
    """Return the ids of the rules in force that judge a sensor, or a place that alarms of theirs are about."""
    return [rule.id for rule in engine.book.rules if engine.reads(rule, sensor)]


def _sensors(census: Census, names: Iterable[str]) -> tuple[Sensor, ...]:
    rows = (census.row_of(name) for name in names)
    return tuple(census.sensor(row) for row in rows if row is not None)
