"""Alarm storms of one cause and of as many causes, while others look at the queue and take steps; deadlines; a plan."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from sqlalchemy import func, select, update

from benchmarks.figures import Figure, spread
from benchmarks.linkage_pages import PAGE_LIMIT_MS, STEP_LIMIT_MS
from benchmarks.linkage_queue import OPEN
from benchmarks.report import percentile
from city.alarm import AlarmTransition
from city.clock import SECOND_NS
from linkage.acting import Order
from linkage.desk import BATCH
from linkage.plans.orders import Start
from linkage.states import Step
from linkage.tables import INCIDENTS, MESSAGES
from storage.sql import Database
from tests.contract.linkage.test_wide_response import directory
from tests.support.linkage import LEADER, MONITOR, WATER_OFFICER, Town, alarm
from tests.support.plans import wide_plan
from tests.support.response import CONTENT, ResponseTown

#: The storm that the city is promised to live through: so many alarms in so many seconds.
ALARMS, STORM_S = 10_000, 10.0

#: Between two pages, and between two steps, of those who work meanwhile, seconds.
_PAGE_EVERY_S, _STEP_EVERY_S = 0.05, 0.1

#: Longest that the activation of a hundred departments may take, milliseconds.
_RESPONSE_LIMIT_MS = 2000.0


def one_cause(town: Town) -> Iterator[Figure]:
    """Admit alarms of one rule and target, each of an alarm of its own."""
    return _storm("storm of one cause", town, [alarm(run=run, rule="storm-one") for run in range(ALARMS)], incidents=1)


def many_causes(town: Town) -> Iterator[Figure]:
    """Admit alarms of as many rules and sensors."""
    return _storm(
        "storm of many causes",
        town,
        [alarm(rule=f"storm-{number}", target=f"sensor-{number}") for number in range(ALARMS)],
    )


def clocks(town: Town, due: int = 50) -> Iterator[Figure]:
    """Let some of 100,000 clocks run out: how long the look takes that finds none, and the one that marks them."""
    now_ns = town.ledger.clock.now_ns()
    with town.database.write() as connection:
        later = update(INCIDENTS).where(INCIDENTS.c.wake_ns <= now_ns + SECOND_NS)
        connection.execute(later.values(wake_ns=now_ns + 3600 * SECOND_NS))
    idle_ms = [_timed_ms(town.ticker.take) for _ in range(50)]
    with town.database.write() as connection:
        some = select(INCIDENTS.c.id).where(INCIDENTS.c.ended_ns.is_(None)).order_by(INCIDENTS.c.id).limit(due)
        connection.execute(update(INCIDENTS).where(INCIDENTS.c.id.in_(some)).values(wake_ns=now_ns))
    yield Figure("clocks that run", OPEN, "")
    yield Figure("look that finds no clock due p99", percentile(idle_ms, 0.99))
    yield Figure(f"look that marks {due} clocks", _timed_ms(town.ticker.take))


def response(database: Database, departments: int = 100) -> Iterator[Figure]:
    """Start a response of 100 departments."""
    town = ResponseTown(database, [wide_plan(departments)], directory())
    start = Start(plan="wide", level="IV", content=CONTENT)
    took_ms = _timed_ms(lambda: town.responses.start(start, LEADER))
    yield Figure(f"response of {departments} departments started", took_ms, limit=_RESPONSE_LIMIT_MS)


def _storm(
    name: str, town: Town, transitions: Sequence[AlarmTransition], *, incidents: int | None = None
) -> Iterator[Figure]:
    town.queue.follow()
    before = _counts(town.database)
    batches_ms: list[float] = []
    with (
        _working(lambda: town.queue.page(MONITOR), _PAGE_EVERY_S) as pages_ms,
        _working(_steps(town), _STEP_EVERY_S) as steps_ms,
    ):
        began = time.perf_counter()
        for start in range(0, len(transitions), BATCH):
            ahead_s = began + start * STORM_S / ALARMS - time.perf_counter()
            time.sleep(max(0.0, ahead_s))
            batches_ms.append(_timed_ms(partial(town.admitter.admit, transitions[start : start + BATCH])))
        took_s = time.perf_counter() - began
    opened, told = (now - then for now, then in zip(_counts(town.database), before, strict=True))
    yield Figure(f"{name}: taken in", took_s, "s", limit=STORM_S * 1.05)
    yield from spread(f"{name}: batch of {BATCH}", batches_ms)
    yield from spread(f"{name}: page meanwhile", pages_ms, PAGE_LIMIT_MS)
    yield from spread(f"{name}: step meanwhile", steps_ms, STEP_LIMIT_MS)
    yield Figure(f"{name}: incidents", opened, "", limit=incidents)
    yield Figure(f"{name}: messages", told, "")


def _steps(town: Town) -> Callable[[], object]:
    lines = iter(town.queue.page(WATER_OFFICER, limit=200).items)

    def step() -> None:
        line = next(lines)
        town.incidents.act(line.id, Order(step=Step.COMMENT, version=line.version, note="on the way"), WATER_OFFICER)

    return step


@contextmanager
def _working(act: Callable[[], object], every_s: float) -> Iterator[list[float]]:
    """Let somebody do this again and again in a thread; yield how long each time took, milliseconds."""
    took_ms: list[float] = []
    over = Event()

    def work() -> None:
        while not over.wait(every_s):
            took_ms.append(_timed_ms(act))

    thread = Thread(target=work, name="bench.working", daemon=True)
    thread.start()
    try:
        yield took_ms
    finally:
        over.set()
        thread.join()


def _counts(database: Database) -> tuple[int, int]:
    with database.read() as connection:
        incidents = connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one()
        messages = connection.execute(select(func.count()).select_from(MESSAGES)).scalar_one()
    return int(incidents), int(messages)


def _timed_ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
