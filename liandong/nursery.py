"""A process that has imported what our commands need, and forks them: a part starts with its libraries read already."""

import asyncio
import gc
import os
import socket
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from itertools import count
from typing import NoReturn

from liandong import cli, leash
from liandong.exits import Exit
from liandong.forked import ForkedProcess, NurseryGone

#: Longest command line that is handed over, in bytes; paths are at most 4,096 (PATH_MAX).
_LONGEST = 65_536

_STDIN = 0

#: Time between two looks at whether a child was handed to its parent.
_LOOK_S = 0.0005


class Nursery:
    """Forks `liandong` commands as children of this process, on a leash that it holds.

    Make it before a file is opened or a loop runs: what is forked inherits what is there. Where the platform lacks
    `pidfd_open(2)` (Linux 5.3), no nursery can be made: see `possible`.

    Args:
        commands: names of commands, whose modules it imports while this process goes on. All but the first are
            imported when the first was forked, so that this one holds no library of theirs.
    """

    def __init__(self, commands: Sequence[str]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._numbers, self._turn = count(1), asyncio.Lock()
        parent = os.getpid()
        leash.adopt(orphans=True)
        self.pid = os.fork()
        if self.pid == 0:
            self._line.close()
            _work(theirs, parent, commands)
        theirs.close()
        self._line.settimeout(0)

    async def start(self, *arguments: str) -> ForkedProcess:
        """Run a command, given as on the command line, with nothing on its stdin and out of Ctrl-C's reach.

        Raises:
            NurseryGone: nobody is there to fork it.
        """
        number = str(next(self._numbers))
        async with self._turn:
            if self._line.fileno() < 0:
                raise NurseryGone
            try:
                return ForkedProcess(await self._forked(number, arguments))
            except OSError as error:
                raise NurseryGone(str(error)) from error

    async def _forked(self, number: str, arguments: Sequence[str]) -> int:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._line, "\0".join([number, *arguments]).encode())
        while answer := (await loop.sock_recv(self._line, _LONGEST)).decode().split():
            if answer[0] == number:  # another one is of a start that nobody waited for
                return int(answer[1])
        raise NurseryGone

    async def end(self) -> None:
        """End the process that forks, as soon as it has nothing under way; what it holds is given back."""
        async with self._turn:
            self.close()

    def close(self) -> None:
        """End the process that forks, unless that was done already; what it has forked stays."""
        if self._line.fileno() < 0:
            return
        self._line.close()
        leash.end(self.pid)
        leash.adopt(orphans=False)


def possible() -> bool:
    """Tell whether children can be watched here without having been started by us."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _work(line: socket.socket, parent: int, commands: Sequence[str]) -> NoReturn:
    """Be the process that forks, until nobody can order any more."""
    try:
        os.setpgid(0, 0)
        leash.put_on(parent)
        _hold(commands[:1])
        later = commands[1:]
        while order := line.recv(_LONGEST):
            number, *arguments = order.decode().split("\0")
            _fork(line, parent, number, arguments)
            _hold(later)
            later = ()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        os._exit(Exit.FAILED)


def _hold(commands: Sequence[str]) -> None:
    """Import what the commands need, out of reach of the search for garbage: that would copy pages that all share."""
    gc.disable()
    for command in commands:
        import_module(f"liandong.commands.{command}")
    gc.freeze()
    gc.enable()


def _fork(line: socket.socket, parent: int, number: str, arguments: Sequence[str]) -> None:
    """Fork a child of `parent`: the one between the two ends at once, and `parent` takes its orphans."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return
    between = os.getpid()
    if os.fork():
        os._exit(Exit.OK)
    while os.getppid() == between:
        time.sleep(_LOOK_S)
    os.setpgid(0, 0)
    leash.put_on(parent)
    null = os.open(os.devnull, os.O_RDONLY)
    if null != _STDIN:
        os.dup2(null, _STDIN)
        os.close(null)
    line.send(f"{number} {os.getpid()}".encode())
    line.close()
    sys.argv = ["liandong", *arguments]
    cli.main()
