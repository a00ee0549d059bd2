"""The quantities that the city knows: what they are called, their unit, and what values are plausible."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, partial
from importlib import resources
from typing import Any, Self

from city.errors import BadCityFile
from city.faults import Faults
from city.toml_lines import TomlText, parse_toml
from city.units import Conversion, NoConversion, conversion, is_known

#: What follows a quantity in a series name: a unit that does not convert, or a label.
_LABEL = re.compile(r"[\[/]")
_SEPARATORS = re.compile(r"(?<!\d)[ _]+|[ _]+(?!\d)")


class QuantityKind(StrEnum):
    """How the values of a quantity relate to each other."""

    GAUGE = "gauge"  #: a measure at a moment
    COUNTER = "counter"  #: rises, and starts again when the device does
    STATE = "state"  #: one of a few values that hold until the next
    EVENT = "event"  #: something that happened, counted


class Aggregation(StrEnum):
    """What the mean of many values is."""

    LINEAR = "linear"
    ENERGETIC = "energetic"  #: decibels add by their energy
    CIRCULAR = "circular"  #: 359° and 1° make 0°
    SUM = "sum"  #: rain and counts of an interval
    LAST = "last"  #: states


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity; values of the whole city are kept in its unit.

    Attributes:
        unit: as it is shown; empty for counts, states and indexes.
        minimum, maximum: a value beyond them is flagged out of range; None where there is no such limit.
        aliases: other names for it, as devices use them.
        names: what people call it, by language (`zh`, `en`).
        source: where the plausible range comes from.
        made_of: quantities from which it is computed: of any of these sets all are needed. Empty for what is measured.
    """

    name: str
    unit: str
    kind: QuantityKind
    minimum: float | None = None
    maximum: float | None = None
    aggregation: Aggregation = Aggregation.LINEAR
    aliases: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    made_of: tuple[frozenset[str], ...] = ()

    def conversion(self, unit: str) -> Conversion | NoConversion:
        """Return how a value in `unit` becomes one of this quantity."""
        return conversion(unit, self.unit)


class Catalogue:
    """All quantities by name and alias; a city's file adds to the default one and may redefine its entries.

    Every counter has a quantity for what it rises by, `<name>_increase`, and one for how fast, `<name>_rate`, unless a
    file says what they are.
    """

    def __init__(self, quantities: Mapping[str, Quantity]) -> None:
        self.become(quantities)

    def become(self, quantities: Mapping[str, Quantity]) -> None:
        """Have these quantities from now on, for everyone who holds this catalogue."""
        known = dict(quantities)
        for quantity in quantities.values():
            if quantity.kind is QuantityKind.COUNTER:
                known.setdefault(increase_name(quantity.name), _increase(quantity))
                known.setdefault(rate_name(quantity.name), _rate(quantity))
        self.quantities = known
        self._names = {
            _folded(word): quantity.name for quantity in known.values() for word in (*quantity.aliases, quantity.name)
        }

    @classmethod
    def parse(cls, text: str, *, file: str = "quantities.toml", base: "Catalogue | None" = None) -> Self:
        """Return the catalogue that `text` describes, on top of `base`.

        Raises:
            BadCityFile: with file and line; an alias that two quantities claim is one of the mistakes.
        """
        document, faults = parse_toml(text, file), Faults()
        read = _read(document, faults)
        merged = {**(base.quantities if base is not None else {}), **read}
        faults.found += _words_taken(merged, read, document)
        faults.raise_found()
        return cls(merged)

    def find(self, name: str) -> Quantity | None:
        """Return the quantity with this name or alias, whatever its case; None for an unknown one."""
        quantity = self.quantities.get(name)
        if quantity is not None:
            return quantity
        canonical = self._names.get(_folded(name))
        return self.quantities[canonical] if canonical is not None else None

    def canonical(self, series: str) -> str:
        """Return a series name with its quantity's own name in place of an alias; as it is when nobody knows it."""
        word = _LABEL.split(series, maxsplit=1)[0]
        found = self.find(word)
        return series if found is None else found.name + series[len(word) :]

    def of_series(self, series: str) -> Quantity | None:
        """Return the quantity of a series name as readings carry it; see `series_name`."""
        return None if "[" in series else self.quantities.get(series.partition("/")[0])


