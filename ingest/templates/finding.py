"""What one rule of a template makes of one item."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

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


class ReadingFinder:
    """One reading rule of a template, ready to be used on item after item."""

    def __init__(self, template: Template, rule: ReadingRule) -> None:
        self._template, self._rule = template, rule
        self.path = Path.parse(rule.path)
        self._requires = Path.parse(rule.requires) if rule.requires is not None else None
        self._without = Path.parse(rule.without) if rule.without is not None else None
        self._quantity, self._label = Text.parse(rule.quantity), Text.parse(rule.label)
        self._words = {**template.words, **rule.words}
        self._absent = frozenset((*template.absent, *rule.absent))
        #: Words for quantities come from topics, so there are as many as devices invent; each is looked up once.
        self._naming = lru_cache(maxsize=1024)(self._meaning)

    def find(self, item: Item) -> Iterator[tuple[Item, Measurement]]:
        """Yield the readings, each with the item that it is, sensor and time still to be told.

        Raises:
            UndecodableMessage: a value that is neither number nor word, or a name that no registry could hold.
        """
        value = item.value
        if self._requires is not None and _is_away(self._requires.first(value)):
            return
        if self._without is not None and self._without.first(value) is not None:
            return
        for found in item.inner(self.path):
            measurement = self._measurement(found) if found.fits(self._rule.when) else None
            if measurement is not None:
                yield found, measurement

    def _measurement(self, found: Item) -> Measurement | None:
        word = self._quantity.fill(found.names, found.look)
        naming = self._naming(word) if word is not None else None
        parsed = self._value(found) if naming is not None else None
        if naming is None or parsed is None or parsed[0] in self._absent:
            return None
        value, unit = parsed
        if unit is None and naming.unit is not None:
            unit = Text.parse(naming.unit).fill(found.names, found.look)
            unit = self._template.units.get(unit, unit) if unit is not None else None
        text = self._label if naming.label is None else Text.parse(naming.label)
        label = text.fill(found.names, found.look)
        quantity = checked_name(naming.quantity, at=self._rule.path)
        return Measurement("", quantity, value, unit, label=checked_name(label, at=self._rule.path) if label else "")

    def _value(self, found: Item) -> tuple[float, str | None] | None:
        try:
            return single_value(found.value, self._words, decimal=self._template.decimal, at=self._rule.path)
        except UndecodableMessage as error:
            if self._template.partial and error.reason == Reason.WRONG_SHAPE:  # other models write other words there
                return None
            raise

    def _meaning(self, word: str) -> Naming | None:
        for pattern, naming in self._template.names.items():
            if fnmatchcase(word, pattern):
                return naming
        return None if self._template.only_named else Naming.model_construct(quantity=word, unit=self._rule.unit)


def find_events(rule: EventRule, item: Item) -> Iterator[tuple[Item, Observation]]:
    """Yield the events of one rule, each with the item that it is, sensor and time still to be told.

    Raises:
        UndecodableMessage: an event whose name cannot be kept.
    """
    for found in item.inner(Path.parse(rule.path)):
        word = found.value
        if not found.fits(rule.when) or not word or isinstance(word, dict | list):
            continue
        event = Text.parse(rule.event).fill({**found.names, "value": str(word)[:_MAX_WORD]}, found.look)
        attributes = {name: _plain(found.look(Path.parse(path))) for name, path in rule.attributes.items()}
        told = {name: value for name, value in attributes.items() if value is not None}
        yield found, Observation("", checked_name(event, at=rule.path), None, told)


def _is_away(value: object) -> bool:
    return value is None or value is False


def _plain(value: object) -> str | float | bool | None:
    if isinstance(value, str):
        return value[:_MAX_WORD]
    return value if isinstance(value, bool | int | float) else None
