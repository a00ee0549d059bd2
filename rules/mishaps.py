"""Faults of ours while rules are judged: the kind that met one begins anew, and the others go on as if nothing were.

Without this one reading that we did not think of would end ingest, be judged again at its next start, and end it again:
the city would have no alarms at all.
"""

import structlog
from prometheus_client import Counter

from city.clock import Clock
from city.feed import JUDGING_KINDS, Trouble

log = structlog.get_logger()

RULES_FAULTED = Counter(
    "rules_faults_total", "Faults of ours while rules were judged, after which the kind began anew, by kind.", ["kind"]
)


(_TROUBLE,) = JUDGING_KINDS


class Mishaps:
    """What kinds of rules met faults since the program began, the newest of each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of: dict[str, Trouble] = {}

    def note(self, kind: str, fault: Exception) -> None:
        """Tell of a fault with its traceback, and count it.

        Raises:
            MemoryError: as it was; a program that has no memory left is better begun anew.
        """
        if isinstance(fault, MemoryError):
            raise fault
        RULES_FAULTED.labels(kind).inc()
        log.error("rules_fault", kind=kind, exc_info=fault)
        self._of[kind] = Trouble(_TROUBLE, self._clock.now_ns(), type(fault).__name__, kind)

    def troubles(self) -> list[Trouble]:
        """Return one for each kind that met a fault."""
        return [*self._of.values()]
