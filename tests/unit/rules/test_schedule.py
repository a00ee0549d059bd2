from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.calendar import Calendar
from city.clock import SECOND_NS, to_ns
from city.yaml_lines import parse_yaml
from rules.gates import Gates
from rules.schedule import BUILT_IN, Schedule, read_schedule
from tests.support.judging import START_NS, Bench, at, book, context, readings, rule, sensor

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(SHANGHAI)
RUSH = "{days: working, hours: ['07:00-09:00', '17:00-19:00']}"


def schedule(text: str) -> Schedule:
    return read_schedule(parse_yaml(text, "rules.yaml"), BUILT_IN)


def is_open(one: Schedule, moment: str, zone: ZoneInfo = SHANGHAI) -> bool:
    time_ns = np.array([to_ns(datetime.fromisoformat(moment).replace(tzinfo=zone))])
    return bool(Gates([one], Calendar(zone)).look(np.array([0]), time_ns).open[0])


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        pytest.param(RUSH, "2026-11-20T07:00", True, id="begins with its first moment"),
        pytest.param(RUSH, "2026-11-20T09:00", False, id="ends before its last"),
        pytest.param(RUSH, "2026-11-21T08:00", False, id="a Saturday is no working day"),
        pytest.param(RUSH, "2026-10-01T08:00", False, id="the National Day is no working day"),
        pytest.param(RUSH, "2026-09-20T08:00", True, id="a Sunday made up for is one"),
        pytest.param("working_time", "2026-11-20T08:30", True, id="office hours"),
        pytest.param("working_time", "2026-11-20T12:30", False, id="the midday break"),
        pytest.param("off_hours", "2026-11-20T12:30", True, id="outside office hours"),
        pytest.param("off_hours", "2026-10-02T10:00", True, id="a holiday is outside"),
        pytest.param("{not: night}", "2026-11-20T23:00", False, id="not the night"),
        pytest.param("night", "2026-11-20T22:00", True, id="the night begins"),
        pytest.param("night", "2026-11-21T05:59", True, id="over midnight"),
        pytest.param("night", "2026-11-21T06:00", False, id="the night is over"),
        pytest.param("{days: [fri], hours: ['22:00-06:00']}", "2026-11-21T02:00", True, id="day of the beginning"),
        pytest.param("{days: [fri], hours: ['22:00-06:00']}", "2026-11-20T02:00", False, id="not the day of the end"),
        pytest.param("{season: ['06-01', '09-30']}", "2026-09-30T23:59", True, id="to the end of the last day"),
        pytest.param("{season: ['06-01', '09-30']}", "2026-10-01T00:00", False, id="after the season"),
        pytest.param("{season: ['11-15', '03-15']}", "2027-01-01T00:00", True, id="over New Year"),
        pytest.param("{days: rest}", "2026-11-22T12:00", True, id="days off"),
    ],
)
def test_schedule_is_open_by_the_citys_calendar(text: str, moment: str, *, expected: bool) -> None:
    assert is_open(schedule(text), moment) is expected


def test_schedule_keeps_wall_clock_when_the_clocks_change() -> None:
    berlin, morning = ZoneInfo("Europe/Berlin"), schedule("{hours: ['06:00-07:00']}")

    assert [is_open(morning, f"2026-{day}T06:30", berlin) for day in ("03-28", "03-29", "10-24", "10-25")] == [True] * 4


@pytest.mark.parametrize(
    ("hours", "first", "open_at"),
    [
        # Berlin: at 02:00 it becomes 03:00 (01:00 UTC).
        pytest.param("02:00-03:00", "2026-03-29T00:00", [], id="an hour that is skipped"),
        pytest.param("02:15-02:45", "2026-03-29T00:00", [], id="a part of it"),
        pytest.param("02:30-03:30", "2026-03-29T00:00", ["01:00", "01:15"], id="begun in it"),
        pytest.param("01:30-02:30", "2026-03-29T00:00", ["00:30", "00:45"], id="ended in it"),
        # At 03:00 it becomes 02:00 (01:00 UTC).
        pytest.param("02:15-02:45", "2026-10-25T00:00", ["00:15", "00:30", "01:15", "01:30"], id="shown twice"),
        pytest.param("02:45-03:15", "2026-10-25T00:00", ["00:45", "01:45", "02:00"], id="begun twice"),
        pytest.param("01:30-02:15", "2026-10-24T23:00", ["23:30", "23:45", "00:00", "01:00"], id="ended twice"),
    ],
)
def test_schedule_is_open_while_the_wall_clock_shows_its_hours(hours: str, first: str, open_at: list[str]) -> None:
    berlin, start = ZoneInfo("Europe/Berlin"), datetime.fromisoformat(f"{first}+00:00")
    quarters = [start + timedelta(minutes=15 * number) for number in range(12)]

    gates = Gates([schedule(f"{{hours: ['{hours}']}}")], Calendar(berlin))
    looked = gates.look(np.zeros(12, dtype=np.int64), np.array([to_ns(one) for one in quarters]))

    assert [f"{one:%H:%M}" for one, is_open in zip(quarters, looked.open, strict=True) if is_open] == open_at


