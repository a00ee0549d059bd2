"""The linkage queue under load, on SQLite and on PostgreSQL: `make bench-linkage`."""

import contextlib
import itertools
import logging
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from benchmarks.linkage_queue import OPEN, fill
from benchmarks.linkage_storm import clocks, many_causes, one_cause, response
from benchmarks.report import percentile, report
from linkage.acting import Order
from linkage.finding import QueueFilter
from linkage.legs import TaskFilter
from linkage.person import Person, Role
from linkage.states import Step
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.linkage import DISPATCHER, MONITOR, WATER_OFFICER, Town, person
from tests.support.postgres import postgresql

_PAGES, _STEPS = 40, 200

EAST = person(Role.MONITOR, name="east", district="east")
COLLECTOR = person(Role.COLLECTOR, name="collector-7", department="desk")

#: Every filter of the queue, alone and together, by those who ask for them.
PAGES: dict[str, tuple[Person, QueueFilter]] = {
    "open": (MONITOR, QueueFilter()),
    "ended": (MONITOR, QueueFilter(open=False)),
    "all": (MONITOR, QueueFilter(open=None)),
    "state": (MONITOR, QueueFilter(states=("dispatched",))),
    "state_rare": (MONITOR, QueueFilter(states=("checking",))),
    "priority": (MONITOR, QueueFilter(priorities=(1,))),
    "domain": (MONITOR, QueueFilter(domains=("video",))),
    "district": (MONITOR, QueueFilter(districts=("west",))),
    "class": (MONITOR, QueueFilter(classes=("heat",))),
    "department": (MONITOR, QueueFilter(departments=("water",))),
    "departments": (MONITOR, QueueFilter(departments=tuple(f"department-{n}" for n in range(30)))),
    "text_common": (MONITOR, QueueFilter(q="积水")),
    "text_two": (MONITOR, QueueFilter(q="滨海 water")),
    "text_number": (MONITOR, QueueFilter(q="077777")),
    "text_nothing": (MONITOR, QueueFilter(q="没有这个地方")),
    "text_letter": (MONITOR, QueueFilter(q="a")),
    "text_ended": (MONITOR, QueueFilter(q="积水", open=False)),
    "text_all": (MONITOR, QueueFilter(q="码头 号", open=None)),
    "mine_officer": (WATER_OFFICER, QueueFilter(mine=True)),
    "mine_dispatcher": (DISPATCHER, QueueFilter(mine=True)),
    "mine_collector": (COLLECTOR, QueueFilter(mine=True)),
    "officer": (WATER_OFFICER, QueueFilter()),
    "officer_text": (WATER_OFFICER, QueueFilter(q="积水")),
    "one_district": (EAST, QueueFilter()),
    "together": (
        MONITOR,
        QueueFilter(states=("dispatched", "handling"), priorities=(1, 2), districts=("east",), q="积水"),
    ),
}


def main() -> None:
    """Measure on both databases and report."""
    figures: dict[str, Any] = {"open_incidents": OPEN}
    wanted = sys.argv[1:] or ["sqlite", "postgresql"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in wanted:
        with DATABASES[name]() as database:
            figures[name] = measured(database)
        report("linkage", figures)


def measured(database: Database) -> dict[str, Any]:
    """Return every figure on this database, times in milliseconds."""
    town = Town(database)
    began = time.perf_counter()
    fill(town)
    filled_s = time.perf_counter() - began
    pages = {name: _timed(partial(_page, town, *one), _PAGES) for name, one in PAGES.items()}
    tasks = _timed(lambda: town.tasks.page(WATER_OFFICER, TaskFilter(mine=True)), _PAGES)
    return {
        "filled_s": filled_s,
        "step": _step(town),
        "page": pages,
        "page_second": _timed(lambda: _second(town), _PAGES),
        "tasks_mine": tasks,
        "worst_page_p99_ms": max(one["p99_ms"] for one in pages.values()),
        "clocks": clocks(town),
        "storm_of_one_cause": one_cause(town),
        "storm_of_many_causes": many_causes(town),
        "response": response(database),
    }


def _page(town: Town, who: Person, wanted: QueueFilter) -> None:
    town.queue.page(who, wanted)


def _second(town: Town) -> None:
    first = town.queue.page(MONITOR)
    town.queue.page(MONITOR, after=first.next)


def _step(town: Town) -> dict[str, float]:
    """Time an officer's comment on one incident after the other, from order to answer."""
    lines = town.queue.page(WATER_OFFICER, limit=200).items
    versions = {line.id: line.version for line in lines}
    turn = itertools.cycle(versions)

    def step() -> None:
        incident = next(turn)
        order = Order(step=Step.COMMENT, version=versions[incident], note="on the way")
        versions[incident] = town.incidents.act(incident, order, WATER_OFFICER).version

    return _timed(step, _STEPS)


def _timed(act: Callable[[], object], times: int) -> dict[str, float]:
    act_ms = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        act_ms.append((time.perf_counter() - began) * 1000)
    return {"p50_ms": percentile(act_ms, 0.5), "p99_ms": percentile(act_ms, 0.99)}


@contextlib.contextmanager
def _sqlite() -> Iterator[Database]:
    with TemporaryDirectory(prefix="liandong-bench-") as folder:
        yield from _opened(f"sqlite:///{Path(folder) / 'city.sqlite'}")


@contextlib.contextmanager
def _postgresql() -> Iterator[Database]:
    with postgresql(durable=True) as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    upgrade(database)
    try:
        yield database
    finally:
        database.close()


DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql}


if __name__ == "__main__":
    main()
