"""The places of ingest at which a test may have the process die."""

from collections.abc import Iterable
from enum import StrEnum

from city import failpoint


class Place(StrEnum):
    """Every place there is."""

    BEFORE_COMMIT = "before_commit"  #: numbers are saved, the batch is not
    AFTER_COMMIT = "after_commit"  #: the batch is in the journal, nothing is acknowledged
    AFTER_ACKNOWLEDGE = "after_acknowledge"  #: PUBACKs are handed to the connection, nothing is judged
    AFTER_JUDGE = "after_judge"  #: judged, and nothing shown


class Failpoints(failpoint.Failpoints):
    """Failpoints of ingest."""

    def __init__(self, armed: Iterable[str] = ()) -> None:
        super().__init__(Place, armed)
