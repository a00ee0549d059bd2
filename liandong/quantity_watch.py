"""Tells the desk of quantities that somebody adds to the city folder while it runs; ingest follows them by itself."""

import asyncio
from pathlib import Path
from typing import NoReturn

import structlog

from api.city_facts import CityFacts
from city.catalogue import Catalogue, default_catalogue
from city.errors import BadCityFile
from liandong.city_facts import quantity_facts

log = structlog.get_logger()

#: Time between two looks at the file, in seconds.
_LOOK_S = 2.0


class QuantityWatch:
    """Looks at one file; blocks on the disk for some microseconds."""

    def __init__(self, root: Path, facts: CityFacts) -> None:
        self._file, self._facts = root / "quantities.toml", facts
        self._stamp = self._look()

    async def run(self) -> NoReturn:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        """Have the quantities told where the file is another one; one with a mistake is told of by ingest."""
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            catalogue = Catalogue.parse(self._text(), base=default_catalogue())
        except (BadCityFile, OSError, UnicodeDecodeError) as error:
            log.warning("quantities_not_read", cause=str(error))
            return
        self._facts.know(catalogue, quantity_facts(catalogue))

    def _text(self) -> str:
        return self._file.read_text("utf-8") if self._stamp else ""

    def _look(self) -> tuple[int, ...]:
        """Return size, time of change and number of the file; nothing where there is none."""
        try:
            stat = self._file.stat()
        except OSError:
            return ()
        return stat.st_size, stat.st_mtime_ns, stat.st_ino
