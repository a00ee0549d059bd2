"""Processes of the tests' own, forked from one that has imported what takes seconds to import; one serves a worker."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from liandong import cli, leash

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    [f"liandong.commands.{name}" for name in ("up", "ingest", "desk", "simulate", "source")]
    + [f"tests.support.{name}" for name in ("ingest_process", "desk_process", "judging_run", "forks", "frozen")]
)


def forked(work: Callable[..., None], *given: Any) -> ForkServerProcess:
    """Start a process that does `work` and ends with this one at the latest; it begins with `become`."""
    process = FORKS.Process(target=work, args=given, daemon=True)
    process.start()
    return process


def become(log: Path) -> None:
    """Write to the end of `log`, and be on a leash: the server that forked this process ends with the tests."""
    ctypes.CDLL(None).prctl(leash.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


def run_command(arguments: Sequence[str], folder: Path, log: Path) -> None:
    """Be `liandong` with these arguments, in `folder`, with nothing of the tests' settings."""
    become(log)
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("LIANDONG_")]:
        del os.environ[name]
    sys.argv = ["liandong", *arguments]
    cli.main()


class ForkedCommand:
    """A `liandong` command that runs, handled as `subprocess` handles its own."""

    def __init__(self, arguments: Sequence[str], folder: Path, log: Path) -> None:
        self._process = forked(run_command, arguments, folder, log)
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code when it has ended."""
        self._process.join(timeout)
        code = self._process.exitcode
        assert code is not None, f"still running after {timeout} s"
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
