"""The desk's back-test: what its process says is what stands, however it ends."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from city.backtest import AskedBacktest, BacktestState
from city.clock import SECOND_NS, ManualClock
from city.errors import BadRequest, Conflict
from liandong.backtest.office import BacktestOffice
from liandong.city_folder import CityFolder, read_city
from tests.unit.api.test_backtests import REPORT

ASKED = AskedBacktest(start_ns=0, end_ns=3600 * SECOND_NS, book="rules: []", amend=True)
SAYS = f"print({msgspec.json.encode({'done': 0.5, 'readings': 7}).decode()!r}, flush=True); "
FINDS = f"print({msgspec.json.encode({'report': REPORT}).decode()!r})"


@pytest.fixture(scope="module")
def city() -> CityFolder:
    return read_city(Path("examples/haibin"))


def office(city: CityFolder, folder: Path, program: str) -> BacktestOffice:
    def command(*_: str) -> Sequence[str]:
        return (sys.executable, "-I", "-S", "-c", program)

    return BacktestOffice(city, ManualClock(datetime(2026, 11, 20, tzinfo=UTC)), folder / "backtest", command)


def left(folder: Path) -> list[Path]:
    """Return the files that are left behind."""
    return list(folder.iterdir())


async def ended(backtests: BacktestOffice) -> BacktestState:
    """Return how it ended; a process that hangs is ended by the test's own time limit."""
    task = backtests._task
    assert task is not None
    await asyncio.wait([task])
    return backtests.now().state


async def test_what_its_process_finds_is_the_report(city: CityFolder, tmp_path: Path) -> None:
    backtests = office(city, tmp_path, SAYS + FINDS)

    begun = await backtests.start(ASKED, "operator")
    state = await ended(backtests)

    assert (begun.state, begun.asked_by) == (BacktestState.RUNNING, "operator")
    assert state is BacktestState.DONE
    assert backtests.now().report == REPORT
    assert not left(tmp_path)


async def test_process_that_fails_says_why(city: CityFolder, tmp_path: Path) -> None:
    backtests = office(city, tmp_path, SAYS + "import sys; sys.exit('liandong: no history')")

    await backtests.start(ASKED, "operator")

    assert await ended(backtests) is BacktestState.FAILED
    assert backtests.now().error == "liandong: no history"
    assert backtests.now().readings == 7


async def test_process_that_takes_too_much_memory_fails(city: CityFolder, tmp_path: Path) -> None:
    # The limit is set from outside, after the process began: it waits for it.
    waits = "import resource as r\nwhile r.getrlimit(r.RLIMIT_DATA)[0] < 0: pass\n"
    backtests = office(city, tmp_path, waits + "bytearray(3 << 30)")

    await backtests.start(ASKED, "operator")

    assert await ended(backtests) is BacktestState.FAILED
    assert "MemoryError" in backtests.now().error


async def test_one_that_runs_is_not_disturbed_and_ends_when_cancelled(city: CityFolder, tmp_path: Path) -> None:
    backtests = office(city, tmp_path, SAYS + "import signal; signal.pause()")
    await backtests.start(ASKED, "operator")

    with pytest.raises(Conflict):
        await backtests.start(ASKED, "foreman")

    assert (await backtests.cancel()).state is BacktestState.CANCELLED
    assert not left(tmp_path)


async def test_book_with_mistakes_starts_no_process(city: CityFolder, tmp_path: Path) -> None:
    backtests = office(city, tmp_path, "")
    book = "rules:\n  - {id: a}\n  - {id: b, kind: threshold}\n"

    refused = await backtests.start(AskedBacktest(start_ns=0, end_ns=SECOND_NS, book=book), "operator")

    assert refused.state is BacktestState.REFUSED
    assert [mistake.at for mistake in refused.mistakes] == ["proposed.yaml:2", "proposed.yaml:3"]
    assert not left(tmp_path)


async def test_span_that_ends_before_it_begins_is_refused(city: CityFolder, tmp_path: Path) -> None:
    backtests = office(city, tmp_path, "")

    with pytest.raises(BadRequest):
        await backtests.start(AskedBacktest(start_ns=SECOND_NS, end_ns=0, book="rules: []"), "operator")

    assert backtests.now().state is BacktestState.NONE


async def test_desk_that_ended_while_it_ran_says_so_once(city: CityFolder, tmp_path: Path) -> None:
    (tmp_path / "backtest").touch()

    assert office(city, tmp_path, "").now().state is BacktestState.ABORTED
    assert office(city, tmp_path, "").now().state is BacktestState.NONE
