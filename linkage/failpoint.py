"""The places of linkage at which a test may have the process die: on both sides of each commit that must hold."""

from collections.abc import Iterable
from enum import StrEnum

from city import failpoint


class Work(StrEnum):
    """A kind of write transaction."""

    ADMIT = "admit"
    STEP = "step"
    TICK = "tick"
    ESCALATE = "escalate"
    CLAIM = "claim"
    RECORD = "record"


class Place(StrEnum):
    """Every place there is."""

    BEFORE_ADMIT = "before_admit"
    AFTER_ADMIT = "after_admit"
    BEFORE_STEP = "before_step"
    AFTER_STEP = "after_step"
    BEFORE_TICK = "before_tick"
    AFTER_TICK = "after_tick"
    BEFORE_ESCALATE = "before_escalate"
    AFTER_ESCALATE = "after_escalate"
    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    BEFORE_RECORD = "before_record"
    AFTER_RECORD = "after_record"


class Failpoints(failpoint.Failpoints):
    """Failpoints of linkage."""

    def __init__(self, armed: Iterable[str] = ()) -> None:
        super().__init__(Place, armed)

    def before(self, work: Work | None) -> None:
        """Die before the commit of such a transaction, if it is time."""
        if work is not None:
            self.hit(Place(f"before_{work}"))

    def after(self, work: Work | None) -> None:
        """Die after the commit of such a transaction, if it is time."""
        if work is not None:
            self.hit(Place(f"after_{work}"))
