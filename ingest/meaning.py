"""What a value means, by the quantity, unit and label that its device tells: series name, line, plausible range."""

from typing import NamedTuple

from city.catalogue import Catalogue, Quantity, QuantityKind, increase_name, series_name
from city.units import IDENTITY, Conversion
from ingest.decoders.values import checked_name

#: In place of a unit: the device follows our convention, where silence means the quantity's own unit.
OWN_UNIT = "own"

_INFINITE = float("inf")


class Told(NamedTuple):
    """The device's own words; unit None where it does not say, and nobody may assume."""

    quantity: str
    unit: str | None = OWN_UNIT
    label: str = ""


class Meaning(NamedTuple):
    """What the values of a series are: its name, the line into the quantity's unit, and the plausible range.

    `increase` is the series of what a counter rises by; empty for what is no counter.
    """

    name: str
    factor: float = 1.0
    offset: float = 0.0
    minimum: float = -_INFINITE
    maximum: float = _INFINITE
    increase: str = ""


def understand(told: Told, catalogue: Catalogue) -> Meaning:
    """Return the meaning of what was told.

    A quantity that the catalogue does not have keeps its own name and values. A value whose unit does not convert, or
    was not told, becomes a series of its own, see `city.catalogue.series_name`.

    Raises:
        UndecodableMessage: a name or unit that no registry could hold.
    """
    quantity, label = _find(told, catalogue)
    if quantity is None:
        return Meaning(series_name(checked_name(told.quantity, at="quantity"), label=label))
    line = _line(quantity, told.unit)
    if line is None:
        unit = checked_name(told.unit, at="unit") if told.unit is not None else None
        return Meaning(series_name(quantity.name, unit=unit, label=label))
    minimum = quantity.minimum if quantity.minimum is not None else -_INFINITE
    maximum = quantity.maximum if quantity.maximum is not None else _INFINITE
    name = series_name(quantity.name, label=label)
    increase = series_name(increase_name(quantity.name), label=label) if quantity.kind is QuantityKind.COUNTER else ""
    return Meaning(name, line.factor, line.offset, minimum, maximum, increase)


def _find(told: Told, catalogue: Catalogue) -> tuple[Quantity | None, str]:
    """Return quantity and label; a device may also write them as one, `temperature/2`."""
    quantity = catalogue.find(told.quantity)
    base, slash, label = told.quantity.partition("/")
    if quantity is None and slash and label and not told.label:
        labelled = catalogue.find(base)
        if labelled is not None:
            return labelled, checked_name(label, at="quantity")
    return quantity, told.label


def _line(quantity: Quantity, unit: str | None) -> Conversion | None:
    if unit in {OWN_UNIT, quantity.unit} or (unit is None and not quantity.unit):
        return IDENTITY
    line = quantity.conversion(unit) if unit is not None else None
    return line if isinstance(line, Conversion) else None
