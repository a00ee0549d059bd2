"""Escalations from the moment a rung falls due to its message at a real gateway, while 100,000 others wait."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread

from pydantic import SecretStr
from sqlalchemy import insert, select, update

from benchmarks.figures import Figure
from benchmarks.linkage_queue import OPEN
from benchmarks.report import percentile
from city.clock import SECOND_NS, SystemClock
from liandong import leash
from linkage.config import LinkageSettings, MessageSettings
from linkage.departments import Directory, parse_departments
from linkage.desk import Desk
from linkage.escalation.chain import DEPARTMENT, Chain, Chains, Rung, Way
from linkage.escalation.climber import Climber
from linkage.escalation.tables import ESCALATIONS, NEVER_NS
from linkage.ledger import Ledger
from linkage.tables import INCIDENTS, MESSAGES, TASKS
from linkage.telling.book import Quotas
from linkage.telling.config import GatewaySettings
from storage.sql import Database
from tests.support.linkage import Town

#: What the city is promised: an escalation leaves so soon after its due time, milliseconds.
_LIMIT_MS = 1000.0

#: Rungs in one second up to which that is promised: three for each of thirty departments. Beyond, it is measured.
_PROMISED = 100

#: The departments of the queue (`linkage_queue`), each with a channel of its own.
_DEPARTMENTS = (*(f"department-{number}" for number in range(30)), "water", "police")

#: From writing the rungs down to the first one's due time, and longest that all may take, seconds.
_AHEAD_S, _PATIENCE_S = 2.0, 30.0

#: The second rung is the one that falls due: the first tells what the event itself has told.
_CHAIN = Chain((1, 2, 3, 4, 5), (Rung(0, Way.TELL, DEPARTMENT), Rung(60, Way.TELL, DEPARTMENT)))


@dataclass
class Gateway:
    """Where it listens, and when each message came, by key, nanoseconds."""

    port: int
    came_ns: dict[str, int]

    def wait_for(self, messages: int) -> None:
        """Wait until so many have come, or until patience ends."""
        until = time.monotonic() + _AHEAD_S + _PATIENCE_S
        while len(self.came_ns) < messages and time.monotonic() < until:
            time.sleep(0.05)


def escalations(town: Town) -> Iterator[Figure]:
    """Yield how late messages leave: of few rungs in a second, and of a thousand."""
    with _gateway() as gateway:
        ledger = _ledger(town, gateway.port)
        _wait_for_ever(town.database)
        for rungs in (10, 100, 1000):
            limit_ms = _LIMIT_MS if rungs <= _PROMISED else None
            yield from _late(f"{rungs} rungs in a second", ledger, gateway, rungs, limit_ms)


def _late(name: str, ledger: Ledger, gateway: Gateway, rungs: int, limit_ms: float | None) -> Iterator[Figure]:
    due_ns = _fall_due(ledger.database, rungs)
    asyncio.run(_run(Desk(ledger), Climber(ledger), gateway, expected=len(gateway.came_ns) + rungs))
    query = select(MESSAGES.c.key, MESSAGES.c.escalation, MESSAGES.c.created_ns).where(
        MESSAGES.c.escalation.in_(due_ns)
    )
    with ledger.database.read() as connection:
        rows = connection.execute(query).all()
    written_ms = [(row.created_ns - due_ns[row.escalation]) / 1e6 for row in rows]
    left_ms = [(gateway.came_ns[row.key] - due_ns[row.escalation]) / 1e6 for row in rows if row.key in gateway.came_ns]
    yield Figure(f"{name}: messages that left", len(left_ms), "", limit=rungs, at_least=True)
    yield Figure(f"{name}: written after due p99", percentile(written_ms, 0.99))
    for share, word in ((0.5, "p50"), (0.99, "p99"), (1.0, "max")):
        yield Figure(f"{name}: left after due {word}", percentile(left_ms, share), limit=limit_ms)


async def _run(desk: Desk, climber: Climber, gateway: Gateway, expected: int) -> None:
    """Let the desk climb and deliver until all has come."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(desk.taking(climber)), group.create_task(desk.delivering())]
        await asyncio.to_thread(gateway.wait_for, expected)
        for task in tasks:
            task.cancel()


