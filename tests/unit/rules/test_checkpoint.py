import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from city.alarm import AlarmTransition
from city.clock import ManualClock
from city.entry import Connection, Entry, Journaled, Tick
from city.errors import StoreUnavailable
from city.quality import Quality
from rules.checkpoint import Judge
from rules.salvage import salvage
from tests.support.judging import CATALOGUE, Bench, at, book, context, readings, rule, sensor

FLOOD = rule("{notice: {above: 3, clear: 2, hold: 4s}, critical: {above: 27, clear: 22}}")
QUIET = rule("{notice: {intervals: 3}, major: {intervals: 10}}", name="quiet", kind="silence")
OTHER = rule("{notice: {above: 3}}", name="other")
SENSORS = [sensor(1, interval_s=1.0), sensor(2, interval_s=1.0), sensor(3)]


def seconds_of(*steps: tuple[Entry, ...]) -> list[Entry]:
    """Put a tick behind each step, a second apart."""
    return [entry for number, step in enumerate(steps, 1) for entry in (*step, Tick(at(number)))]


JOURNAL: list[Entry] = [
    context(book(FLOOD, QUIET), SENSORS),
    Connection(at(0), listening=True),
    *seconds_of(
        (readings((1, 0.5, 0.1), (2, 0.6, 0.3)),),
        (readings((1, 1.5, 0.1), (1, 1.7, 0.1)),),
        (readings((2, 2.5, 0.01)),),
        (readings((1, 3.5, 0.1)),),
        (readings((1, 4.6, 0.1), (3, 4.7, 0.4)),),
        (readings((3, 3.0, 0.4, Quality.LATE)), context(book(FLOOD, QUIET, OTHER), SENSORS, seconds=5.5)),
        (readings((3, 6.1, 0.1), (2, 6.2, 0.1), (1, 6.3, 0.3)),),
        (Connection(at(7.5), listening=False),),
        (),
        (Connection(at(9.5), listening=True),),
        (readings((1, 10.2, 0.0)),),
        (context(book(QUIET, OTHER), SENSORS, seconds=11.5),),
        (readings((2, 12.5, 0.0)),),
        (),
        (),
    ),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ingest" / "rules.sqlite"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def opened(path: Path, clock: ManualClock) -> Callable[[], Judge]:
    return lambda: Judge.open(path, CATALOGUE, clock)


def fed(judge: Judge, entries: list[Entry]) -> list[AlarmTransition]:
    """Feed the entries behind the judge's position, as ingest does after a start."""
    return [
        transition
        for position, entry in enumerate(entries, 1)
        if position > judge.position
        for transition in judge.apply(Journaled(position, entry))
    ]


def sent(judge: Judge) -> list[AlarmTransition]:
    return [item.transition for item in judge.outbox(1000)]


def straight() -> list[AlarmTransition]:
    return Bench().feed(*JOURNAL)


def test_journal_of_these_tests_has_all_changes() -> None:
    assert {transition.change.value for transition in straight()} == {"raised", "risen", "fallen", "cleared", "doubted"}
    assert {transition.kind for transition in straight()} == {"threshold", "silence"}


def test_judge_sends_what_the_engine_says(opened: Callable[[], Judge]) -> None:
    judge = opened()

    assert fed(judge, JOURNAL) == straight()
    assert sent(judge) == straight()


@pytest.mark.parametrize("survived", range(len(JOURNAL) + 1))
def test_judge_killed_anywhere_loses_and_doubles_nothing(
    survived: int, opened: Callable[[], Judge], path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    killed = opened()
    fed(killed, JOURNAL[:survived])
    copy = tmp_path / "copy"
    shutil.copytree(path.parent, copy)  # what a kill leaves: no commit, no close, the log not folded in

    judge = Judge.open(copy / path.name, CATALOGUE, clock)
    fed(judge, JOURNAL)

    assert not judge.damage
    assert sent(judge) == straight()
    assert judge.engine.listening == killed_at_the_end(killed).engine.listening
    assert judge.states.states() == killed.states.states()


def killed_at_the_end(judge: Judge) -> Judge:
    fed(judge, JOURNAL)
    return judge


def test_judge_commits_positions_at_most_every_second(opened: Callable[[], Judge]) -> None:
    judge = opened()
    fed(judge, JOURNAL[:2])
    committed = judge.kept_position

    for position in range(3, 10):
        judge.apply(Journaled(position, Tick(at(position / 10))))

    assert judge.position == 9
    assert judge.kept_position == committed


def test_judge_forgets_what_was_settled(opened: Callable[[], Judge]) -> None:
    judge = opened()
    fed(judge, JOURNAL)
    first, second, *_ = judge.outbox(3)

    judge.settle(second.number)
    judge.close()

    reopened = opened()
    assert first.number < second.number
    assert sent(reopened) == straight()[2:]


def test_judge_settles_only_what_it_handed_out(opened: Callable[[], Judge]) -> None:
    judge = opened()
    fed(judge, JOURNAL)

    judge.settle(1 << 60)
    judge.outbox(1)
    judge.settle(1 << 60)

    assert sent(judge) == straight()[1:]


def test_judge_releases_the_journal_behind_checkpoint_and_outbox(opened: Callable[[], Judge]) -> None:
    judge = opened()
    raising = next(
        position for position in range(1, len(JOURNAL) + 1) if judge.apply(Journaled(position, JOURNAL[position - 1]))
    )
    fed(judge, JOURNAL)

    assert judge.released == raising - 1
    judge.settle(judge.outbox(1000)[-1].number)
    assert judge.released == judge.kept_position


def test_judge_passes_over_what_it_judged(opened: Callable[[], Judge]) -> None:
    judge = opened()
    fed(judge, JOURNAL)

    for position, entry in enumerate(JOURNAL, 1):
        judge.apply(Journaled(position, entry))

    assert sent(judge) == straight()


def test_judge_tries_a_failed_commit_again(opened: Callable[[], Judge], path: Path) -> None:
    judge = opened()
    fed(judge, JOURNAL[:2])
    other = sqlite3.connect(path, isolation_level=None)

    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable):
        fed(judge, JOURNAL)

    other.execute("ROLLBACK")
    other.close()
    fed(judge, JOURNAL)
    judge.commit()
    assert sent(judge) == straight()


def test_tables_that_nothing_is_called_by_any_more_are_forgotten(opened: Callable[[], Judge], path: Path) -> None:
    judge = opened()
    fed(judge, JOURNAL[:8])
    judge.close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO chunk SELECT 'of-an-older-version', number, body FROM chunk"
            " WHERE state = (SELECT min(state) FROM chunk)"
        )
        before = connection.execute("SELECT count(*) FROM chunk WHERE state != 'of-an-older-version'").fetchone()
    connection.close()

    opened().close()

    with sqlite3.connect(path) as connection:
        kept = connection.execute("SELECT count(*), sum(state = 'of-an-older-version') FROM chunk").fetchone()
    connection.close()
    assert before > (0,)
    assert kept == (*before, 0)


