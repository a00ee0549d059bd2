"""Starts a command that cannot outlive its parent, not even one that was killed: `python leash.py PARENT CMD...`."""

import ctypes
import os
import signal
import sys

#: `prctl(2)`: the signal this process gets when the thread that started it ends; it survives `execve(2)`.
PR_SET_PDEATHSIG = 1

#: Exit code of a leash whose parent was gone before it could be put on.
PARENT_GONE = 70


def command(*argv: str, parent: int | None = None) -> list[str]:
    """Return the command line that runs `argv` on a leash held by `parent` (this process when not given).

    The leash is held by the thread that starts the command, so start it from one that lives as long as the process.
    """
    holder = os.getpid() if parent is None else parent
    return [sys.executable, "-I", "-S", __file__, str(holder), *argv]


def main(arguments: list[str]) -> int:
    """Tie this process to its parent, then become the command; returns only when that cannot be done."""
    parent, *argv = arguments
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    # The parent may have died before the call above; the kernel then never sends the signal.
    if os.getppid() == int(parent):
        os.execvp(argv[0], argv)
    return PARENT_GONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
