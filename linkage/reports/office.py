"""Everything about reports in one hand, for the API: taking them, calling back, photos, rounds and histories."""

from pathlib import Path

from linkage.attachments.photos import Photos
from linkage.attachments.shelf import Shelf
from linkage.ledger import Ledger
from linkage.reports.callbacks import Callbacks
from linkage.reports.filing import Reports
from linkage.reports.history import Histories
from linkage.reports.rounds import Rounds
from linkage.reports.viewing import facts_of
from linkage.reports.views import ReportFacts
from linkage.witness.looking import Snapshots


class ReportOffice:
    """The services of reports over one ledger; photos lie in `photos`, where what a crash left is tidied away."""

    def __init__(self, ledger: Ledger, photos: Path) -> None:
        shelf = Shelf(photos)
        shelf.tidy()
        self.reports = Reports(ledger)
        self.callbacks = Callbacks(ledger)
        self.photos = Photos(ledger, shelf)
        self.rounds = Rounds(ledger)
        self.histories = Histories(ledger)
        self.snapshots = Snapshots(ledger)
        self.photo_bytes = ledger.settings.photos.max_bytes
        self._ledger = ledger

    @property
    def facts(self) -> ReportFacts:
        """Return what forms need to know of the city's way with reports."""
        return facts_of(self._ledger.book.reports, self._ledger.book.standards)
