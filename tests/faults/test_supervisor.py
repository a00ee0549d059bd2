import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from city.clock import SystemClock
from city.errors import BadSettings
from liandong.exits import Exit
from liandong.forked import NurseryGone
from liandong.part import Part, PartRefused, Process
from liandong.supervisor import PartState, Supervisor
from tests.support.process import wait_gone


def part(folder: Path, name: str, program: str, **changes: float) -> Part:
    """Return a part that runs a line of Python, ready as soon as it has made the file of its name."""

    async def is_ready() -> bool:
        return (folder / name).exists()

    script = f"import pathlib, signal, sys, time; made = pathlib.Path({str(folder / name)!r}); {program}"
    return Part(name=name, command=(sys.executable, "-c", script), ready=is_ready, **changes)  # type: ignore[arg-type]


def states(folder: Path) -> dict[str, PartState]:
    try:
        return msgspec.json.decode((folder / "parts.json").read_bytes(), type=dict[str, PartState])
    except FileNotFoundError:
        return {}


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came true")


@asynccontextmanager
async def supervised(folder: Path, *parts: Part) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(parts, state=folder / "parts.json", clock=SystemClock())
    all_ready, stop = asyncio.Event(), asyncio.Event()

    async def ready() -> None:
        all_ready.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run(ready=ready, stop=stop))
        await all_ready.wait()
        yield supervisor
        stop.set()


STAYS = "made.touch(); time.sleep(600)"


async def test_part_starts_when_the_one_before_is_ready(tmp_path: Path) -> None:
    first = part(tmp_path, "first", f"time.sleep(0.2); {STAYS}")
    second = part(tmp_path, "second", STAYS)

    async with supervised(tmp_path, first, second):
        order = [(tmp_path / name).stat().st_mtime_ns for name in ("first", "second")]

    assert order == sorted(order)


async def test_part_that_is_not_alone_is_not_waited_for(tmp_path: Path) -> None:
    first = part(
        tmp_path, "first", f"exec('while not made.with_name(\\'second\\').exists(): time.sleep(0.01)'); {STAYS}"
    )

    async with supervised(tmp_path, replace(first, alone=False), part(tmp_path, "second", STAYS)):
        assert all(state.ready for state in states(tmp_path).values())


async def test_parts_end_in_reverse_and_none_is_left(tmp_path: Path) -> None:
    tell = "open(made.with_name('order'), 'a').write(made.name + ' ')"
    says = f"signal.signal(signal.SIGTERM, lambda *_: ({tell}, sys.exit()))"
    names = ("first", "second", "third")

    async with supervised(tmp_path, *(part(tmp_path, name, f"{says}; {STAYS}") for name in names)):
        pids = [state.pid for state in states(tmp_path).values()]

    assert (tmp_path / "order").read_text().split() == ["third", "second", "first"]
    assert all(wait_gone(pid, timeout_s=0) for pid in pids)
    assert not (tmp_path / "parts.json").exists()


async def test_part_that_was_killed_is_started_again(tmp_path: Path) -> None:
    async with supervised(tmp_path, part(tmp_path, "only", STAYS)):
        before = states(tmp_path)["only"]
        os.kill(before.pid, signal.SIGKILL)

        await until(lambda: states(tmp_path)["only"].restarts == 1 and states(tmp_path)["only"].ready)
        after = states(tmp_path)["only"]

    assert after.pid != before.pid
    assert after.since_ns > before.since_ns


async def test_disk_that_is_full_ends_no_part_and_all_is_told_afterwards(tmp_path: Path) -> None:
    told = tmp_path / "parts.json"
    async with supervised(tmp_path, part(tmp_path, "killed", STAYS), part(tmp_path, "other", STAYS)):
        before = states(tmp_path)
        told.unlink()
        told.mkdir()  # what cannot be written, whatever the disk
        os.kill(before["killed"].pid, signal.SIGKILL)
        (tmp_path / "killed").unlink()
        await until((tmp_path / "killed").exists)
        told.rmdir()
        await until(lambda: bool(states(tmp_path)) and states(tmp_path)["killed"].ready)
        after = states(tmp_path)

    assert (after["killed"].restarts, after["other"]) == (1, before["other"])


@pytest.mark.parametrize("cause", [OSError("disk full"), BadSettings(expected="sources", got="{", at="sources.json")])
async def test_part_that_cannot_be_prepared_anew_starts_with_what_it_had(cause: Exception, tmp_path: Path) -> None:
    prepared = iter([None, cause])

    def prepare() -> None:
        if (refusal := next(prepared)) is not None:
            raise refusal

    async with supervised(tmp_path, replace(part(tmp_path, "only", STAYS), prepare=prepare)):
        os.kill(states(tmp_path)["only"].pid, signal.SIGKILL)

        await until(lambda: states(tmp_path)["only"].restarts == 1 and states(tmp_path)["only"].ready)


async def test_part_that_cannot_be_prepared_yet_is_tried_again(tmp_path: Path) -> None:
    refusals = iter([OSError("disk full")])

    def prepare() -> None:
        for refusal in refusals:
            raise refusal

    async with supervised(tmp_path, replace(part(tmp_path, "only", STAYS), prepare=prepare)):
        assert (states(tmp_path)["only"].ready, states(tmp_path)["only"].restarts) == (True, 1)


async def test_part_that_cannot_be_started_anew_is_tried_again(tmp_path: Path) -> None:
    attempts = iter([NurseryGone(), OSError("no memory"), NurseryGone()])

    async def fork() -> Process:
        raise next(attempts)

    async with supervised(tmp_path, replace(part(tmp_path, "only", STAYS), fork=fork)):
        os.kill(states(tmp_path)["only"].pid, signal.SIGKILL)

        await until(lambda: states(tmp_path)["only"].restarts == 2 and states(tmp_path)["only"].ready)


async def test_part_that_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf = part(tmp_path, "deaf", f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}", grace_s=0.2)

    async with supervised(tmp_path, deaf):
        pid = states(tmp_path)["deaf"].pid

    assert wait_gone(pid, timeout_s=0)


@pytest.mark.parametrize("code", [Exit.USAGE, Exit.SETTINGS, Exit.TAKEN])
async def test_part_that_cannot_run_ends_the_others(code: Exit, tmp_path: Path) -> None:
    parts = (part(tmp_path, "good", STAYS), part(tmp_path, "bad", f"sys.exit({int(code)})"))

    with pytest.raises(ExceptionGroup) as caught:
        async with supervised(tmp_path, *parts):
            pass

    assert caught.group_contains(PartRefused, match="`bad`")
    assert not (tmp_path / "parts.json").exists()


async def test_part_that_fails_at_first_is_tried_again(tmp_path: Path) -> None:
    program = (
        f"tried = made.with_name('tried'); first = not tried.exists(); tried.touch(); first and sys.exit(1); {STAYS}"
    )

    async with supervised(tmp_path, part(tmp_path, "late", program)):
        assert states(tmp_path)["late"].ready


async def test_part_that_nobody_forks_any_more_is_a_new_program(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fork() -> Process:
        raise NurseryGone

    async with supervised(tmp_path, replace(part(tmp_path, "own", STAYS), fork=fork)):
        assert states(tmp_path)["own"].ready

    assert "nursery_gone" in capfd.readouterr().out
