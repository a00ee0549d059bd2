"""What falls on a department's shifts, and what comes while nobody of it is there."""

from zoneinfo import ZoneInfo

from city.calendar import Calendar
from city.clock import SECOND_NS
from liandong.backtest.admitting import Opened
from liandong.backtest.counting import Organisation, load
from linkage.roster.parsing import parse_rosters
from tests.support.linkage import book

HOUR_NS = 3_600 * SECOND_NS
MONDAY_NS = 1_793_548_800 * SECOND_NS  # 2026-11-02T00:00:00+08:00
OFFICE = """
posts:
  - department: water
    id: duty
    name: {zh: 防汛, en: Flood duty}
    start: 2026-11-02
    always: false
    patterns: [{shifts: ["08:00-18:00"], teams: [a, b], days: working, every: day}]
"""


def incident(hour: int) -> Opened:
    opened_ns = MONDAY_NS + hour * HOUR_NS
    return Opened("flood", "gauge", "road_water", "environment", "", opened_ns, None, 1, 1, 0, ("water",))


def test_what_comes_while_nobody_is_on_duty_is_on_no_shift() -> None:
    who = Organisation(
        book().directory, parse_rosters(OFFICE, "rosters.yaml"), Calendar(zone=ZoneInfo("Asia/Shanghai"))
    )

    incidents = [incident(hour) for hour in (2, 8, 17, 18, 30, 33, 130)]  # 130 is on Saturday
    found = next(
        one for one in load(incidents, who, MONDAY_NS, MONDAY_NS + 7 * 24 * HOUR_NS) if one.department == "water"
    )

    assert (found.incidents, found.shifts, found.off_duty) == (7, 5, 4)
    assert (found.mean, found.most, found.most_at) == (0.6, 2, "2026-11-02T00:00:00.000Z")
    assert found.by_shift == {"08:00": 0.6}
