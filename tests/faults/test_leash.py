import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from liandong import leash
from tests.support.process import wait_gone

#: Starts a sleeping child on a leash, tells its pid, and stays.
HOLDER = """
import subprocess, sys, time
from liandong import leash
child = subprocess.Popen(leash.command("sleep", "600"))
print(child.pid, flush=True)
time.sleep(600)
"""


def test_command_runs_as_itself() -> None:
    done = subprocess.run(leash.command("sh", "-c", "echo $0 $1; exit 7", "a", "b c"), capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (7, b"a b c\n")


def test_command_keeps_its_process_id() -> None:
    with subprocess.Popen(leash.command("sh", "-c", "echo $$"), stdout=subprocess.PIPE) as process:
        said, _ = process.communicate()

    assert int(said) == process.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_command_goes_with_its_parent(number: signal.Signals) -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, cwd=root) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())

        os.kill(holder.pid, number)

    assert wait_gone(child)


def test_command_does_not_start_for_a_parent_that_is_gone() -> None:
    done = subprocess.run(leash.command("echo", "alive", parent=1), capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (leash.PARENT_GONE, b"")
