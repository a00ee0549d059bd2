"""Finds the past: with InfluxDB at its server, else with a running ingest, else in the file that nobody has open."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from city.catalogue import Catalogue
from city.clock import SystemClock
from liandong.backtest.source import Source
from liandong.backtest.told import told_past
from liandong.folder import FolderTaken
from liandong.settings import Settings
from storage.history import open_history


class _NoNames:
    """Names for a store that nothing is written to."""

    def sensor(self, number: int) -> str:
        """Know no sensor."""
        raise KeyError(number)

    def quantity(self, number: int) -> str:
        """Know no quantity."""
        raise KeyError(number)


@contextmanager
def source_of(settings: Settings, catalogue: Catalogue) -> Iterator[Source]:
    """Yield the past of an installation; while the file is read here, no ingest can start on it.

    Raises:
        StoreUnavailable: the history does not answer.
    """
    folder = settings.folder
    folder.create()
    with ExitStack() as opened:
        if settings.history.url:
            source: Source = opened.enter_context(_opened(settings, catalogue))
        else:
            try:
                opened.enter_context(folder.held("ingest"))
                source = opened.enter_context(_opened(settings, catalogue))
            except FolderTaken:
                source = opened.enter_context(told_past(folder.past_socket))
        yield source


@contextmanager
def _opened(settings: Settings, catalogue: Catalogue) -> Iterator[Source]:
    folder = settings.folder.history
    history = open_history(settings.history, folder, names=_NoNames(), catalogue=catalogue, clock=SystemClock())
    with closing(history):
        yield history
