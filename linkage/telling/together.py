"""Lets threads that want the same at the same time have it done in one go, such as in one transaction."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from city.errors import LiandongError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _Place(Generic[Item, Result]):
    """Where a thread waits; `turn` is let go when it was served, or when it is to lead."""

    item: Item
    turn: Lock = field(default_factory=Lock)
    results: tuple[Result, ...] = ()
    error: LiandongError | None = None

    @property
    def served(self) -> bool:
        return bool(self.results) or self.error is not None


class Together(Generic[Item, Result]):
    """Group commit: while one thread acts for a group, those that come meanwhile are the next group.

    Nobody waits for others to come: who comes alone is served alone. `act` is given at most `most` items in the order
    in which they came and returns one result for each; it runs in the thread of the first of them, never twice at once.
    """

    def __init__(self, act: Callable[[Sequence[Item]], Sequence[Result]], most: int) -> None:
        self._act, self._most = act, most
        self._waiting: deque[_Place[Item, Result]] = deque()
        self._led = False
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many wait for the next group."""
        return len(self._waiting)

    def join(self, item: Item) -> Result:
        """Have `item` acted on, and return its result.

        Raises:
            LiandongError: what the group met; nothing was done for any of it.
        """
        place: _Place[Item, Result] = _Place(item)
        place.turn.acquire()
        with self._lock:
            self._waiting.append(place)
            leads, self._led = not self._led, True
        if not leads:
            place.turn.acquire()
        if not place.served:
            self._lead()
        if place.error is not None:
            raise place.error
        return place.results[0]

    def _lead(self) -> None:
        with self._lock:
            group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            for place, result in zip(group, self._act([place.item for place in group]), strict=True):
                place.results = (result,)
        except LiandongError as error:
            for place in group:
                place.error = error
        finally:
            self._hand_over(group[1:])

    def _hand_over(self, followers: Sequence[_Place[Item, Result]]) -> None:
        """Let go of those who were served, and let the next one lead; who was not served waits on, in front."""
        with self._lock:
            self._waiting.extendleft(place for place in reversed(followers) if not place.served)
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].turn.release()
        for place in followers:
            if place.served:
                place.turn.release()
