"""The registered sensors as a census: read from SQL in columns, without an object for each."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, String, cast, select

from city.census import Census, CensusBuilder
from city.component import ComponentState
from city.level import Domain
from registry.tables import SENSOR

#: Rows read at once.
_ROWS = 20_000

_NOT_A_NUMBER = float("nan")

#: JSON as text: the same few lists stand in most rows, and each is parsed once.
_JSON = ("quantities", "tags")
_COLUMNS = tuple(column.name for column in SENSOR.columns if column.name != "changed")


def read_census(connection: Connection, number: Callable[[str], int]) -> Census:
    """Return all sensors by id; `number` gives each its permanent number."""
    builder, words = CensusBuilder(), _Words()
    columns = [cast(SENSOR.c[name], String) if name in _JSON else SENSOR.c[name] for name in _COLUMNS]
    query = select(*columns).order_by(SENSOR.c.id)
    for rows in connection.execution_options(yield_per=_ROWS).execute(query).partitions():
        builder.add(_columns(rows, number, words))
    return builder.census()


class _Words:
    """What was parsed before."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, ...]] = {}
        self.sets: dict[str, frozenset[str]] = {}

    def list_of(self, text: str) -> tuple[str, ...]:
        if text not in self.lists:
            self.lists[text] = tuple(orjson.loads(text))
        return self.lists[text]

    def set_of(self, text: str) -> frozenset[str]:
        if text not in self.sets:
            self.sets[text] = frozenset(orjson.loads(text))
        return self.sets[text]


_DOMAINS = {domain.value: domain for domain in Domain}
_CONDITIONS = {condition.value: condition for condition in ComponentState}


def _columns(rows: Sequence[Row[Any]], number: Callable[[str], int], words: _Words) -> dict[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    return {
        **columns,
        "number": list(map(number, columns["id"])),
        "domain": [_DOMAINS[domain] for domain in columns["domain"]],
        "condition": [_CONDITIONS[condition] for condition in columns["condition"]],
        "quantities": list(map(words.list_of, columns["quantities"])),
        "tags": list(map(words.set_of, columns["tags"])),
        "installed": [day.toordinal() if isinstance(day, date) else 0 for day in columns["installed"]],
        **{
            name: [value if value is not None else _NOT_A_NUMBER for value in columns[name]]
            for name in ("longitude", "latitude", "interval_s")
        },
    }
