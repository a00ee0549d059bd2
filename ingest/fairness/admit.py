"""The stage in front of all others: what the quotas do not allow goes into the ledger, and no further."""

from collections.abc import Callable
from time import monotonic

from ingest.fairness.gate import Gate
from ingest.journal_codec import LetGo
from ingest.stage import Work


class Admit:
    """Lets a batch in; what it sheds is committed to the ledger with the rest, and only then acknowledged."""

    def __init__(self, gate: Gate, now_s: Callable[[], float] = monotonic) -> None:
        self._gate, self._now_s = gate, now_s

    def run(self, work: Work) -> None:
        """Leave what passes in `messages`, and what does not in `contents`."""
        admitted = self._gate.admit(work.received.messages, self._now_s())
        work.messages = admitted.messages
        if admitted.shed:
            work.contents.append(LetGo(work.arrival_ns, admitted.shed))
