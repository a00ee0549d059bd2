"""Takes alarm transitions into the queue: each is decided once, and its decision is kept with it."""

from collections.abc import Iterable, Sequence

import structlog
from prometheus_client import Counter

from city.alarm import AlarmTransition
from linkage.admission.batch import Admission, Batch
from linkage.admission.decision import Action
from linkage.failpoint import Work
from linkage.ledger import Ledger

log = structlog.get_logger()

ALARMS_DECIDED = Counter(
    "linkage_alarms_decided_total", "Alarm transitions, by what was done and why.", ["action", "reason"]
)


class Admitter:
    """Decides on alarms, all given at once in one transaction. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def admit(self, transitions: Sequence[AlarmTransition]) -> list[Admission]:
        """Decide on `transitions` in order; one that was decided before gets the same answer again.

        Raises:
            StoreUnavailable: nothing was decided; try again.
        """
        if not transitions:
            return []
        with self._ledger.writing(Work.ADMIT) as page:
            batch = Batch(page, self._ledger)
            batch.read(transitions)
            admissions = [batch.admit(transition) for transition in transitions]
            batch.flush()
        tell(admissions)
        return admissions


def tell(admissions: Iterable[Admission]) -> None:
    """Count what was decided, and say what was opened."""
    for admission in admissions:
        reason = "repeated" if admission.repeated else str(admission.decision.reason)
        ALARMS_DECIDED.labels(str(admission.decision.action), reason).inc()
        if admission.decision.action is Action.OPEN and not admission.repeated:
            log.info("incident_opened", incident=admission.incident, transition=admission.transition)
