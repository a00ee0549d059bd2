"""The boundary of one piece of the desk's work: a fault of ours there is told and counted, and the rest goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter

from city.clock import SECOND_NS, Clock, SystemClock
from city.errors import StoreUnavailable
from city.feed import Trouble
from linkage.leasing.lease import LeaseLost

log = structlog.get_logger()

FAULTS = Counter(
    "linkage_faults_total", "Faults of ours in the desk's work, after which it went on, by where.", ["where"]
)

#: Wait before what met a fault is tried again, seconds: the fault may lie in what is there, and come again.
_AGAIN_S = 5.0

#: How long after it was met last a fault is told of, in seconds: rows put off and turns come again within minutes.
_TOLD_S = 600

#: Kind of what health says of them.
_TROUBLE = "desk_fault"


class Met:
    """The faults that this process met lately, by where."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: dict[str, tuple[Trouble, int]] = {}

    def note(self, where: str, said: str) -> None:
        """Take note of a fault, which is told since the first of those that followed each other."""
        now_ns = self._clock.now_ns()
        since_ns = next((one.since_ns for one in self.troubles() if one.name == where), now_ns)
        self._found[where] = Trouble(_TROUBLE, since_ns, said, where), now_ns

    def troubles(self) -> list[Trouble]:
        """Return one for each place where a fault was met in the last ten minutes."""
        told_ns = self._clock.now_ns() - _TOLD_S * SECOND_NS
        return [trouble for trouble, last_ns in [*self._found.values()] if last_ns > told_ns]

    def forget(self) -> None:
        """Tell no more of what was met."""
        self._found = {}


#: What this process met.
MET = Met(SystemClock())


class Fault(StoreUnavailable):
    """Raised in place of a fault of ours, which is its `__cause__`; what met it may be tried again later."""

    def __init__(self, where: str, error: Exception) -> None:
        super().__init__(where, f"a fault, described in the log: {type(error).__name__}", again_s=_AGAIN_S)


@contextmanager
def faults_told(where: str) -> Iterator[None]:
    """Tell a fault of the block with its traceback; nothing of its transaction was written, and it is tried again.

    Without this one alarm or one row that we did not think of would end the desk, again and again, and with it the
    API and every other alarm.

    Raises:
        Fault: in place of a fault.
        StoreUnavailable: as it was.
        LeaseLost: as it was.
    """
    try:
        yield
    except (StoreUnavailable, LeaseLost):
        raise
    except Exception as error:
        log.exception("desk_fault", where=where)
        FAULTS.labels(where).inc()
        MET.note(where, type(error).__name__)
        raise Fault(where, error) from error
