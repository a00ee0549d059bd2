"""The turns of reports, photos and keys."""

from linkage.attachments.shelf import Shelf
from linkage.attachments.sweeping import Sweeping
from linkage.forgetting import key_forgetting
from linkage.ledger import Ledger
from linkage.turn import Turn


def report_turns(ledger: Ledger) -> tuple[Turn, ...]:
    """Return what is done again and again: old keys forgotten, photos of no report swept."""
    sweeping = () if ledger.photos is None else (Sweeping(ledger, Shelf(ledger.photos)),)
    return (key_forgetting(ledger), *sweeping)