def _ledger(town: Town, port: int) -> Ledger:
    url = SecretStr(f"http://127.0.0.1:{port}/")
    gateway = GatewaySettings(url=url, fields={"key": SecretStr("{key}")}, needs_phone=False)
    messages = MessageSettings(
        gateways=dict.fromkeys((f"gate-{one}" for one in _DEPARTMENTS), gateway),
        allow_internal=("127.0.0.0/8",),
        rate_per_min=6000,
    )
    telling = replace(town.ledger.book.telling, quotas=Quotas(usual=100_000))
    book = replace(town.ledger.book, directory=_directory(), chains=Chains([_CHAIN]), telling=telling)
    return replace(town.ledger, book=book, clock=SystemClock(), settings=LinkageSettings(messages=messages))


def _directory() -> Directory:
    lines = (
        f"  - {{id: {one}, name: {{zh: {one}, en: {one}}}, axis: department, channels: [gate-{one}]}}"
        for one in _DEPARTMENTS
    )
    desks = "  - {id: desk, name: {zh: 监督, en: Supervision}, axis: supervision}\n"
    command = "  - {id: command, name: {zh: 指挥, en: Command}, axis: command}\n"
    return parse_departments("departments:\n" + desks + command + "\n".join(lines) + "\n")


def _wait_for_ever(database: Database) -> None:
    """Write down 100,000 escalations that wait for tomorrow; let those that there are, and old messages, rest."""
    tomorrow_ns = time.time_ns() + 86_400 * SECOND_NS
    with database.write() as connection:
        connection.execute(update(ESCALATIONS).values(next_ns=NEVER_NS))
        connection.execute(update(MESSAGES).where(MESSAGES.c.state == "waiting").values(state="failed"))
        some = select(INCIDENTS.c.id).where(INCIDENTS.c.ended_ns.is_(None)).order_by(INCIDENTS.c.id).limit(OPEN)
        rows = [_row(number, None, "", tomorrow_ns) for number in connection.execute(some).scalars()]
        connection.execute(insert(ESCALATIONS), rows)


def _fall_due(database: Database, rungs: int) -> dict[int, int]:
    """Write down rungs that fall due evenly within one second; return each one's due time by its id."""
    first_ns = time.time_ns() + round(_AHEAD_S * SECOND_NS)
    query = (
        select(TASKS.c.incident, TASKS.c.id, TASKS.c.department)
        .join(INCIDENTS, INCIDENTS.c.id == TASKS.c.incident)
        .where(INCIDENTS.c.ended_ns.is_(None), TASKS.c.department.in_(_DEPARTMENTS))
        .limit(rungs)
    )
    with database.write() as connection:
        tasks = connection.execute(query).all()
        connection.execute(
            insert(ESCALATIONS),
            [
                _row(task.incident, task.id, task.department, first_ns + place * SECOND_NS // rungs, round_=rungs)
                for place, task in enumerate(tasks)
            ],
        )
        due = select(ESCALATIONS.c.id, ESCALATIONS.c.next_ns).where(ESCALATIONS.c.round == rungs)
        return {row.id: row.next_ns for row in connection.execute(due)}


def _row(incident: int, task: int | None, department: str, next_ns: int, round_: int = 1) -> dict[str, object]:
    return {
        "incident": incident,
        "task": task,
        "department": department,
        "state": "climbing",
        "rung": 1,
        "round": round_,
        "since_ns": next_ns - 60 * SECOND_NS,
        "started_ns": next_ns - 60 * SECOND_NS,
        "next_ns": next_ns,
        "answered_by": "",
    }


@contextmanager
def _gateway() -> Iterator[Gateway]:
    """Run the gateway until the block ends."""
    command = leash.command(sys.executable, "-m", "benchmarks.gateway")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = process.stdout
        came_ns: dict[str, int] = {}

        def follow() -> None:
            for line in lines:
                key, _, time_ns = line.partition(" ")
                came_ns.setdefault(key, int(time_ns))

        port = int(lines.readline())
        thread = Thread(target=follow, name="bench.gateway", daemon=True)
        thread.start()
        try:
            yield Gateway(port, came_ns)
        finally:
            process.terminate()
            thread.join()
