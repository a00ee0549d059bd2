"""The report of a back-test as tables on a terminal, in the city's own time."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from city.backtest import Decided, Difference, Report, Side
from city.level import Level

_LEVELS = [level.word for level in Level]

#: Columns of times, and the letters of a day: it stands on one line, the time of day below it.
_TIMES, _DAY = ("at", "in force"), 10


def show(report: Report, zone: ZoneInfo, console: Console) -> None:
    """Print what a reader must know, and then what each book would have done; nothing more where nothing arrived."""
    start, end = (_local(time, zone) for time in (report.start, report.end))
    console.print(f"{start} to {end} ({zone.key}): {report.readings:,} readings, {report.events:,} events,", end=" ")
    console.print(f"in {report.took_s:g} s", highlight=False)
    for note in [*_doubts(report), *report.notes]:
        console.print(note)
    if not report.readings + report.events:
        return
    for name, side in (("proposed", report.proposed), ("in force", report.live)):
        if side is not None:
            for table in _tables(name, side):
                console.print(table)
    if report.difference is not None:
        console.print(_differences(report.difference, zone))


def _doubts(report: Report) -> Iterator[str]:
    if report.strangers:
        yield f"{report.strangers:,} readings or events of sensors that are not registered were not judged."
    if report.unheard_s:
        yield f"Nothing at all arrived for {report.unheard_s / 3600:.2g} h; no silence counts in that time."


def _tables(name: str, side: Side) -> Iterator[Table]:
    yield _by_rule(name, side)
    hours = _table(f"{name}: incidents by hour of the day", "hours", *(str(hour) for hour in range(12)))
    for first in (0, 12):
        hours.add_row(f"{first}-{first + 11}", *_numbers(*side.by_hour[first : first + 12]))
    yield hours
    columns = ("department", "incidents", "shifts", "a shift", "most", "off duty", "mean by shift")
    load = _table(f"{name}: duty load", *columns)
    for one in side.by_department:
        shifts = ", ".join(f"{begins} {mean:g}" for begins, mean in one.by_shift.items())
        numbers = _numbers(one.incidents, one.shifts)
        load.add_row(one.department, *numbers, f"{one.mean:g}", *_numbers(one.most, one.off_duty), shifts)
    yield load
    yield _decided(name, side.decided)


def _by_rule(name: str, side: Side) -> Table:
    title = f"{name}: {side.incidents:,} incidents of {side.alarms:,} alarms"
    table = _table(title, "rule", "incidents", *_LEVELS, "alarms")
    for one in side.by_rule:
        if one.alarms or one.incidents:
            table.add_row(one.rule, *_numbers(one.incidents, *(one.levels[word] for word in _LEVELS), one.alarms))
    quiet = sum(not one.alarms and not one.incidents for one in side.by_rule)
    if quiet:
        table.add_row(f"{quiet} other rules", *_numbers(*[0] * (len(_LEVELS) + 2)))
    table.add_section()
    table.add_row("all", *_numbers(side.incidents, *(side.by_level[word] for word in _LEVELS), side.alarms))
    return table


def _decided(name: str, decided: list[Decided]) -> Table:
    """Return what became of alarms before anybody was told: `hold` reached nobody while its reason stood."""
    table = _table(f"{name}: what admission did with changes of alarms", "what", "why", "changes")
    for one in sorted(decided, key=lambda one: (-one.changes, one.action, one.reason)):
        table.add_row(one.action, one.reason.replace("_", " "), *_numbers(one.changes))
    return table


def _differences(difference: Difference, zone: ZoneInfo) -> Table:
    counted = ", ".join(f"{count:,} {kind}" for kind, count in difference.counts.items())
    table = _table(
        f"against the book in force: {counted}", "what", "rule", "target", "at", "in force", "by, s", "level"
    )
    for one in difference.items:
        level = one.level if one.level == one.live_level else f"{one.live_level or '-'} → {one.level or '-'}"
        later = f"{one.seconds:+.0f}" if one.at and one.live_at else ""
        at, live_at = (_local(time, zone) for time in (one.at, one.live_at))
        table.add_row(one.what, one.rule, one.target, at, live_at, later, level)
    return table


def _local(time: str, zone: ZoneInfo) -> str:
    """Return a time of the report on the city's clock, to the second; nothing of nothing."""
    return f"{datetime.fromisoformat(time).astimezone(zone):%Y-%m-%d %H:%M:%S}" if time else ""


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        # On a narrow terminal names and days go on in the next line: cut off, nobody knows which they are.
        table.add_column(column, overflow="fold", min_width=_DAY if column in _TIMES else None)
    return table


def _numbers(*counts: int) -> list[str]:
    return [f"{count:,}" for count in counts]
