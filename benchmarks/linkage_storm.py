"""Storms and clocks: many alarms of one cause and of as many causes, the next of 100,000 deadlines, a wide response."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import func, select, update

from benchmarks.linkage_queue import OPEN
from benchmarks.report import percentile
from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from linkage.plans.orders import Start
from linkage.tables import INCIDENTS, MESSAGES
from storage.sql import Database
from tests.contract.linkage.test_wide_response import directory
from tests.support.linkage import LEADER, MONITOR, Town, alarm
from tests.support.plans import wide_plan
from tests.support.response import CONTENT, ResponseTown

ALARMS = 10_000

#: As the desk admits them.
_BATCH = 50


def one_cause(town: Town) -> dict[str, float]:
    """Admit alarms of one rule and target, each of an alarm of its own."""
    return _admitted(town, [alarm(run=run, rule="storm-one") for run in range(ALARMS)])


def many_causes(town: Town) -> dict[str, float]:
    """Admit alarms of as many rules, and look at the queue meanwhile."""
    return _admitted(town, [alarm(rule=f"storm-{number}") for number in range(ALARMS)])


def clocks(town: Town, due: int = 50) -> dict[str, float]:
    """Let some of 100,000 clocks run out: how long the look takes that finds none, and the one that marks them."""
    now_ns = town.ledger.clock.now_ns()
    with town.database.write() as connection:
        later = update(INCIDENTS).where(INCIDENTS.c.wake_ns <= now_ns + SECOND_NS)
        connection.execute(later.values(wake_ns=now_ns + 3600 * SECOND_NS))
    idle_ms = [_timed_ms(town.ticker.take) for _ in range(50)]
    with town.database.write() as connection:
        some = select(INCIDENTS.c.id).where(INCIDENTS.c.ended_ns.is_(None)).order_by(INCIDENTS.c.id).limit(due)
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id.in_(some)).values(wake_ns=now_ns))
    return {
        "clocks": float(OPEN),
        "nothing_due_p99_ms": percentile(idle_ms, 0.99),
        "marked": float(due),
        "marking_ms": _timed_ms(town.ticker.take),
    }


def response(database: Database, departments: int = 100) -> dict[str, float]:
    """Start a response of 100 departments."""
    town = ResponseTown(database, [wide_plan(departments)], directory())
    start = Start(plan="wide", level="IV", content=CONTENT)
    return {"departments": float(departments), "started_ms": _timed_ms(lambda: town.responses.start(start, LEADER))}


def _admitted(town: Town, transitions: Sequence[AlarmTransition]) -> dict[str, float]:
    incidents, messages = _counts(town.database)
    batches_ms, pages_ms = [], []
    began = time.perf_counter()
    for start in range(0, len(transitions), _BATCH):
        batch = transitions[start : start + _BATCH]
        batches_ms.append(_timed_ms(partial(town.admitter.admit, batch)))
        if len(batches_ms) % 10 == 0:
            pages_ms.append(_timed_ms(lambda: town.queue.page(MONITOR)))
    took_s = time.perf_counter() - began - sum(pages_ms) / 1000
    now_incidents, now_messages = _counts(town.database)
    return {
        "alarms": float(len(transitions)),
        "alarms_per_s": len(transitions) / took_s,
        "batch_p99_ms": percentile(batches_ms, 0.99),
        "page_meanwhile_p99_ms": percentile(pages_ms, 0.99),
        "incidents": float(now_incidents - incidents),
        "messages": float(now_messages - messages),
    }


def _counts(database: Database) -> tuple[int, int]:
    with database.read() as connection:
        incidents = connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one()
        messages = connection.execute(select(func.count()).select_from(MESSAGES)).scalar_one()
    return int(incidents), int(messages)


def _timed_ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
