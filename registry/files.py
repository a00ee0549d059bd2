"""Whole files in and out of the registry: tried out, brought in, written."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from city.errors import StoreUnavailable
from registry.component_csv import USUAL_CODE
from registry.components import ComponentRegistry
from registry.coordinates import Crs
from registry.exporting import write_components, write_sensors
from registry.importing import FileToImport, Format, stage
from registry.merging import Merged
from registry.sensors import SensorRegistry
from registry.shape import COMPONENTS, SENSORS, Shape
from registry.staging import Difference, Staging, Stranger
from storage.sql import Database


class Noun(StrEnum):
    """What a file is about."""

    SENSORS = "sensors"
    COMPONENTS = "components"


class Trial(NamedTuple):
    """How many rows a file has, and what they would change."""

    rows: int
    difference: Difference


class Brought(NamedTuple):
    """How many rows a file had, and what became of them."""

    rows: int
    merged: Merged


#: Columns that name departments, the three of GB/T 30428.2.
_DEPARTMENTS = ("authority", "owner", "maintainer")

SHAPES = {Noun.SENSORS: SENSORS, Noun.COMPONENTS: COMPONENTS}


class RegistryFiles:
    """Files of one city's registry; safe between threads. Calls block, for half a minute with a million rows.

    A `complete` file is all there is: what it does not name is taken out, but for what the city folder names, which
    would be back at the next start. Sensors that are taken out keep their number and their history.

    Attributes:
        folder: where there is room for a file.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        code: str = USUAL_CODE,
        lasting: Collection[str] = frozenset(),
        departments: Collection[str] = frozenset(),
    ) -> None:
        """Stage files in `folder`; codes fit the pattern `code`, and `lasting` are the city folder's sensors.

        A trial tells who is none of the `departments`, where these are known.
        """
        self.folder, self._code, self._lasting, self._departments = folder, code, lasting, departments
        self._sensors, self._components = SensorRegistry(database), ComponentRegistry(database)

    def try_out(self, what: Noun, file: FileToImport, most: int, *, complete: bool = False) -> Trial:
        """Tell what a file would change, with the first `most` of each kind, and change nothing.

        Raises:
            BadImport: something in it is wrong.
            StoreUnavailable: the database does not answer, or there is no room for the file.
        """
        with self._staged(what, file) as (staging, rows):
            self._put_beside(what, staging)
            found = staging.difference(most, complete=complete)
            return Trial(rows, found._replace(strangers=self._strangers(staging, most)))

    def bring_in(self, what: Noun, file: FileToImport, *, complete: bool = False) -> Brought:
        """Add and change what a file says, in one transaction.

        Raises:
            BadImport: something in it is wrong; nothing of it was taken.
            StoreUnavailable: the database does not answer, or there is no room for the file.
        """
        with self._staged(what, file) as (staging, rows):
            if complete:
                self._put_beside(what, staging)
            columns, gone = SHAPES[what].fields, staging.unnamed() if complete else ()
            kept = self._sensors if what is Noun.SENSORS else self._components
            return Brought(rows, kept.merge(columns, staging.rows(), gone))

    def written(self, what: Noun, format_: Format, crs: Crs, *, district: str = "") -> Iterator[str]:
        """Yield a file that brings everything back, in pieces; with a district what stands there or in none."""
        if what is Noun.SENSORS:
            sensors = self._sensors.all()
            return write_sensors((one for one in sensors if _is_in(one.district, district)), format_, crs)
        components = self._components.all()
        return write_components((one for one in components if _is_in(one.district, district)), format_, crs)

    def _strangers(self, staging: Staging, most: int) -> tuple[Stranger, ...]:
        return tuple(staging.strangers(_DEPARTMENTS, self._departments, most)) if self._departments else ()

    def _put_beside(self, what: Noun, staging: Staging) -> None:
        shape: Shape = SHAPES[what]
        if what is Noun.SENSORS:
            staging.beside(self._sensors.rows(shape.fields, lasting=self._lasting))
        else:
            staging.beside(self._components.rows(shape.fields))

    @contextmanager
    def _staged(self, what: Noun, file: FileToImport) -> Iterator[tuple[Staging, int]]:
        shape = SHAPES[what]
        try:
            with Staging(shape.fields, self.folder) as staging:
                yield staging, stage(replace(file, code=self._code), shape, staging)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable("import", str(error)) from error


def _is_in(found: str, district: str) -> bool:
    return not district or found in {"", district}