def series_name(quantity: str, *, label: str = "", unit: str | None = "") -> str:
    """Return the name under which a series is numbered, kept and shown.

    `temperature` is the quantity itself, `temperature/SHT` the one of several probes that its device labels so.
    `temperature[kg]` is a value in a unit that does not convert, and `temperature[?]` one whose unit nobody told:
    both are kept under a name of their own, since judging them as temperatures would be guessing.
    """
    doubtful = "" if unit == "" else f"[{'?' if unit is None else unit}]"
    return f"{quantity}{doubtful}/{label}" if label else f"{quantity}{doubtful}"


def increase_name(counter: str) -> str:
    """Return the name of what a counter rises by between two of its readings."""
    return f"{counter}_increase"


def rate_name(counter: str) -> str:
    """Return the name of how fast a counter rises."""
    return f"{counter}_rate"


def rate_unit(counter: str) -> tuple[str, float]:
    """Return the unit of a counter's rate, and how many of it one of the counter's a second are.

    Bytes go by the second, energy becomes power, and everything else goes by the hour.
    """
    by_hour = "1/h" if counter == "" else f"{counter}/h"
    return _RATES.get(counter, (by_hour if is_known(by_hour) else "", 3600.0))


@cache
def default_catalogue() -> Catalogue:
    """Return the catalogue that every city starts from; it comes with the program."""
    text = resources.files("city").joinpath("quantities.toml").read_text("utf-8")
    return Catalogue.parse(text, file="city/quantities.toml")


def _folded(word: str) -> str:
    """Return a word without case and separators, except between digits: `pm1.0` is not `pm10`."""
    return _SEPARATORS.sub("", word.replace(".", "_").replace("-", "_")).casefold()


def _increase(counter: Quantity) -> Quantity:
    return Quantity(
        name=increase_name(counter.name),
        unit=counter.unit,
        kind=QuantityKind.GAUGE,
        minimum=0.0,
        aggregation=Aggregation.SUM,
        names={language: _INCREASED[language].format(name) for language, name in counter.names.items()},
        source=f"what {counter.name} rises by from reading to reading",
        made_of=(frozenset({counter.name}),),
    )


def _rate(counter: Quantity) -> Quantity:
    return Quantity(
        name=rate_name(counter.name),
        unit=rate_unit(counter.unit)[0],
        kind=QuantityKind.GAUGE,
        minimum=0.0,
        names={language: _RATED[language].format(name) for language, name in counter.names.items()},
        source=f"what {counter.name} rises by, divided by the time that it took",
        made_of=(frozenset({counter.name}),),
    )


#: Units of rates that have a name of their own, with the factor from the counter's unit a second.
_RATES = {"B": ("B/s", 1.0), "kWh": ("kW", 3600.0), "Wh": ("W", 3600.0), "s": ("", 1.0)}

#: How values add up where a file does not say it.
_NATURAL = {
    QuantityKind.GAUGE: Aggregation.LINEAR,
    QuantityKind.COUNTER: Aggregation.LAST,
    QuantityKind.STATE: Aggregation.LAST,
    QuantityKind.EVENT: Aggregation.SUM,
}
_ANGLE, _LEVELS, _SAME = "°", ("dB", "dBm", "dBFS"), Conversion(1.0, 0.0)
_INCREASED = {"zh": "{}增量", "en": "{}, increase"}
_RATED = {"zh": "{}速率", "en": "{}, rate"}
_KEYS = {"unit", "kind", "minimum", "maximum", "aggregation", "aliases", "name", "source", "made_of"}


def _read(document: TomlText, faults: Faults) -> dict[str, Quantity]:
    tables = document.content.get("quantity", {})
    faults.found += [
        BadCityFile(expected="tables `[quantity.NAME]`", got=key, at=document.at(f"[{key}]"))
        for key in document.content
        if key != "quantity"
    ]
    if not isinstance(tables, dict):
        raise BadCityFile(expected="tables `[quantity.NAME]`", got=tables, at=f"{document.file}:1")
    found = {}
    for name, table in tables.items():
        with faults:
            found[name] = _Table(document, name, table).quantity()
    return found


