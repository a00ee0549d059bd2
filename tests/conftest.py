"""What holds for every test: the longest first, and in CI no skips, because what did not run has shown nothing."""

import gc
import logging
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from linkage.faults import MET

#: Recorded data stands beside the repository and is read in place; a skip for want of it says these words.
ABSENT_DATA = "not beside"

#: Folders by how long their files take: those that start whole programs, those that start servers, all others.
_TURNS = {"acceptance": 0, "browser": 0, "faults": 0, "contract": 1}

#: Containers made, net, before the youngest are looked through for garbage, and how many such looks come before one at
#: the next older generation: tests make little garbage that lasts (11 % of the time with Python's own numbers).
_COLLECTIONS = (10_000, 10, 5)

#: No property is judged by the clock, which is the machine's and not the property's; what falsifies one is told so that
#: it can be repeated. The rest is as Hypothesis has it, in CI too.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def no_faults_met() -> Iterator[None]:
    """Have a test's faults be its own: they are told of by the process."""
    yield
    MET.forget()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is imported and collected, then or later: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*_COLLECTIONS)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it in the end; the order is random otherwise."""
    items.sort(key=lambda item: min(_TURNS.get(part, len(_TURNS)) for part in item.path.parts))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        if ABSENT_DATA in str(report.longrepr):
            return report
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Leave logging as it was: a command that a test ran would go on writing where that test's output went."""
    handlers = list(logging.root.handlers)
    yield
    logging.root.handlers = handlers
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