def age(path: Path) -> None:
    """Bring a file to the form of versions that had the context beside the head."""
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO meta SELECT 'context', body FROM context")
        connection.execute("DROP TABLE context")
    connection.close()


def test_file_of_an_earlier_version_is_gone_on_with(opened: Callable[[], Judge], path: Path) -> None:
    judge = opened()
    fed(judge, JOURNAL[:20])
    judge.close()
    age(path)

    newer = opened()
    position = newer.position
    fed(newer, JOURNAL)

    assert (newer.damage, position) == ("", judge.position)
    assert sent(newer) == straight()
    with sqlite3.connect(path) as connection:
        keys = connection.execute("SELECT key FROM meta ORDER BY key").fetchall()
    connection.close()
    assert keys == [("format",), ("head",)]


def test_context_of_an_earlier_versions_damaged_file_is_found(opened: Callable[[], Judge], path: Path) -> None:
    judge = opened()
    fed(judge, JOURNAL[:20])
    judge.close()
    age(path)

    assert salvage(path).context == judge.engine.context


def flip(path: Path, table: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE {table} SET body = zeroblob(length(body))")
    connection.close()


def overwrite(path: Path, _: str) -> None:
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.write_bytes(b"\xff" * 8192)


@pytest.mark.parametrize(
    ("spoil", "table"),
    [
        pytest.param(flip, "meta", id="its head"),
        pytest.param(flip, "context", id="its context"),
        pytest.param(flip, "chunk", id="its state"),
        pytest.param(flip, "outbox", id="its outbox"),
        pytest.param(overwrite, "", id="all of it"),
    ],
)
def test_judge_sets_a_damaged_checkpoint_aside(
    spoil: Callable[[Path, str], None], table: str, opened: Callable[[], Judge], path: Path, clock: ManualClock
) -> None:
    judge = opened()
    fed(judge, JOURNAL[:20])
    last = judge.outbox(1000)[-1].number
    judge.close()
    spoil(path, table)
    clock.advance(timedelta(seconds=1))

    fresh = opened()
    fed(fresh, JOURNAL)

    assert "damaged" in fresh.damage
    assert list(path.parent.glob("rules.sqlite.damaged-*"))
    assert sent(fresh) == straight()
    assert fresh.outbox(1)[0].number > last


def test_judge_takes_over_what_a_damaged_checkpoint_had_not_sent(opened: Callable[[], Judge], path: Path) -> None:
    judge = opened()
    fed(judge, JOURNAL)
    unsent = sent(judge)
    judge.close()
    flip(path, "chunk")

    fresh = opened()

    assert fresh.position == 0
    assert sent(fresh) == unsent
    assert fresh.engine.context == judge.engine.context
