"""What one rule of a template makes of one item."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from city.errors import UndecodableMessage
from city.measurement import Measurement, Observation
from ingest.decoders.values import checked_name
from ingest.reasons import Reason
from ingest.templates.item import Item
from ingest.templates.path import Path
from ingest.templates.rule import EventRule, Naming, ReadingRule, Template
from ingest.templates.text import Text
from ingest.templates.value import single_value

#: Characters that an event keeps of one word of a body.
_MAX_WORD = 200


def find_readings(template: Template, rule: ReadingRule, item: Item) -> Iterator[tuple[Item, Measurement]]:
    """Yield the readings of one rule, each with the item that it is, sensor and time still to be told.

    Raises:
        UndecodableMessage: a value that is neither number nor word, or a name that no registry could hold.
    """
    if rule.requires is not None and Path.parse(rule.requires).first(item.value) is None:
        return
    if rule.without is not None and Path.parse(rule.without).first(item.value) is not None:
        return
    for found in item.inner(Path.parse(rule.path)):
        measurement = _measurement(template, rule, found) if found.fits(rule.when) else None
        if measurement is not None:
            yield found, measurement


def find_events(rule: EventRule, item: Item) -> Iterator[tuple[Item, Observation]]:
    """Yield the events of one rule, likewise."""
    for found in item.inner(Path.parse(rule.path)):
        word = found.value
        if not found.fits(rule.when) or not word or isinstance(word, dict | list):
            continue
        event = Text.parse(rule.event).fill({**found.names, "value": str(word)[:_MAX_WORD]}, found.look)
        attributes = {name: _plain(found.look(Path.parse(path))) for name, path in rule.attributes.items()}
        told = {name: value for name, value in attributes.items() if value is not None}
        yield found, Observation("", checked_name(event, at=rule.path), None, told)


def _measurement(template: Template, rule: ReadingRule, found: Item) -> Measurement | None:
    naming = _naming(template, rule, found)
    if naming is None:
        return None
    parsed = _value(template, rule, found)
    if parsed is None or parsed[0] in (*template.absent, *rule.absent):
        return None
    value, unit = parsed
    if unit is None and naming.unit is not None:
        unit = Text.parse(naming.unit).fill(found.names, found.look)
    unit = template.units.get(unit, unit) if unit is not None else None
    label = Text.parse(naming.label if naming.label is not None else rule.label).fill(found.names, found.look)
    quantity = checked_name(naming.quantity, at=rule.path)
    return Measurement("", quantity, value, unit, label=checked_name(label, at=rule.path) if label else "")


def _value(template: Template, rule: ReadingRule, found: Item) -> tuple[float, str | None] | None:
    try:
        return single_value(found.value, {**template.words, **rule.words}, decimal=template.decimal, at=rule.path)
    except UndecodableMessage as error:
        if template.partial and error.reason == Reason.WRONG_SHAPE:  # a product's other models write other words there
            return None
        raise


def _naming(template: Template, rule: ReadingRule, found: Item) -> Naming | None:
    word = Text.parse(rule.quantity).fill(found.names, found.look)
    if word is None:
        return None
    for pattern, naming in template.names.items():
        if fnmatchcase(word, pattern):
            return naming
    return None if template.only_named else Naming(quantity=word, unit=rule.unit)


def _plain(value: object) -> str | float | bool | None:
    if isinstance(value, str):
        return value[:_MAX_WORD]
    return value if isinstance(value, bool | int | float) else None
