"""The baseline kind over recorded series, side by side: the pass that judges the city, with one rule for all."""

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from city.alarm import Change
from city.calendar import Calendar
from city.catalogue import Catalogue
from city.entry import NumberedSensor
from city.level import Domain
from city.quality import Quality
from city.reading import ReadingBatch
from city.sensor import Sensor
from rules.baseline.judging import BaselinePass
from rules.baseline.stage import RAISED
from rules.book import read_book
from rules.kinds import KINDS
from rules.population import Population
from rules.together import Together

_QUANTITY = "value"
_CATALOGUE = Catalogue.parse(f'[quantity.{_QUANTITY}]\nunit = "1"\nkind = "gauge"\n')

#: The one setting for every series. Recordings are judged as soon as ranks mean anything: after fifty readings.
_RULE = f"""rules:
  - id: detect
    kind: baseline
    name: {{zh: 偏离常态, en: Unusual}}
    source: docs/detection.md
    select: {{quantity: {_QUANTITY}}}
    warm_up: 0s
    levels: {{notice: {{score: {RAISED}}}}}
    incident: {{class: sensor, priority: {{notice: 5}}}}
"""


class Detected(NamedTuple):
    """What was found at each reading, in the order given.

    Attributes:
        score: what alarms are decided by, 0 where it was not judged.
        alarm: 1 where one was raised.
        rarity: the score before it is lowered by the alarms before; not a number where it was not judged.
    """

    score: NDArray[np.float64]
    alarm: NDArray[np.int8]
    rarity: NDArray[np.float64]


class Detecting:
    """Judges readings of so many series as they come; remembers, so that readings may be given piece by piece."""

    def __init__(self, series: int, zone: ZoneInfo) -> None:
        sensors = [NumberedSensor(number, _sensor(number)) for number in range(series)]
        # Whose holidays they are nobody said: Saturdays and Sundays are days of rest.
        population = Population(sensors, {_QUANTITY: 0}, Calendar(zone, national=False))
        rules = [*enumerate(read_book((("detect.yaml", _RULE),), _CATALOGUE).rules)]
        together = KINDS["baseline"].compile(rules, population)
        assert isinstance(together, Together)
        self._pass = next(part for part in together.parts if isinstance(part, BaselinePass) and any(part.matched()))
        self._newest_ns = np.full(series, np.iinfo(np.int64).min)

    def push(self, series: Sequence[int], time_ns: Sequence[int], value: Sequence[float]) -> Detected:
        """Judge readings in their order; one that is not newer than those before it in its series is passed over."""
        batch = self._batch(np.array(series, np.int32), np.array(time_ns, np.int64), np.array(value, np.float64))
        score, alarm = np.zeros(len(batch)), np.zeros(len(batch), dtype=np.int8)
        rarity = np.full(len(batch), np.nan)
        if len(batch):
            looked = self._pass.look(batch)
            judged = np.isfinite(looked.score)
            score[looked.row[judged]] = looked.staged.reaching[judged]
            rarity[looked.row] = looked.score
            verdicts = self._pass.judge(batch, looked)
            alarm[[one.row for one in verdicts if one.transition.change is Change.RAISED]] = 1
        return Detected(score, alarm, rarity)

    def _batch(self, series: NDArray[np.int32], time_ns: NDArray[np.int64], value: NDArray[np.float64]) -> ReadingBatch:
        quality = np.zeros(len(series), dtype=np.uint16)
        for row, (one, at_ns) in enumerate(zip(series.tolist(), time_ns.tolist(), strict=True)):
            newest_ns = self._newest_ns[one]
            if at_ns <= newest_ns:
                quality[row] = int(Quality.LATE if at_ns < newest_ns else Quality.DUPLICATE)
            else:
                self._newest_ns[one] = at_ns
        return ReadingBatch(series, np.zeros(len(series), dtype=np.int32), time_ns, time_ns, value, quality)


def _sensor(number: int) -> Sensor:
    return Sensor(f"series-{number}", "", Domain.ENVIRONMENT, "recording")
