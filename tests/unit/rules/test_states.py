from city.entry import Connection, Tick
from rules.states import AlarmStates
from rules.summary import summaries
from tests.support.judging import Bench, at, book, context, readings, rule, sensor

FLOOD = rule("{notice: {above: 3}, critical: {above: 27}}")
DAMP = rule("{major: {above: 10, clear: 8, hold: 1m}}", name="damp")
QUIET = rule("{major: {intervals: 3}}", name="quiet", kind="silence")


def bench() -> Bench:
    fresh = Bench()
    fresh.feed(
        context(book(FLOOD, DAMP, QUIET), [sensor(1, interval_s=1.0), sensor(2, interval_s=None)]),
        Connection(at(0), listening=True),
    )
    return fresh


def test_states_follow_the_worst_alarm_of_a_sensor() -> None:
    running, states = bench(), AlarmStates()

    states.apply(running.feed(readings((1, 0, 0.2), (2, 0, 0.3)), readings((1, 60, 0.2))))
    assert states.states() == {"level-1": "major", "level-2": "critical"}

    states.apply(running.feed(readings((1, 61, 0.05), (2, 61, 0.01))))
    assert states.states() == {"level-1": "notice"}
    assert states.state("level-2") == "normal"


def test_states_call_a_sensor_silent_unless_something_worse_is_open() -> None:
    running, states = bench(), AlarmStates()

    states.apply(running.feed(*(Tick(at(second)) for second in range(1, 5))))
    assert states.states() == {"level-1": "silent"}

    states.apply(running.feed(readings((1, 4.5, 0.04))))
    assert states.states() == {"level-1": "notice"}


def test_states_tell_changes_once() -> None:
    running, states = bench(), AlarmStates()
    states.apply(running.feed(readings((1, 0, 0.04))))

    assert states.changes() == {"level-1": "notice"}
    assert states.changes() == {}


def test_states_start_from_what_is_open() -> None:
    running = bench()
    running.feed(readings((1, 0, 0.3)))

    assert AlarmStates(running.engine.open_alarms()).states() == {"level-1": "critical"}


def test_summaries_count_sensors_and_open_alarms() -> None:
    running = bench()
    running.feed(readings((1, 0, 0.3), (2, 0, 0.2)))

    flood, damp, quiet = summaries(running.engine)

    assert (flood.sensors, flood.active) == (2, 2)
    assert (damp.sensors, damp.active) == (2, 0)
    assert (quiet.sensors, quiet.active) == (2, 0)  # one by its own rhythm, once that is known
    assert damp.levels == {"major": "above 0.1 m for 1m, until not above 0.08 m"}
    assert (damp.file, damp.line) == ("rules/test.yaml", 11)
    assert damp.text.splitlines()[0] == "  - id: damp"
