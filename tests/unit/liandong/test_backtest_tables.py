"""What a terminal shows of a back-test."""

from dataclasses import replace
from io import StringIO
from zoneinfo import ZoneInfo

from rich.console import Console

from city.backtest import ByDepartment, ByRule, Decided, Difference, Differing, Report, Side
from liandong.commands.backtest_tables import show

NONE = {"notice": 0, "major": 0, "critical": 0}
SIDE = Side(
    rules=2,
    incidents=3,
    alarms=40,
    by_rule=[ByRule("flood", {}, 3, {**NONE, "major": 3}, 40), ByRule("smoke", {}, 0, NONE, 0)],
    by_level={**NONE, "major": 3},
    by_hour=[3, *[0] * 23],
    by_department=[ByDepartment("water", {}, 3, 2, 0.5, 1, "", 2, {"08:00": 0.5})],
    decided=[Decided("open", "new", 3), Decided("hold", "capped", 37)],
)
GONE = Differing("gone", "flood", "gauge", "", "2026-11-02T16:00:01.250Z", 0, "", "major", 1)
REPORT = Report(
    start="2026-11-01T16:00:00.000Z",
    end="2026-11-02T16:00:00.000Z",
    history_from="",
    readings=1200,
    events=0,
    strangers=7,
    unheard_s=5400,
    closes_after_s=1800,
    took_s=1.5,
    proposed=SIDE,
    difference=Difference({"new": 0, "gone": 1}, [GONE]),
    notes=["The rules began without a warm-up."],
)


def shown(report: Report, width: int = 160) -> str:
    into = StringIO()
    show(report, ZoneInfo("Asia/Shanghai"), Console(file=into, width=width))
    return into.getvalue()


def test_times_are_the_citys_and_what_reached_nobody_is_told() -> None:
    text = shown(REPORT)

    assert text.startswith(
        "2026-11-02 00:00:00 to 2026-11-03 00:00:00 (Asia/Shanghai): 1,200 readings, 0 events, in 1.5 s"
    )
    assert "7 readings or events of sensors that are not registered" in text
    assert "Nothing at all arrived for 1.5 h" in text
    rows = [" ".join(line.replace("│", " ").split()) for line in text.splitlines()]
    assert {"flood 3 0 3 0 40", "1 other rules 0 0 0 0 0", "all 3 0 3 0 40"} <= set(rows)
    assert rows.index("hold capped 37") < rows.index("open new 3")
    assert "water 3 2 0.5 1 2 08:00 0.5" in rows
    assert "gone flood gauge 2026-11-03 00:00:01 major → -" in rows


def test_of_a_span_in_which_nothing_came_only_that_is_said() -> None:
    text = shown(replace(REPORT, readings=0, strangers=0, unheard_s=0, notes=["The history is empty."]))

    assert [line.strip() for line in text.splitlines()][1:] == ["The history is empty."]


def test_a_narrow_terminal_cuts_nothing_off() -> None:
    moved = Differing(
        "later",
        "underpass-water-early",
        "underpass-level-001",
        "2026-11-02T16:01:00Z",
        GONE.live_at,
        60,
        "major",
        "major",
        1,
    )
    text = shown(replace(REPORT, difference=Difference({"later": 1}, [moved])), width=80)

    assert "…" not in text
    assert all(line.endswith("│") for line in text.splitlines() if line.startswith("│"))
    assert text.count("2026-11-03") == 3, "the span's end, when it is told, and when it was"
