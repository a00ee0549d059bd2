"""A back-test that stands where a test puts it, and remembers what it was asked."""

from dataclasses import replace

from city.backtest import AskedBacktest, BacktestState, Standing
from city.errors import Conflict


class MemoryBacktests:
    """Begins what it is asked and does nothing of it."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.asked: list[AskedBacktest] = []

    async def start(self, asked: AskedBacktest, by: str) -> Standing:
        if self.standing.state is BacktestState.RUNNING:
            raise Conflict(found="a back-test is running", at="backtests")
        self.asked.append(asked)
        self.standing = Standing(state=BacktestState.RUNNING, asked_by=by, started_ns=0)
        return self.standing

    def now(self) -> Standing:
        return self.standing

    async def cancel(self) -> Standing:
        if self.standing.state is BacktestState.RUNNING:
            self.standing = replace(self.standing, state=BacktestState.CANCELLED)
        return self.standing
