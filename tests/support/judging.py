"""A small city for the rule engine: a catalogue, sensors, contexts and readings in a line each."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from city.alarm import AlarmTransition
from city.catalogue import Catalogue
from city.clock import SECOND_NS
from city.entry import Arrivals, Context, Entry, Journaled, NumberedSensor
from city.level import Domain
from city.quality import Quality
from city.reading import ReadingBatch
from city.sensor import Sensor
from rules.engine import Engine
from rules.library import Library

CATALOGUE = Catalogue.parse(
    """
    [quantity.water_level]
    unit = "m"
    kind = "gauge"
    [quantity.temperature]
    unit = "°C"
    kind = "gauge"
    """
)
QUANTITIES = {"water_level": 1, "temperature": 2}

#: A moment to count seconds from.
START_NS = 1_790_000_000 * SECOND_NS


def at(seconds: float) -> int:
    return START_NS + round(seconds * SECOND_NS)


#: Kinds whose rules judge one quantity, and may give a unit.
_OF_QUANTITY = ("threshold", "quorum", "compare")


def rule(
    levels: str, *, name: str = "flood", kind: str = "threshold", unit: str = "cm", select: str = "", extra: str = ""
) -> str:
    """Return a rule as YAML, with `levels` in flow style, a priority for each of its words, and `extra` lines."""
    words = [word for word in ("notice", "major", "critical") if f"{word}:" in levels]
    priority = ", ".join(f"{word}: {4 - number}" for number, word in enumerate(words))
    select = select or ("{quantity: water_level}" if kind in _OF_QUANTITY else "{domain: environment}")
    return f"""
  - id: {name}
    kind: {kind}
    name: {{zh: 积水, en: Flooding}}
    source: "GB 50014"
    select: {select}
    {f"unit: {unit}" if kind in _OF_QUANTITY and unit else ""}{
        extra
        and f'''
    {extra}'''
    }
    levels: {levels}
    incident: {{class: road_water, priority: {{{priority}}}}}
"""


def hint(written: str) -> str:
    """Return a rule as one about equipment: what it raises is no hazard of the city."""
    return written.replace("incident: {", "incident: {lane: equipment, ")


def book(*rules: str) -> tuple[tuple[str, str], ...]:
    return (("rules/test.yaml", "rules:" + ("".join(rules) or " []")),)


def sensor(number: int, **changes: object) -> NumberedSensor:
    plain = Sensor(f"level-{number}", f"水位{number}", Domain.ENVIRONMENT, "underpass_level", interval_s=60.0)
    return NumberedSensor(number, replace(plain, **changes))  # type: ignore[arg-type]


def context(
    files: tuple[tuple[str, str], ...], sensors: Sequence[NumberedSensor], *, seconds: float = 0, holidays: str = ""
) -> Context:
    version = str(hash((files, tuple(sensors), holidays)))
    return Context(at(seconds), version, files, tuple(sensors), QUANTITIES, "Asia/Shanghai", holidays)


def readings(*rows: tuple[int, float, float] | tuple[int, float, float, Quality], quantity: int = 1) -> Arrivals:
    """Return readings from rows of sensor, seconds, value and, if it is not good, quality; they arrive at once."""
    return Arrivals(
        ReadingBatch.of(
            [
                (number, quantity, at(seconds), at(seconds), value, int(quality[0]) if quality else 0)
                for number, seconds, value, *quality in rows
            ]
        )
    )


#: Each book is read once: a property asks for the same one with every example, twice.
_LIBRARY = Library(CATALOGUE)


def new_engine() -> Engine:
    """Return an engine that has judged nothing yet."""
    engine = Engine(CATALOGUE)
    engine.library = _LIBRARY
    return engine


def reloaded(engine: Engine) -> Engine:
    """Return an engine that goes on from what this one's tables would leave in a checkpoint."""
    fresh = new_engine()
    assert engine.context is not None
    fresh.restore(engine.context)
    fresh.listening = replace(engine.listening)
    for table, before in zip(fresh.tables(), engine.tables(), strict=True):
        before.touch(np.arange(len(before)))
        table.load(body for _, body in before.touched())
    fresh.refresh()
    return fresh


class Bench:
    """An engine that is fed entries and numbers them."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine if engine is not None else new_engine()
        self.position = 0

    def feed(self, *entries: Entry) -> list[AlarmTransition]:
        transitions = []
        for entry in entries:
            self.position += 1
            transitions += self.engine.apply(Journaled(self.position, entry))
        return transitions
