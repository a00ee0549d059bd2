"""Commands of ours that are forked: they are children of who asked, and end as commands do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from liandong.exits import Exit
from liandong.release import release
from tests.support.process import wait_gone

_ROOT = Path(__file__).resolve().parents[2]

#: A process of its own, since a nursery makes its holder the parent of orphans.
BEGIN = """
import asyncio, os, time
from liandong.forked import NurseryGone
from liandong.nursery import Nursery
nursery = Nursery(["version"])
"""

ENDINGS = """
async def main():
    good, bad = await asyncio.gather(nursery.start("version"), nursery.start("version", "--wrong"))
    print(await good.wait(), await bad.wait(), good.pid != bad.pid, good.returncode, flush=True)
asyncio.run(main())
nursery.close()
try:
    os.wait()
except ChildProcessError:
    print("none left")
"""

KILLED = """
async def main():
    os.kill(nursery.pid, 9)
    try:
        await nursery.start("version")
    except NurseryGone:
        print("gone")
asyncio.run(main())
nursery.close()
"""

LARGE = """
from liandong.up import LARGE_SENSORS, then_alone
async def ready():
    print("ready")
async def main():
    await then_alone(ready, None, LARGE_SENSORS + 1)()
    await then_alone(ready, nursery, LARGE_SENSORS)()
    child = await nursery.start("version")
    await then_alone(ready, nursery, LARGE_SENSORS + 1)()
    print(await child.wait(), os.path.exists(f"/proc/{nursery.pid}"))
    try:
        await nursery.start("version")
    except NurseryGone:
        print("gone")
asyncio.run(main())
nursery.close()
"""

STAYS = """
print(nursery.pid, flush=True)
time.sleep(600)
"""


def spoken(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False, cwd=_ROOT, timeout=15
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_forked_command_ends_as_a_command_does() -> None:
    told, codes, left = sorted(spoken(ENDINGS), key=lambda line: not line.startswith("liandong"))

    assert told.startswith(f"liandong {release()}, ")
    assert codes == f"{int(Exit.OK)} {int(Exit.USAGE)} True {int(Exit.OK)}"
    assert left == "none left"


def test_nursery_that_was_killed_is_said_to_be_gone() -> None:
    assert spoken(KILLED) == ["gone"]


def test_large_city_keeps_its_nursery_only_until_all_are_ready() -> None:
    told = [line for line in spoken(LARGE) if not line.startswith("liandong")]

    assert told == ["ready", "ready", "ready", f"{int(Exit.OK)} False", "gone"]


def test_nursery_goes_with_its_holder() -> None:
    with subprocess.Popen([sys.executable, "-c", BEGIN + STAYS], stdout=subprocess.PIPE, cwd=_ROOT) as holder:
        assert holder.stdout is not None
        nursery = int(holder.stdout.readline())

        os.kill(holder.pid, signal.SIGKILL)

    assert wait_gone(nursery)
