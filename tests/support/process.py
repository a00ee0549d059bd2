"""Whether processes are gone, be they somebody else's children or left as zombies."""

import os
import select
from pathlib import Path


def wait_gone(pid: int, *, timeout_s: float = 5.0) -> bool:
    """Return True as soon as the process has ended; False when it has not by then."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout_s)[0])
    finally:
        os.close(descriptor)


def children_of(pid: int) -> list[int]:
    """Return the processes that this one has started and that still run, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children_of(int(child))]
    return found
