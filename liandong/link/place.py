"""Unix sockets at paths of any length, which the kernel limits to 107 bytes."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Size of `sun_path` without its end mark (unix(7)).
_LONGEST = 107


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Yield a name for `path` that fits a socket address, by way of its folder's descriptor where it is too long."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """Yield a socket that listens at `path` for its owner alone, in place of one that was left behind."""
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    with made, reachable(path) as name:
        made.bind(name)
        path.chmod(0o600)  # before listening: nobody can have connected yet
        made.listen()
        try:
            yield made
        finally:
            path.unlink(missing_ok=True)