class _Table:
    """Reads one `[quantity.NAME]`."""

    def __init__(self, document: TomlText, name: str, table: Any) -> None:  # noqa: ANN401 - as TOML has it
        self._document, self._name = document, name
        if not isinstance(table, dict):
            raise self._wrong("", "a table of unit, kind and more", table)
        self._table: dict[str, Any] = table

    def quantity(self) -> Quantity:
        faults = Faults()
        known = ", ".join(sorted(_KEYS))
        faults.found += [self._wrong(key, f"one of {known}", key) for key in self._table if key not in _KEYS]
        if not self._name.replace("_", "").isalnum() or not self._name.isascii():
            faults.found.append(self._wrong("", "a name of ASCII letters, digits and `_`", self._name))
        minimum, maximum = faults.of(self._bounds, (None, None))
        word = faults.of(partial(self._word, "kind", QuantityKind, None), str(QuantityKind.GAUGE))
        kind, unit = QuantityKind(word), faults.of(self._unit, "")
        whole = not faults.found  # what depends on them is judged when they are good
        found = Quantity(
            name=self._name,
            unit=unit,
            kind=kind,
            minimum=minimum,
            maximum=maximum,
            aggregation=faults.of(partial(self._aggregation, kind, unit), _NATURAL[kind]) if whole else _NATURAL[kind],
            aliases=faults.of(self._aliases, ()),
            made_of=faults.of(self._made_of, ()),
            names=faults.of(self._names, {}),
            source=faults.of(partial(self._text, "source", ""), ""),
        )
        faults.raise_found()
        return found

    def _wrong(self, key: str, expected: str, got: object) -> BadCityFile:
        at = self._document.at(f"[quantity.{self._name}]", key)
        return BadCityFile(expected=f"`{key}` {expected}" if key else expected, got=got, at=at)

    def _text(self, key: str, absent: str | None) -> str:
        value = self._table.get(key, absent)
        if not isinstance(value, str):
            raise self._wrong(key, "a text", "nothing" if value is None else value)
        return value

    def _word(self, key: str, choices: type[StrEnum], absent: StrEnum | None) -> str:
        value = self._table.get(key, absent)
        if value not in list(choices):
            raise self._wrong(key, "one of " + ", ".join(choices), "nothing" if value is None else value)
        return str(value)

    def _aggregation(self, kind: QuantityKind, unit: str) -> Aggregation:
        """Return the aggregation; one that makes nonsense of such values is a mistake in the file."""
        chosen = Aggregation(self._word("aggregation", Aggregation, _NATURAL[kind]))
        if chosen is Aggregation.CIRCULAR and unit != _ANGLE:
            raise self._wrong("aggregation", f"circular only of angles in `{_ANGLE}`", unit)
        if chosen is Aggregation.ENERGETIC and not any(conversion(unit, level) == _SAME for level in _LEVELS):
            raise self._wrong("aggregation", f"energetic only of levels in {', '.join(_LEVELS)}", unit)
        if chosen is Aggregation.SUM and kind in {QuantityKind.COUNTER, QuantityKind.STATE}:
            raise self._wrong("aggregation", f"sum of no {kind}, whose values hold what came before", chosen)
        return chosen

    def _unit(self) -> str:
        unit = self._text("unit", None)
        if not is_known(unit):
            raise self._wrong("unit", "a unit that can be converted, or empty for a count or state", unit)
        return unit

    def _bounds(self) -> tuple[float | None, float | None]:
        faults = Faults()
        minimum, maximum = (faults.of(partial(self._bound, key), None) for key in ("minimum", "maximum"))
        faults.raise_found()
        if minimum is not None and maximum is not None and minimum > maximum:
            raise self._wrong("maximum", f"at least the minimum {minimum}", maximum)
        return minimum, maximum

    def _bound(self, key: str) -> float | None:
        value = self._table.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
            raise self._wrong(key, "a number", value)
        return float(value)

    def _aliases(self) -> tuple[str, ...]:
        value = self._table.get("aliases", [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise self._wrong("aliases", "a list of names", value)
        return tuple(value)

    def _made_of(self) -> tuple[frozenset[str], ...]:
        value = self._table.get("made_of", [])
        if not isinstance(value, list) or not all(isinstance(one, list) and all(map(_is_text, one)) for one in value):
            raise self._wrong("made_of", 'lists of names like [["temperature", "humidity"]]', value)
        return tuple(map(frozenset, value))

    def _names(self) -> dict[str, str]:
        value = self._table.get("name", {})
        if not isinstance(value, dict) or set(value) - {"zh", "en"} or not all(map(_is_text, value.values())):
            raise self._wrong("name", 'a table like { zh = "温度", en = "Temperature" }', value)
        return dict(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _words_taken(merged: dict[str, Quantity], read: dict[str, Quantity], document: TomlText) -> Iterator[BadCityFile]:
    owners: dict[str, str] = {}
    for name, quantity in sorted(merged.items(), key=lambda item: item[0] in read):  # the file's own come last
        for word in (name, *quantity.aliases):
            owner = owners.setdefault(_folded(word), name)
            if owner != name:
                at = document.at(f"[quantity.{name}]", "" if word == name else "aliases")
                yield BadCityFile(expected="each name and alias once", got=f"{word} (also of {owner})", at=at)
