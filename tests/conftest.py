"""What holds for every test: the longest first, and in CI no skips, because what did not run has shown nothing."""

import logging
import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
import structlog

#: Recorded data stands beside the repository and is read in place; a skip for want of it says these words.
ABSENT_DATA = "not beside"

#: Folders whose tests start whole programs and take seconds each.
_LONG = {"acceptance", "browser", "faults"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it in the end; the order is random otherwise."""
    items.sort(key=lambda item: _LONG.isdisjoint(item.path.parts))


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
