"""The linkage queue under load, on SQLite and on PostgreSQL: `make bench-linkage`."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from benchmarks.figures import Figure, judged
from benchmarks.linkage_escalation import escalations
from benchmarks.linkage_pages import pages
from benchmarks.linkage_queue import OPEN, fill
from benchmarks.linkage_storm import clocks, many_causes, one_cause, response
from liandong.pauses import keep_pauses_short
from storage.migrate import upgrade
from storage.sql import Database
from tests.support.linkage import Town
from tests.support.postgres import postgresql


def main() -> None:
    """Measure on both databases, or on those that are named, and report."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    keep_pauses_short()
    for name in sys.argv[1:] or DATABASES:
        with DATABASES[name]() as database:
            figures = list(measured(database))
        judged("linkage", name, figures)


def measured(database: Database) -> Iterator[Figure]:
    """Yield every figure on this database."""
    town = Town(database)
    yield Figure("load of the machine before", os.getloadavg()[0], "")
    began = time.perf_counter()
    fill(town)
    yield Figure("open incidents", OPEN, "")
    yield Figure("queue written in", time.perf_counter() - began, "s")
    yield from pages(database)
    yield from clocks(town)
    yield from escalations(town)
    yield from one_cause(town)
    yield from many_causes(town)
    yield from response(database)
    yield Figure("measured in", time.perf_counter() - began, "s")


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


#: What opens each database, empty and migrated, while a block lasts.
DATABASES = {"sqlite": _sqlite, "postgresql": _postgresql}


if __name__ == "__main__":
    main()
