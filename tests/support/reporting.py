"""A town that takes reports: its hotlines and conditions, its components, its photos, and short words for them."""

import io
from dataclasses import replace
from pathlib import Path

from PIL import ExifTags, Image

from city.component import Component
from city.place import Place
from linkage.attachments.photos import Photos
from linkage.attachments.shelf import Shelf
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.reports.book import parse_reports
from linkage.reports.callbacks import Callbacks
from linkage.reports.filing import Reports, Request
from linkage.reports.history import Histories
from linkage.reports.rounds import Rounds
from linkage.reports.said import Caller, Said
from linkage.reports.views import Filed
from linkage.standards import parse_standards
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, Town

REPORTS = """
hotlines:
  - {id: "12345", name: {zh: 市民热线, en: Citizens' hotline}, number: "12345"}
duplicates: {within_m: 50, within_h: 24}
callbacks: {attempts: 2, scale: five}
classes:
  - class: road_water
    priority: 3
    conditions: {puddle: 4, impassable: 1}
    departments: {"*": water, east: police}
"""

STANDARDS = """
classes:
  - id: road_water
    name: {zh: 道路积水, en: Road water}
    code: "0506"
    verify: 30 minute
    file: 15 minute
    dispatch: 15 minute
    check: 30 minute
    source: city table
    conditions:
      - {id: impassable, name: {zh: 无法通行, en: Impassable}, handle: 2 urgent_hour, closing: {zh: 消除, en: Gone}}
      - {id: puddle, name: {zh: 少量积水, en: Puddles}, handle: 1 working_day, closing: {zh: 消除, en: Gone}}
  - id: heat
    name: {zh: 机房过热, en: Overheating}
    code: "0601"
    verify: 30 minute
    file: 15 minute
    dispatch: 15 minute
    check: 30 minute
    source: TIA-942
    handle: 1 urgent_hour
    closing: {zh: 恢复, en: Normal}
"""

#: A rainwater cover that the power company happens to look after.
COVER = Component("1101010103000001", "manhole", "0103", "雨水井盖", Place(121.5, 31.2), maintainer="power")

SPOT = Place(121.5, 31.2)

#: One thousandth of a degree of latitude is 111 m.
NEARBY = Place(121.5, 31.2003)


class ReportingTown(Town):
    """The town with its report desk."""

    def __init__(self, database: Database, photos: Path) -> None:
        super().__init__(database)
        book = replace(
            self.ledger.book,
            standards=parse_standards(STANDARDS),
            reports=parse_reports(REPORTS),
            component={COVER.id: COVER}.get,
        )
        self.ledger: Ledger = replace(self.ledger, book=book)
        self.shelf = Shelf(photos)
        self.reports = Reports(self.ledger)
        self.callbacks = Callbacks(self.ledger)
        self.rounds = Rounds(self.ledger)
        self.histories = Histories(self.ledger)
        self.photos = Photos(self.ledger, self.shelf)

    def says(self, by: Person = ACCEPTOR, key: str = "", joins: str = "", **words: object) -> Filed:
        """Let somebody report road water at SPOT."""
        said = Said(incident_class="road_water", source="hotline", longitude=SPOT.longitude, latitude=SPOT.latitude)
        return self.reports.file(replace(said, **words), Request(by, key), joins)  # type: ignore[arg-type]


#: Somebody who called and wants to know how it ended.
CALLER = Caller(name="王先生", phone="13800000000", call_back=True)


def photo(colour: str = "red", *, size: tuple[int, int] = (64, 48), kind: str = "JPEG", place: bool = False) -> bytes:
    """Return a photo of one colour, perhaps with the place 31.2 N, 121.5 E in it."""
    file = io.BytesIO()
    exif = Image.Exif()
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (31.0, 12.0, 0.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (121.0, 30.0, 0.0)
    Image.new("RGB", size, colour).save(file, kind, exif=exif)
    return file.getvalue()
