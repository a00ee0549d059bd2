"""A child that this process did not start but is the parent of, as asyncio's own handles describe theirs."""

import asyncio
import os
import signal


class NurseryGone(Exception):
    """Raised when nobody is there to fork a command."""

    def __init__(self, cause: str = "it has ended") -> None:
        super().__init__(cause)


class ForkedProcess:
    """A child process by its number; make it in the running loop, which then reaps the child.

    Raises:
        ProcessLookupError: this process has no such child.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None
        self._gone = asyncio.Event()
        self._fd = os.pidfd_open(pid)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._fd, self._reap)

    @property
    def returncode(self) -> int | None:
        """Return its exit code, negative for a signal's number; None while it runs."""
        return self._code

    async def wait(self) -> int:
        """Return its exit code when it has ended."""
        await self._gone.wait()
        assert self._code is not None
        return self._code

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._code is None:
            signal.pidfd_send_signal(self._fd, number)

    def _reap(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        self._loop.remove_reader(self._fd)
        os.close(self._fd)
        self._code = os.waitstatus_to_exitcode(status)
        self._gone.set()
