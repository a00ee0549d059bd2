"""Starts a command that cannot outlive its parent, not even one that was killed: `python leash.py PARENT CMD...`."""

import ctypes
import os
import signal
import sys

#: `prctl(2)`: the signal this process gets when the thread that started it ends; it survives `execve(2)`.
PR_SET_PDEATHSIG = 1

#: `prctl(2)`: orphans among the descendants become this process's children, instead of the machine's first process's.
_PR_SET_CHILD_SUBREAPER = 36

#: Exit code of a leash whose parent was gone before it could be put on.
PARENT_GONE = 70


def command(*argv: str, parent: int | None = None) -> list[str]:
    """Return the command line that runs `argv` on a leash held by `parent` (this process when not given).

    The leash is held by the thread that starts the command, so start it from one that lives as long as the process.
    """
    holder = os.getpid() if parent is None else parent
    return [sys.executable, "-I", "-S", __file__, str(holder), *argv]


def put_on(parent: int) -> None:
    """Tie this process to its parent; ends it when the parent is gone already."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the call above; the kernel then never sends the signal.
    if os.getppid() != parent:
        os._exit(PARENT_GONE)


def adopt(*, orphans: bool) -> None:
    """Become the parent of descendants that lose theirs, or no longer; such a child must be waited for."""
    _prctl(_PR_SET_CHILD_SUBREAPER, int(orphans))


def end(child: int) -> None:
    """Kill a child and wait until it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, then become the command."""
    parent, *argv = arguments
    put_on(int(parent))
    os.execvp(argv[0], argv)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    main(sys.argv[1:])
