"""The desk's back-test: one at a time, in a process of its own that yields to the city and may not grow."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import structlog

from city.backtest import AskedBacktest, BacktestState, Mistake, Report, Standing
from city.clock import SECOND_NS, Clock, iso
from city.errors import Conflict
from liandong import leash
from liandong.backtest.asking import proposed_book, question
from liandong.backtest.bounds import hold
from liandong.city_folder import CityFolder
from liandong.folder import write_private
from liandong.part import own_environment
from rules.faults import BadRuleBook

log = structlog.get_logger()

#: What the process says of itself when it fails: its last words, characters.
_LAST_WORDS = 500

#: Longest line of the process: a report.
_LONGEST_LINE = 16 * 1024**2

#: How the proposed book is called where its mistakes are told.
BOOK = "proposed.yaml"


class _Line(msgspec.Struct, frozen=True):
    """One line of the process."""

    done: float = 0.0
    readings: int = 0
    report: Report | None = None


class BacktestOffice:
    """Implements `city.backtest.Backtests` on the desk's loop; `command` makes the command line of our own commands."""

    def __init__(self, city: CityFolder, clock: Clock, marker: Path, command: Callable[..., Sequence[str]]) -> None:
        """Keep `marker` while one runs, so that the next desk can say that it was broken off."""
        self._city, self._clock, self._marker, self._command = city, clock, marker, command
        self._standing = Standing(state=BacktestState.ABORTED if marker.exists() else BacktestState.NONE)
        self._book.unlink(missing_ok=True)
        marker.unlink(missing_ok=True)
        self._task: asyncio.Task[None] | None = None

    @property
    def _book(self) -> Path:
        return self._marker.with_suffix(".yaml")

    def now(self) -> Standing:
        """Return how the last one stands."""
        return self._standing

    async def start(self, asked: AskedBacktest, by: str) -> Standing:
        """Begin one; a book with mistakes is refused with all of them.

        Raises:
            Conflict: another one runs.
            BadRequest: the span cannot be.
        """
        if self._task is not None:
            raise Conflict(found="a back-test is running", at="backtests")
        question(asked.start_ns, asked.end_ns, warm_up_s=0, closes_after_s=0)
        begun = Standing(state=BacktestState.RUNNING, asked_by=by, started_ns=self._clock.now_ns())
        self._standing = begun
        self._task = asyncio.current_task()  # nobody else begins one while the book is read
        try:
            await asyncio.to_thread(proposed_book, [(BOOK, asked.book)], self._city, amend=asked.amend)
        except BadRuleBook as error:
            self._task = None
            mistakes = tuple(Mistake(one.at, one.expected, str(one.got)) for one in error.faults)
            self._standing = replace(begun, state=BacktestState.REFUSED, mistakes=mistakes)
            return self._standing
        self._task = asyncio.create_task(self._run(asked), name="desk.backtest")
        return self._standing

    async def cancel(self) -> Standing:
        """End the one that runs, if one does."""
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            if self._task is task:  # it was cancelled before it did anything
                self._end(BacktestState.CANCELLED)
        return self._standing

    async def _run(self, asked: AskedBacktest) -> None:
        write_private(self._book, asked.book)
        write_private(self._marker, "")
        ended = BacktestState.FAILED
        try:
            ended = await self._follow(await self._started(asked))
        except asyncio.CancelledError:
            ended = BacktestState.CANCELLED
            raise
        finally:
            self._end(ended)

    def _end(self, ended: BacktestState) -> None:
        self._marker.unlink(missing_ok=True)
        self._book.unlink(missing_ok=True)
        self._standing, self._task = replace(self._standing, state=ended), None
        log.info("backtest_ended", state=str(ended))

    async def _started(self, asked: AskedBacktest) -> asyncio.subprocess.Process:
        words = ["rules", "backtest", "--told", "--rules", str(self._book)]
        words += ["--from", iso(asked.start_ns // SECOND_NS * SECOND_NS), "--to", iso(asked.end_ns)]
        words += [*(["--amend"] if asked.amend else []), *(["--against", "live"] if asked.against_live else [])]
        return await asyncio.create_subprocess_exec(
            *leash.command(*self._command(*words)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=own_environment(),
            start_new_session=True,  # uvloop knows no process groups
            limit=_LONGEST_LINE,
        )

    async def _follow(self, process: asyncio.subprocess.Process) -> BacktestState:
        assert process.stdout is not None  # it was asked for
        assert process.stderr is not None
        try:
            hold(process.pid)
            async with asyncio.TaskGroup() as group:
                words = group.create_task(process.stderr.read(), name="desk.backtest.stderr")
                async for line in process.stdout:
                    self._note(msgspec.json.decode(line, type=_Line))
            code = await process.wait()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if code == 0 and self._standing.report is not None:
            return BacktestState.DONE
        said = words.result().decode("utf-8", "replace").strip()[-_LAST_WORDS:]
        self._standing = replace(self._standing, error=said if said else f"It ended with exit code {code}")
        return BacktestState.FAILED

    def _note(self, line: _Line) -> None:
        if line.report is not None:
            self._standing = replace(self._standing, done=1.0, readings=line.report.readings, report=line.report)
        else:
            self._standing = replace(self._standing, done=line.done, readings=line.readings)
