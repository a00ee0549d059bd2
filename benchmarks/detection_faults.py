"""How many faults of a simulated city its rules find, how soon, and how often they say something without a cause.

All sensors of the demo city at their own intervals, with all rules of the demo city. Each rule is about one domain, so
the domains are judged side by side, and what comes of it goes through one linkage queue: as one engine would have it.
"""

import resource
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.detection_labels import Causes, Found, by_kind, found, months, uncaused
from benchmarks.detection_month import Asked, Judged, judged
from city.alarm import AlarmTransition
from city.clock import SECOND_NS, iso
from liandong.backtest.admitting import Opened, queue
from liandong.backtest.town import town_of
from liandong.city_folder import read_city
from liandong.settings import Settings
from simulators.faults import FAULTS, HARMLESS
from simulators.faults.fault import Fault
from simulators.faults.planting import Span, planted
from simulators.fleet import SimulatedSensor, load_fleet

CITY = Path("examples/haibin")

#: Monday, 2 November 2026, midnight in China: a month without holidays, in which working days are as they are played.
START_S = 1_793_548_800

#: Simulated days unless said.
DAYS = 30.0

#: Domains that are judged together; half the work each.
SHARES = (("traffic", "environment", "video"), ("machine_room",))

#: At least so many percent are to be found, and at most so many incidents are to be false a hundred sensors and month.
LEAST_FOUND_PERCENT, MOST_FALSE = 99.0, 1.0

#: Nobody works on cases here: an incident is closed so long after its last alarm cleared, as in a back-test.
_CLOSES_AFTER_NS = 1_800 * SECOND_NS


def fault_figures(days: float = DAYS, *, seed: int = 1, dense: int = 1) -> dict[str, object]:
    """Return all figures about so many simulated days with `dense` times as many faults as usual."""
    began_s, fleet = time.monotonic(), load_fleet(CITY)
    span = Span(START_S, days)
    every = every_fault(fleet, span, seed, dense)
    faults = [one for one in every if one.label is not None]
    shares = side_by_side(days, seed, dense)
    transitions = sorted(
        (one for share in shares for one in share.transitions), key=lambda one: (one.arrival_ns, one.domain)
    )
    incidents, decided = admitted(transitions, span)
    some = found(faults, transitions)
    figures: dict[str, object] = {
        "days": days,
        "dense": dense,
        "sensors": len(fleet),
        "readings": sum(one.readings for one in shares),
        "derived": sum(one.derived for one in shares),
        "faults": len(faults),
        "harmless": len(every) - len(faults),
        **_found(some),
        **uncaused(transitions, incidents, Causes(faults, fleet), months(len(fleet), days)),
        "decided": decided,
        "kinds": by_kind(some),
        "missed": [_told(one.fault) for one in some if one.after_s is None],
        **_cost(time.monotonic() - began_s),
    }
    return figures | {"limits_kept": kept(figures)}


def kept(figures: Mapping[str, Any]) -> bool:
    """Return whether enough was found, and little enough said without a cause; nothing planted is nothing found."""
    percent, false = figures["found_percent"], figures["false_incidents_per_100_sensors_month"]
    return percent is not None and percent >= LEAST_FOUND_PERCENT and false <= MOST_FALSE


def _cost(wall_s: float) -> dict[str, object]:
    """Return time and the most memory that one process held: the two that judged have ended."""
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "wall_s": round(wall_s),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in parts)),
        "peak_rss_mb": round(max(one.ru_maxrss for one in parts) / 1024),
    }


def side_by_side(days: float, seed: int, dense: int) -> list[Judged]:
    """Return what the rules say of each share, all judged at once, a process each."""
    with ProcessPoolExecutor(len(SHARES)) as pool:
        return list(pool.map(partial(judged_share, days=days, seed=seed, dense=dense), SHARES))


def judged_share(domains: Sequence[str], *, days: float, seed: int, dense: int) -> Judged:
    """Return what the rules say of the sensors of some domains; faults are those of the whole city."""
    fleet, span, holidays = load_fleet(CITY), Span(START_S, days), CITY / "holidays.toml"
    some = [one for one in fleet if one.domain in domains]
    ids = {one.id for one in some}
    faults = [one for one in every_fault(fleet, span, seed, dense) if one.touches & ids]
    asked = Asked(some, faults, START_S, days, seed, holidays.read_text("utf-8"))
    return judged(read_city(CITY), asked)


def every_fault(fleet: Sequence[SimulatedSensor], span: Span, seed: int, dense: int) -> list[Fault]:
    """Return all that is planted, with and without a label."""
    often = [replace(kind, a_month=kind.a_month * dense) for kind in FAULTS.values()]
    return [fault for some in (often, HARMLESS.values()) for fault in planted(fleet, span, some, seed=seed)]


def admitted(transitions: Sequence[AlarmTransition], span: Span) -> tuple[list[Opened], dict[str, int]]:
    """Return the incidents that one linkage queue opens, and how many changes it decided on which way."""
    settings = Settings(city=CITY)
    town = town_of(settings, read_city(CITY))
    with queue(town.linkage, settings.linkage, _CLOSES_AFTER_NS) as place:
        place.admit(transitions)
        place.pass_until(span.end_s * SECOND_NS)
        every = place.decided(span.start_s * SECOND_NS, span.end_s * SECOND_NS)
        decided = {f"{action}: {reason}": count for (action, reason), count in sorted(every.items())}
        return list(place.opened()), decided


def _found(some: Sequence[Found]) -> dict[str, object]:
    count = sum(one.after_s is not None for one in some)
    return {"found": count, "found_percent": round(100 * count / len(some), 2) if some else None}


def _told(fault: Fault) -> str:
    label = fault.label
    rules = "" if label is None else f", not found by {', '.join(label.rules)} at level {label.level}"
    where = sorted(fault.touches)[0]
    return f"{fault.kind} at {where}, {iso(fault.start_s * SECOND_NS)} to {iso(fault.end_s * SECOND_NS)}{rules}"
