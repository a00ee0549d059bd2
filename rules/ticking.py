"""When a tick may change what a pass judges, asked of whoever is one pass or several."""

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from city.entry import Arrivals
from rules.alarms import NEVER_NS
from rules.kind import Pass
from rules.levelled import LevelledPass
from rules.limits import ENDLESS_NS
from rules.listening import Listening
from rules.together import Together


@runtime_checkable
class Waiting(Protocol):
    """A pass that knows when a tick may change something."""

    def due_ns(self, arrivals: Arrivals, listening: Listening) -> int:
        """Return the first moment after which a tick may change something, given that `arrivals` come and nothing else.

        It may be too early, never too late; what is past means the next tick. Times of arrival rise.
        """
        ...


def single(passes: Iterable[Pass]) -> Iterator[Pass]:
    """Yield passes that are no several."""
    for pass_ in passes:
        if isinstance(pass_, Together):
            yield from single(pass_.parts)
        else:
            yield pass_


def looks_at_ticks(pass_: Pass) -> bool:
    """Return whether ticks do anything to a pass at all."""
    return any(type(one).tick is not LevelledPass.tick for one in single([pass_]))


def due_ns(pass_: Pass, arrivals: Arrivals, listening: Listening) -> int:
    """Return when a tick matters to a pass: never where ticks do nothing, at the next where it cannot say."""
    return min((_due_ns(one, arrivals, listening) for one in single([pass_])), default=ENDLESS_NS)


def _due_ns(pass_: Pass, arrivals: Arrivals, listening: Listening) -> int:
    if type(pass_).tick is LevelledPass.tick:
        return ENDLESS_NS
    return pass_.due_ns(arrivals, listening) if isinstance(pass_, Waiting) else NEVER_NS
