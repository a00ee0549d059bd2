"""Judges the past by several processes at once: each sees all of it, and judges its share of the rules."""

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import count
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple, Protocol

from city.entry import Arrivals
from city.errors import LiandongError
from liandong import leash
from liandong.backtest.belt import PLACES, Belt
from liandong.backtest.hand import Broken, Found, Laid, Task, judging_of
from liandong.backtest.panel import Placed
from liandong.part import own_environment


class HandLost(LiandongError):
    """Raised when a process that judges a share of the rules ends before the past does."""

    code = "hand_lost"

    def __init__(self, name: str, rules: Sequence[str], cause: str) -> None:
        self.name, self.rules, self.at = name, rules, name
        some = ", ".join(f"`{rule}`" for rule in rules[:3]) + (", ..." if len(rules) > 3 else "")
        super().__init__(f"Expected a judge of {len(rules)} rules ({some}) until the end, got {cause} - at `{name}`")


class Stretch(NamedTuple):
    """What arrived up to `until_ns`, a whole second, after the stretch before; so many readings the history told."""

    arrivals: Arrivals
    until_ns: int
    told: int


class Judged(NamedTuple):
    """A stretch with what came of it, in no order, and for how long nobody was heard until its end."""

    stretch: Stretch
    placed: Sequence[Placed]
    unheard_ns: int


class Judges(Protocol):
    """Judge the past, a stretch after the other."""

    def judged(self, stretches: Iterator[Stretch]) -> Iterator[Judged]:
        """Yield the stretches as they are judged, in their order; raises HandLost."""
        ...


class Alone:
    """Judges everything in this process."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._judging = judging_of(replace(tasks[0], share=tuple(one for task in tasks for one in task.share)))

    def judged(self, stretches: Iterator[Stretch]) -> Iterator[Judged]:
        """Yield the stretches as they are judged, in their order."""
        for stretch in stretches:
            placed = list(self._judging.judge(stretch.arrivals, stretch.until_ns))
            yield Judged(stretch, placed, self._judging.unheard_ns)


class _Hand:
    """A process with its share, and a thread that takes what it finds, so that neither waits for the other."""

    def __init__(self, name: str, task: Task) -> None:
        self._name, self._rules = name, [rule.id for book, _ in task.share for rule in book.rules]
        command = (sys.executable, "-P", "-m", "liandong.backtest")
        self.process = subprocess.Popen(
            leash.command(*command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(task.belt,),
            env=own_environment(),
            start_new_session=True,  # Ctrl-C is for the process that started it
        )
        self._found: SimpleQueue[Found | Broken] = SimpleQueue()
        self._listener = Thread(target=self._listen, name=f"backtest.{name}", daemon=True)
        self._listener.start()
        self.tell(task)

    def tell(self, what: Task | Laid) -> None:
        """Give it something to do; what it has become of is said by `found`."""
        assert self.process.stdin is not None  # it was asked for
        try:
            pickle.dump(what, self.process.stdin, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()
        except BrokenPipeError:
            return

    def found(self) -> Found:
        """Return what came of the oldest stretch whose outcome was not asked for yet."""
        match self._found.get():
            case Broken(cause):
                raise HandLost(self._name, self._rules, cause)
            case found:
                return found

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self._listener.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with _broken_pipe_is_well():
                pipe.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            while True:
                self._found.put(pickle.load(self.process.stdout))
        except (EOFError, pickle.UnpicklingError):
            self._found.put(Broken(f"its end with exit code {self.process.wait()}"))


@contextmanager
def _broken_pipe_is_well() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        return


class Crew:
    """Judges by a process for each task; make it with `crew`."""

    def __init__(self, hands: Sequence[_Hand], belt: Belt) -> None:
        self._hands, self._belt = hands, belt
        self.pids = tuple(one.process.pid for one in hands)

    def judged(self, stretches: Iterator[Stretch]) -> Iterator[Judged]:
        """Yield the stretches as they are judged, in their order; some more are taken meanwhile."""
        waiting: deque[Stretch] = deque()
        for number, stretch in zip(count(), stretches, strict=False):
            if len(waiting) == PLACES:
                yield self._oldest(waiting)
            self._lay(number % PLACES, stretch)
            waiting.append(stretch)
        while waiting:
            yield self._oldest(waiting)

    def _lay(self, place: int, stretch: Stretch) -> None:
        readings, events = stretch.arrivals.readings, stretch.arrivals.events
        inline = None if self._belt.put(place, readings) else readings
        laid = Laid(place, len(readings), events, stretch.until_ns, inline)
        for hand in self._hands:
            hand.tell(laid)

    def _oldest(self, waiting: deque[Stretch]) -> Judged:
        found = [hand.found() for hand in self._hands]
        placed = [one for each in found for one in each.placed]
        return Judged(waiting.popleft(), placed, found[0].unheard_ns)


@contextmanager
def crew(tasks: Sequence[Task]) -> Iterator[Judges]:
    """Yield who judges: processes for several tasks, which end with the block; for one task this process."""
    if len(tasks) < 2:
        yield Alone(tasks)
        return
    with ExitStack() as opened:
        belt = Belt.made()
        opened.callback(belt.close)
        hands = []
        for number, task in enumerate(tasks, 1):
            hands.append(_Hand(f"hand-{number}", replace(task, belt=belt.number)))
            opened.callback(hands[-1].end)
        yield Crew(hands, belt)
