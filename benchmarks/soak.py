"""The database away for a minute, switched off and then silent, under a working desk: `make soak`. It ends itself."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select

from benchmarks.report import report
from city.clock import SECOND_NS
from linkage.escalation.tables import ESCALATIONS, NEVER_NS
from linkage.event_log import verify
from linkage.tables import EVENTS, INCIDENTS, MESSAGES
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.desk_process import Orders, desk_process
from tests.support.postgres import Postgres, postgres_server

#: How long the database is away: the promise is about a minute.
AWAY_S = 60.0

#: Alarms, three every 0.2 s: twenty seconds when nothing is in the way. Rungs lie 20 s apart, so that most of those of
#: the first half fall due while the database is away.
ALARMS, PACE_S, RUNG_S = 300, 0.2, 20

#: Alarms admitted before the database goes, and the longest wait for everything to be done after it came back, seconds.
_BEFORE, _PATIENCE_S = 150, 240.0

_LOOK_S = 0.2


def main() -> None:
    """Show both kinds of absence; the exit code is 1 when anything was lost, doubled or skipped."""
    figures = {name: soaked(absence) for name, absence in ABSENCES.items()}
    report("soak", figures)
    sys.exit(any(figure[name] for figure in figures.values() for name in _WRONG))


#: Figures that must be zero.
_WRONG = (
    "incidents_lost",
    "incidents_doubled",
    "messages_unsent",
    "letters_lost",
    "rungs_skipped",
    "rungs_doubled",
    "log_faults",
    "timed_out",
)


@contextmanager
def _off(server: Postgres) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


#: How a database can be away: its machine is off, or it has stopped in the middle of what it did.
ABSENCES: Mapping[str, Callable[[Postgres], Any]] = {"switched_off": _off, "silent": Postgres.paused}


def soaked(absence: Callable[[Postgres], Any]) -> dict[str, Any]:
    """Run a desk on a server of its own, take that away for a minute, and count when all is done."""
    with TemporaryDirectory(prefix="liandong-soak-") as name, postgres_server(durable=True) as server:
        database = Database(server.url)
        upgrade(database)
        orders = Orders(server.url, name, alarms=ALARMS, lease_s=5.0, pace_s=PACE_S, rung_s=RUNG_S)
        with desk_process(orders):
            _wait(lambda: _asked(database, _opened) >= _BEFORE)
            with absence(server):
                away = _away()
            back_s = time.monotonic()
            opened = _asked(database, _opened)
            _wait(lambda: _asked(database, _opened) > opened)
            first_s = time.monotonic() - back_s
            done = _wait(lambda: _asked(database, _is_done))
            all_s = time.monotonic() - back_s
        found = {"timed_out": int(not done), "away_s": away, "opened_before": opened}
        found |= {"first_incident_after_s": first_s, "all_done_after_s": all_s}
        return found | counted(database, orders.letters)


def _away() -> float:
    began_s = time.monotonic()
    time.sleep(AWAY_S)
    return time.monotonic() - began_s


def counted(database: Database, letters: Path) -> dict[str, Any]:
    """Return what came of everything: incidents by their rules, letters by their keys, rungs by their climbs."""
    carried = Counter(letters.read_text().split())
    with database.read() as connection:
        rules = Counter(connection.execute(select(INCIDENTS.c.rule)).scalars())
        keys = set(connection.execute(select(MESSAGES.c.key)).scalars())
        unsent = select(func.count()).select_from(MESSAGES).where(MESSAGES.c.state != "sent")
        rungs, late_s = _rungs(connection)
        climbs = int(connection.execute(select(func.count()).select_from(ESCALATIONS)).scalar_one())
        figures = {
            "alarms": ALARMS,
            "incidents": sum(rules.values()),
            "incidents_lost": sum(f"rule-{number}" not in rules for number in range(1, ALARMS + 1)),
            "incidents_doubled": sum(count - 1 for count in rules.values()),
            "messages": len(keys),
            "messages_unsent": int(connection.execute(unsent).scalar_one()),
            "letters_lost": len(keys - carried.keys()),
            "letters_repeated": sum(count - 1 for count in carried.values()),
            "escalations": climbs,
            # The message of the event itself covers the first of the three rungs.
            "rungs_fired": sum(rungs.values()),
            "rungs_skipped": 2 * climbs - len(rungs),
            "rungs_doubled": sum(count - 1 for count in rungs.values()),
            "latest_rung_late_s": late_s,
        }
    return figures | {"log_faults": len(verify(database))}


def _rungs(connection: Connection) -> tuple[Counter[tuple[int, int]], float]:
    """Return how often each rung of each climb was fired, and by how much the latest was late."""
    climbs = connection.execute(select(ESCALATIONS.c.id, ESCALATIONS.c.started_ns))
    started = {row.id: row.started_ns for row in climbs}
    fired: Counter[tuple[int, int]] = Counter()
    late_s = 0.0
    for at_ns, data in connection.execute(select(EVENTS.c.at_ns, EVENTS.c.data).where(EVENTS.c.step == "escalate")):
        said = json.loads(data)
        fired[said["escalation"], said["rung"]] += 1
        due_ns = started[said["escalation"]] + said["rung"] * RUNG_S * SECOND_NS
        late_s = max(late_s, (at_ns - due_ns) / SECOND_NS)
    return fired, late_s


def _opened(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(INCIDENTS)).scalar_one())


def _is_done(connection: Connection) -> bool:
    unsent = select(MESSAGES.c.id).where(MESSAGES.c.state != "sent").limit(1)
    climbing = select(ESCALATIONS.c.id).where(ESCALATIONS.c.next_ns < NEVER_NS).limit(1)
    waiting = (connection.execute(query).first() is not None for query in (unsent, climbing))
    return _opened(connection) >= ALARMS and not any(waiting)


def _asked(database: Database, look: Callable[[Connection], Any]) -> Any:
    with database.read() as connection:
        return look(connection)


def _wait(fits: Callable[[], bool]) -> bool:
    """Look until it fits; return whether it did in time."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while not fits():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(_LOOK_S)
    return True


if __name__ == "__main__":
    main()
