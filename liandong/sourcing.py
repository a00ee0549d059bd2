"""Brings `sources.toml` and `quantities.toml` of the city folder to a running ingest, without a restart."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from city.catalogue import Catalogue, default_catalogue
from city.errors import BadCityFile
from ingest.decoders.decoder_set import DecoderSet
from ingest.decoders.families import FAMILIES
from ingest.fairness.gate import Gate
from ingest.fairness.lanes import Lanes
from ingest.normalise import Normaliser
from ingest.routes import Routes
from ingest.service import IngestService

log = structlog.get_logger()


class Reading(NamedTuple):
    """What reads messages: it is told when the files of the city folder say something else.

    `catalogue` is the one that everyone in the process holds.
    """

    normaliser: Normaliser
    catalogue: Catalogue
    lanes: Lanes
    gate: Gate


class Sourcing:
    """Belongs to ingest's loop, and reads the files in threads.

    Births and descriptions that decoders remember stay, and what was refused stays in quarantine until it is replayed.
    """

    def __init__(self, root: Path, routes: Routes, reading: Reading, has_room: Callable[[Sequence[str]], bool]) -> None:
        """Follow the folder `root`, of which `routes` are in force; a broker may have no room for all filters."""
        self._root, self._memory, self._reading, self._has_room = root, routes.memory, reading, has_room
        self._sources, self._quantities = self._texts()

    async def follow(self, service: IngestService) -> None:
        """Put in force what the files say now, if it is something else.

        Raises:
            BadCityFile: one of them is wrong; what was in force stays.
        """
        sources, quantities = await asyncio.to_thread(self._texts)
        routes = None if sources == self._sources else await asyncio.to_thread(self._routes, sources)
        catalogue = None if quantities == self._quantities else _catalogue(quantities)
        if catalogue is not None:
            self._reading.catalogue.become(catalogue.quantities)
            await service.pipeline.between(partial(self._reading.normaliser.reread, self._reading.catalogue))
            self._quantities = quantities
            log.info("quantities_followed", quantities=len(catalogue.quantities))
        if routes is not None:
            await service.reroute(routes.filters, partial(self._put_in_force, routes))
            self._sources = sources
            log.info("routes_followed", filters=len(routes.filters))

    def _put_in_force(self, routes: Routes) -> None:
        self._reading.normaliser.reroute(routes)
        self._reading.lanes.use(routes.shares, routes)
        self._reading.gate.use(routes.shares)

    def _routes(self, text: str) -> Routes:
        routes = Routes.parse(text, decoders=DecoderSet(FAMILIES, self._memory))
        if not self._has_room(routes.filters):
            expected = "no more topic filters than the embedded broker has room for until it is started again"
            raise BadCityFile(expected=expected, got=len(routes.filters), at="sources.toml:1")
        return routes

    def _texts(self) -> tuple[str, str]:
        return self._text("sources.toml"), self._text("quantities.toml")

    def _text(self, name: str) -> str:
        """Return what stands in a file; nothing in one that is not there."""
        try:
            return (self._root / name).read_text("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as exc:
            raise BadCityFile(expected="a readable file", got=str(exc), at=name) from exc


def _catalogue(text: str) -> Catalogue:
    return Catalogue.parse(text, base=default_catalogue())
