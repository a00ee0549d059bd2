"""No alarm of any kind clears or falls because its sensors fell silent, or say only what cannot be trusted."""

from itertools import takewhile

import pytest

from city.alarm import Change
from city.entry import Arrivals, Entry, Tick
from city.quality import Quality
from rules.engine import Engine
from tests.support.judging import Bench, at, readings, reloaded
from tests.support.judging_run import journal

#: Seconds of the recorded stream, and of what follows it.
_LIVELY, _AFTER = 190, 400

#: Until then a rule of the stream may wait for late readings.
_WAITING = 6

#: These count what happened in a window, whose time passes.
_BY_TIME = {"count", "sequence"}


def lively() -> list[Entry]:
    """Return some minutes of the stream that is judged by every kind."""
    begun = takewhile(lambda one: not isinstance(one, Tick) or one.time_ns <= at(_LIVELY), journal())
    return [one for one in begun if not isinstance(one, Arrivals) or int(one.readings.arrival_ns[0]) <= at(_LIVELY)]


@pytest.fixture(scope="module")
def burning() -> Engine:
    """Return an engine with alarms of nearly every kind."""
    bench = Bench()
    bench.feed(*lively(), *(Tick(at(_LIVELY + second)) for second in range(1, _WAITING)))
    return bench.engine


@pytest.mark.parametrize(
    "quality",
    [
        pytest.param(None, id="silent"),
        pytest.param(Quality.BAD, id="bad"),
        pytest.param(Quality.OUT_OF_RANGE, id="below what it can measure"),
    ],
)
def test_no_alarm_clears_or_falls_without_a_reading_that_can_be_trusted(
    burning: Engine, quality: Quality | None
) -> None:
    bench = Bench(reloaded(burning))
    kinds = {one.rule.kind for one in bench.engine.open_alarms()} - _BY_TIME
    after: list[Entry] = []
    for second in range(_LIVELY + _WAITING, _LIVELY + _AFTER):
        if quality is not None and second % 20 == 0:
            after.append(readings(*((number, second - 0.5, -9.9, quality) for number in range(1, 41))))
        after.append(Tick(at(second)))

    relieved = {one.kind for one in bench.feed(*after) if one.change in {Change.CLEARED, Change.FALLEN}}

    # What is said in any quality is heard: that is the end of a silence.
    assert relieved <= _BY_TIME | {"silence"}
    assert len(kinds - {"silence"}) >= 5
