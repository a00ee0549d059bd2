"""Back-tests over the API: begun by those who write rules, one at a time, and told as they stand."""

import msgspec

from city.backtest import BacktestState, Mistake, Report, Side, Standing
from linkage.person import Role
from tests.support.api import Town
from tests.support.backtests import MemoryBacktests

BODY = {"start": "2026-11-01T00:00:00+08:00", "end": "2026-11-02T00:00:00+08:00", "book": "rules: []"}
SIDE = Side(rules=1, incidents=2, alarms=3, by_rule=[], by_level={}, by_hour=[0] * 24, by_department=[], decided=[])
REPORT = Report(
    start="2026-10-31T16:00:00.000Z",
    end="2026-11-01T16:00:00.000Z",
    history_from="",
    readings=5,
    events=0,
    strangers=0,
    unheard_s=0,
    closes_after_s=1800,
    took_s=0.1,
    proposed=SIDE,
)


def _backtests(town: Town) -> MemoryBacktests:
    found = town.services.given.backtests
    assert isinstance(found, MemoryBacktests)
    return found


async def test_back_test_is_begun_followed_and_cancelled(town: Town) -> None:
    async with town.client_of(Role.OPERATOR) as client:
        before = (await client.get("/backtests")).json()
        begun = await client.post("/backtests", json=BODY)
        another = await client.post("/backtests", json=BODY)
        cancelled = (await client.delete("/backtests")).json()

    assert before["state"] == "none"
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert (another.status_code, another.json()["at"]) == (409, "backtests")
    assert cancelled["state"] == "cancelled"
    (asked,) = _backtests(town).asked
    assert asked.end_ns - asked.start_ns == 86_400 * 10**9
    assert (asked.amend, asked.against_live) == (True, True)


async def test_report_is_told_as_it_is(town: Town) -> None:
    _backtests(town).standing = Standing(state=BacktestState.DONE, done=1.0, report=REPORT)
    async with town.client_of(Role.FOREMAN) as client:
        shown = (await client.get("/backtests")).json()

    assert shown["report"] == msgspec.to_builtins(REPORT)


async def test_mistakes_of_a_book_are_told_all(town: Town) -> None:
    mistakes = (Mistake("proposed.yaml:3", "a number", "x"), Mistake("proposed.yaml:9", "`id`", "nothing"))
    _backtests(town).standing = Standing(state=BacktestState.REFUSED, mistakes=mistakes)
    async with town.client_of(Role.OPERATOR) as client:
        shown = (await client.get("/backtests")).json()

    assert shown["mistakes"] == [msgspec.to_builtins(one) for one in mistakes]