def test_schedule_window_over_new_year_is_one_window() -> None:
    times = [to_ns(datetime.fromisoformat(f"{day}+08:00")) for day in ("2026-12-31T23:00", "2027-01-01T05:00")]

    windows = Gates([BUILT_IN["night"]], CALENDAR).look(np.zeros(2, dtype=np.int64), np.array(times))

    assert windows.open.all()
    assert len(set(windows.start_ns.tolist())) == len(set(windows.end_ns.tolist())) == 1


schedules = st.builds(
    Schedule,
    days=st.sampled_from(["working", "rest", (), (0, 2, 6)]),
    hours=st.lists(
        st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda span: span[0] != span[1]), max_size=3
    ).map(tuple),
    season=st.sampled_from([None, ((6, 1), (9, 30)), ((11, 15), (3, 15))]),
)


@settings(max_examples=20)
@given(schedules, st.lists(st.integers(0, 400 * 86400), min_size=1, max_size=20))
def test_gates_agree_with_the_spans_of_a_schedule(one: Schedule, offsets: list[int]) -> None:
    time_ns = START_NS + np.array(offsets) * SECOND_NS
    spans = one.spans(CALENDAR, date(2025, 1, 1), date(2029, 1, 1))

    opposite = Schedule(excluded=one)
    windows = Gates([one, None, opposite], CALENDAR)
    seen = [windows.look(np.full(len(offsets), term), time_ns).open.tolist() for term in range(3)]

    expected = [any(start <= time < end for start, end in spans) for time in time_ns.tolist()]
    assert seen == [expected, [True] * len(offsets), [not inside for inside in expected]]


def seconds_of(clock: str) -> float:
    """Return the seconds of the bench's clock at a time of day of 2026-11-20 in Shanghai."""
    return (to_ns(datetime.fromisoformat(f"2026-11-20T{clock}+08:00")) - START_NS) / SECOND_NS


def changes(when: str, *steps: tuple[str, float], hold: str = "5m", holidays: str = "") -> list[tuple[str, str]]:
    bench = Bench()
    written = rule(f"{{notice: {{above: 3, hold: {hold}}}}}", extra=f"when: {when}")
    bench.feed(context(book(written), [sensor(1)], holidays=holidays))
    return [
        (clock, transition.change.value)
        for clock, value in steps
        for transition in bench.feed(readings((1, seconds_of(clock), value / 100)))
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([("12:30", 5), ("12:40", 5)], [], id="closed"),
        pytest.param(
            [("11:00", 5), ("11:05", 5), ("12:00", 5)], [("11:05", "raised"), ("12:00", "cleared")], id="ends"
        ),
        pytest.param([("12:30", 5), ("14:00", 5), ("14:04", 5), ("14:05", 5)], [("14:05", "raised")], id="opens"),
        pytest.param([("11:58", 5), ("14:01", 5), ("14:06", 5)], [("14:06", "raised")], id="a hold begins anew"),
        pytest.param([("11:58", 5), ("12:30", 1), ("14:05", 1)], [], id="nothing is carried over"),
    ],
)
def test_rule_judges_in_its_hours_only(steps: list[tuple[str, float]], expected: list[tuple[str, str]]) -> None:
    assert changes("working_time", *steps) == expected


def test_hold_begins_anew_with_its_window_within_a_batch() -> None:
    written = rule("{notice: {above: 3, hold: 5m}}", extra="when: working_time")
    steps = [(1, seconds_of(clock), 0.05) for clock in ("11:58", "14:01", "14:06")]

    told = Bench().feed(context(book(written), [sensor(1)]), readings(*steps))

    assert [(one.change, one.time_ns) for one in told] == [("raised", at(seconds_of("14:06")))]


def test_rule_goes_by_the_citys_own_holidays() -> None:
    own = '[[holiday]]\nname = { zh = "节", en = "Own" }\nfrom = 2026-11-20\n'

    assert changes("working_time", ("11:00", 5), hold="0s", holidays=own) == []


def test_schedule_named_in_the_book_is_said_in_the_evidence() -> None:
    bench = Bench()
    name, text = book(rule("{notice: {above: 3}}", extra="when: rush"))[0]
    city = context(((name, f"schedules: {{rush: {RUSH}}}\n{text}"),), [sensor(1)])

    (raised,) = bench.feed(city, readings((1, seconds_of("08:00"), 0.05)))

    assert '"schedule":{"name":"rush","open":"working; 07:00-09:00, 17:00-19:00"}' in raised.evidence


def test_wrong_holidays_leave_the_calendar_in_force() -> None:
    bench = Bench()
    written = book(rule("{notice: {above: 3}}", extra="when: working_time"))
    bench.feed(context(written, [sensor(1)]))

    bench.feed(context(written, [sensor(1)], holidays="[[holiday]]"))

    assert "holidays.toml" in bench.engine.book_error
    assert len(bench.feed(readings((1, seconds_of("11:00"), 0.05)))) == 1
