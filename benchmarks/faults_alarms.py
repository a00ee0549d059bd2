"""Whether alarms were raised and cleared as the readings that are kept say, for `benchmarks.soak_faults`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from benchmarks.faults_town import HOT, LIMIT_CM, Town
from city.clock import MILLISECOND_NS, iso

Change = dict[str, Any]

#: Incidents on one page.
_PAGE = 200


def changes_of(town: Town) -> tuple[dict[str, list[Change]], Counter[str]]:
    """Return all changes of alarms by hot sensor, in order of time, and how many incidents each sensor has."""
    found: dict[str, list[Change]] = {sensor: [] for sensor in HOT}
    incidents: Counter[str] = Counter()
    for row in _incidents(town):
        if row["rule"] == "too-high":
            incidents[str(row["sensor"])] += 1
            for change in town.ask("acceptor", f"/incidents/{row['id']}")["alarms"]:
                found[change["target"]].append(change)
    return {sensor: sorted(changes, key=_at_ms) for sensor, changes in found.items()}, incidents


def _incidents(town: Town) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = town.ask("acceptor", "/incidents", limit=_PAGE, **({"after": after} if after else {}))
        yield from page["items"]
        after = page["next"] or ""
        if not after:
            return


def faults_of(
    sensor: str, readings: Mapping[int, float], changes: Sequence[Change], *, since_ms: int, lossy: bool
) -> Iterator[str]:
    """Yield what is wrong with a sensor's alarm since an episode began, by the readings (time in ms to value) kept.

    A reading that comes late may raise an alarm and clears none, so an alarm can be raised more than once in the time
    in which a sensor was too high, and must be at least once. Where readings were lost, only what stands now is judged.
    """
    spans = list(_spans(readings))
    raised = [_at_ms(change) for change in changes if change["change"] in {"raised", "risen"}]
    stands, last_cm = bool(changes) and changes[-1]["change"] != "cleared", readings[max(readings)]
    if stands != (last_cm > LIMIT_CM):
        yield f"alarm of {sensor} {'stands' if stands else 'does not stand'}, its last reading is {last_cm} cm"
    for first, last in spans if not lossy else ():
        if first >= since_ms and not any(first <= at <= last for at in raised):
            yield f"no alarm of {sensor} between {iso(first * MILLISECOND_NS)} and {iso(last * MILLISECOND_NS)}"
    for at in raised if not lossy else ():
        if at >= since_ms and not any(first <= at <= last for first, last in spans):
            yield f"an alarm of {sensor} at {iso(at * MILLISECOND_NS)} for no reading"
    for (change, _, time), times in Counter((one["change"], one["alarm"], one["time"]) for one in changes).items():
        if times > 1:
            yield f"alarm of {sensor} {change} {times} times at {time}"


def _spans(readings: Mapping[int, float]) -> Iterator[tuple[int, int]]:
    """Yield first and last time of each span in which a sensor was too high."""
    high: list[int] = []
    for at in sorted(readings):
        if readings[at] > LIMIT_CM:
            high.append(at)
        elif high:
            yield high[0], high[-1]
            high = []
    if high:
        yield high[0], high[-1]


def _at_ms(change: Change) -> int:
    return round(datetime.fromisoformat(change["time"]).timestamp() * 1000)
