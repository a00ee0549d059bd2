"""A queue of 100,000 open incidents: real ones, copied by the thousand with other numbers, words, places and clocks."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert, select, text

from linkage import event_log
from linkage.clocks import task_yellow
from linkage.deed import Deed
from linkage.event_log import Stamp
from linkage.opening import CityBook
from linkage.record import TaskRecord
from linkage.tables import INCIDENTS, NEVER_NS, TASKS
from storage.sql import Database
from tests.support.linkage import Town, alarm, life_safety

OPEN, ENDED = 100_000, 20_000

_HOUR_NS = 3_600_000_000_000
_BATCH = 2000

#: The first id of a copy, behind those of the originals.
_FIRST = 11

_STREETS = (
    "中山路",
    "人民路",
    "滨海大道",
    "解放路",
    "东门下穿",
    "西门下穿",
    "港湾桥",
    "青岚一路",
    "望月街",
    "码头北路",
)
_THINGS = (("积水", "water"), ("井盖", "manhole"), ("路灯", "lamp"), ("停电", "outage"), ("烟雾", "smoke"))

Row = dict[str, Any]


def templates(town: Town) -> tuple[Row, Row, tuple[Row, ...]]:
    """Open two incidents by alarms; return the row of a reported one, of one with two departments at it, its tasks."""
    plain, grave = town.admitter.admit([alarm(), life_safety(alarm(target="underpass/2"))])
    with town.database.read() as connection:
        rows = {row["id"]: dict(row) for row in connection.execute(select(INCIDENTS)).mappings()}
        tasks = connection.execute(select(TASKS).where(TASKS.c.incident == grave.incident)).mappings()
        return rows[plain.incident or 0], rows[grave.incident or 0], tuple(dict(task) for task in tasks)


def fill(town: Town, seed: int = 8) -> None:
    """Write the queue: open and ended incidents, their tasks, and an event for each."""
    chance = random.Random(seed)
    reported, dispatched, tasks = templates(town)
    for start in range(0, OPEN + ENDED, _BATCH):
        incidents: list[Row] = []
        legs: list[Row] = []
        for index in range(start, start + _BATCH):
            base = dispatched if index % 5 in {0, 1} else reported
            incidents.append(_varied(base, _FIRST + index, chance, ended=index >= OPEN))
            legs += _legs(tasks if base is dispatched else (), incidents[-1], chance, town.ledger.book)
        _write(town.database, incidents, legs)
    settle(town.database)


def settle(database: Database) -> None:
    """Let the database count what it holds, as its own housekeeping does within minutes."""
    if database.url.startswith("sqlite"):
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
        return
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _varied(base: Mapping[str, Any], number: int, chance: random.Random, *, ended: bool) -> Row:
    zh, en = chance.choice(_THINGS)
    street = chance.choice(_STREETS)
    opened_ns = base["opened_ns"] - chance.randrange(48 * _HOUR_NS)
    due_ns = opened_ns + chance.randrange(96 * _HOUR_NS)
    title = {"zh": f"{street}{zh}", "en": f"{en} at {number % 997}"}
    row = dict(base) | {
        "id": number,
        "number": f"20261120-{number:06d}",
        "title": title,
        "district": chance.choice(("east", "west")),
        "incident_class": chance.choice(("road_water", "heat")),
        "domain": chance.choice(("", "traffic", "environment", "machine_room", "video")),
        "priority": chance.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)),
        "place": f"{street}{number % 400}号",
        "reporter": f"collector-{number % 200}",
        "opened_ns": opened_ns,
        "acknowledged": number % 3 % 2,
        "acknowledged_ns": opened_ns if number % 3 % 2 else None,
        "due_ns": NEVER_NS if ended else due_ns,
        "wake_ns": NEVER_NS if ended else due_ns,
    }
    row["words"] = " ".join((row["number"], *title.values(), row["place"])).lower()
    if ended:
        row |= {"ended_ns": opened_ns + _HOUR_NS, "state": "closed", "disposition": "resolved"}
    return row


def _legs(tasks: tuple[Row, ...], incident: Row, chance: random.Random, book: CityBook) -> Iterator[Row]:
    standard = book.standards.of(incident["incident_class"])
    departments = chance.sample([*(f"department-{one}" for one in range(30)), "water", "police"], len(tasks))
    for offset, (task, department) in enumerate(zip(tasks, departments, strict=True)):
        leg = task | {
            "id": incident["id"] * 10 + offset,
            "incident": incident["id"],
            "department": department,
            "dispatched_ns": incident["opened_ns"],
            "due_ns": incident["due_ns"],
        }
        # Derived as the program does, or the first step on each incident would write all its tasks anew.
        yield leg | {"yellow_ns": task_yellow(TaskRecord(**leg), standard, book.calendar)}


def _write(database: Database, incidents: list[Row], legs: list[Row]) -> None:
    with database.write() as connection:
        _insert(connection, INCIDENTS, incidents)
        _insert(connection, TASKS, legs)
        event_log.append(connection, [_opened(row) for row in incidents])


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _opened(row: Row) -> tuple[Deed, Stamp]:
    reporter = row["reporter"]
    stamp = Stamp(at_ns=row["opened_ns"], incident=row["id"], version=1, actor=reporter, actor_name=reporter)
    return replace(Deed(step="open"), to_state=row["state"], data={"number": row["number"]}), stamp
