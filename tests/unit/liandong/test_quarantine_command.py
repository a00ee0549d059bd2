"""`liandong quarantine`: pages are replayed one after the other, and the exit code says whether all was understood."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from city.errors import Conflict
from city.feed import Feed, QuarantineCount, Refusals, Replayed
from liandong.cli import run
from liandong.exits import Exit
from liandong.link.server import served
from tests.support.feed import MemoryFeed

NOTING = Conflict(found="an earlier replay is still being noted", at="quarantine")


class Replaying(MemoryFeed):
    """An ingest that answers replays with `answers`, one after the other."""

    def __init__(self, answers: Sequence[Replayed | Conflict]) -> None:
        super().__init__()
        self._answers = list(answers)
        self.asked: list[tuple[Refusals, int]] = []

    async def replay_quarantined(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        self.asked.append((wanted, after))
        answer = self._answers.pop(0)
        if isinstance(answer, Conflict):
            raise answer
        return answer

    async def quarantine_counts(self) -> list[QuarantineCount]:
        return [QuarantineCount("not_json", "gw", 2, 1)]


async def ended(feed: Feed, folder: Path, *words: str) -> int:
    """Return the exit code of a command beside an ingest that is `feed`."""
    (folder / "data" / "run").mkdir(parents=True, mode=0o700)
    (folder / "data").chmod(0o700)
    async with served(feed, folder / "data" / "run" / "ingest.sock"):
        return await asyncio.to_thread(run, ["quarantine", *words, "--data", str(folder / "data")])


async def test_pages_are_replayed_until_there_is_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = Replaying([Replayed(1000, 0, 0, 1000, more=True), NOTING, Replayed(5, 0, 0, 1007, more=False)])
    chosen = ("--reason", "not_json", "--source", "gw", "--topic", "gw/#", "--broker", "east")

    assert await ended(feed, tmp_path, "replay", *chosen) == Exit.OK
    assert capsys.readouterr().out == "1005 understood, 0 refused again, 0 not kept whole\n"
    wanted = Refusals("not_json", "gw", "gw/#", "east")
    assert feed.asked == [(wanted, 0), (wanted, 1000), (wanted, 1000)]


@pytest.mark.parametrize("came", [Replayed(1, 1, 0, 2, more=False), Replayed(0, 0, 1, 1, more=False)])
async def test_what_was_not_understood_ends_with_1(tmp_path: Path, came: Replayed) -> None:
    assert await ended(Replaying([came]), tmp_path, "replay") == Exit.FAILED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--reason", "not_jsn"), "bad_number, ", id="reason"),
        pytest.param(("--topic", "a/#/b"), "Expected an MQTT topic filter, got `a/#/b` - at `--topic`", id="filter"),
    ],
)
def test_choice_that_fits_no_message_is_refused(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quarantine", "replay", *words]) == Exit.USAGE
    assert said in capsys.readouterr().err


async def test_counts_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await ended(Replaying([]), tmp_path, "counts") == Exit.OK
    assert capsys.readouterr().out == "not_json\tgw\t2\t1\n"


def test_without_ingest_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data" / "run").mkdir(parents=True, mode=0o700)
    (tmp_path / "data").chmod(0o700)

    assert run(["quarantine", "replay", "--data", str(tmp_path / "data")]) == Exit.UNAVAILABLE
    assert "not available" in capsys.readouterr().err
