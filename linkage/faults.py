"""The boundary of one piece of the desk's work: a fault of ours there is told and counted, and the rest goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter

from city.errors import StoreUnavailable
from linkage.leasing.lease import LeaseLost

log = structlog.get_logger()

FAULTS = Counter(
    "linkage_faults_total", "Faults of ours in the desk's work, after which it went on, by where.", ["where"]
)

#: Wait before what met a fault is tried again, seconds: the fault may lie in what is there, and come again.
_AGAIN_S = 5.0


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
        raise Fault(where, error) from error
