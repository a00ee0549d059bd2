"""What people do about joining and holding back, and what rules in shadow found, in one place for the API."""

from dataclasses import dataclass

from linkage.admission.held import HeldAlarms
from linkage.hints.hints import Hints
from linkage.ledger import Ledger
from linkage.merging.merging import Merging
from linkage.shadow.showing import Shadows
from linkage.silences.silences import Silences


@dataclass(frozen=True, slots=True)
class HoldingOffice:
    """Silences, what is held back, incidents that are one or two, rules in shadow, and hints about sensors."""

    silences: Silences
    held: HeldAlarms
    merging: Merging
    shadows: Shadows
    hints: Hints


def holding_office(ledger: Ledger) -> HoldingOffice:
    """Return the office over a ledger."""
    return HoldingOffice(Silences(ledger), HeldAlarms(ledger), Merging(ledger), Shadows(ledger), Hints(ledger))
