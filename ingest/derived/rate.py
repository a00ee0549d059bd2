"""How fast counters rise: what each rose by since its last reading, divided by the time between."""

import numpy as np
from numpy.typing import NDArray

from city.catalogue import QuantityKind, rate_name, rate_unit, series_name
from city.clock import SECOND_NS
from city.quality import Quality
from ingest.derived.at_once import AtOnce
from ingest.derived.rows import Rows
from ingest.derived.section import Section
from ingest.derived.surroundings import Surroundings
from ingest.derived.told import DERIVED, Made, Told

NAME = "rate"
OUTPUTS: tuple[str, ...] = ()  # one for each counter there is

_NEVER = -(2**62)


def read(section: Section) -> tuple[str, ...]:
    """Return the counters that are wanted; none stands for all."""
    section.only("enabled", "counters")
    return section.words("counters")


class Rate(AtOnce):
    """The rate of each counter by its last two readings; one that fell began again at nothing.

    The first reading tells no rate, nor does one that is late. The time of a rate is that of the later reading.
    """

    def __init__(self, counters: tuple[str, ...], around: Surroundings) -> None:
        self._counters, self._around = counters, around
        self._inputs: dict[str, int] = {}
        self._outputs: NDArray[np.int32] = np.zeros(0, np.int32)
        self._per: NDArray[np.float64] = np.zeros(0)
        self._rows = Rows(time=(np.int64, _NEVER), value=(np.float64, 0.0))

    def item(self, series: str) -> int | None:
        """Return the place of a counter, labelled or not; None for what is no counter."""
        quantity = self._around.catalogue.of_series(series)
        if quantity is None or quantity.kind is not QuantityKind.COUNTER:
            return None
        if self._counters and quantity.name not in self._counters:
            return None
        if series not in self._inputs:
            name = series_name(rate_name(quantity.name), label=series.partition("/")[2])
            self._inputs[series] = len(self._inputs)
            self._outputs = np.append(self._outputs, np.int32(self._around.number(name)))
            self._per = np.append(self._per, rate_unit(quantity.unit)[1])
        return self._inputs[series]

    def take(self, told: Told) -> list[Made]:
        """Return the rates at these values."""
        on_time = (told.quality & np.uint16(Quality.LATE)) == 0
        output = self._outputs[told.item[on_time]]
        time_ns, value = told.time_ns[on_time], told.value[on_time]
        row = self._rows.at(told.sensor[on_time], output)
        order = np.argsort(row, kind="stable")
        grouped = row[order]
        first = np.diff(grouped, prepend=-1) != 0
        last = np.append(first[1:], True)[: len(first)]
        before_ns = np.where(first, self._rows["time"][grouped], np.roll(time_ns[order], 1))
        before = np.where(first, self._rows["value"][grouped], np.roll(value[order], 1))
        self._rows["time"][grouped[last]] = time_ns[order][last]
        self._rows["value"][grouped[last]] = value[order][last]
        told_s = (time_ns[order] - before_ns) / SECOND_NS
        known = (before_ns != _NEVER) & (told_s > 0)
        rise = np.where(value[order] >= before, value[order] - before, value[order])
        per = self._per[told.item[on_time]][order]
        chosen = order[known]
        found = (rise * per)[known] / told_s[known]
        flags = told.quality[on_time][chosen] | DERIVED
        return [Made.of(output[chosen], told.sensor[on_time][chosen], time_ns[chosen], found, flags)]
