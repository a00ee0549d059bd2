"""Derived readings in ingest itself: journaled with what they follow from, and gone on with after any end."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from city.catalogue import default_catalogue
from city.clock import SECOND_NS, SystemClock
from city.entry import Arrivals
from city.errors import StoreUnavailable
from city.quality import Quality
from city.reading import ReadingBatch
from ingest.config import IngestSettings, JournalSettings, MqttSettings
from ingest.derived.book import DerivedBook
from ingest.derived.stage import Derive
from ingest.derived.surroundings import Surroundings
from ingest.identity import Identity
from ingest.service import IngestService, Parts
from tests.support.ingesting import MemoryHistory, NativeNormaliser, RecordingJudge

#: Nobody listens there; what is tested here needs no broker.
SETTINGS = IngestSettings(
    mqtt=MqttSettings(url="mqtt://127.0.0.1:1", backoff_first_s=60, backoff_cap_s=60),
    journal=JournalSettings(min_free_bytes=0),
)
CITY = "[traffic]\nperiod_min = 1\n[rate]\n"
T0 = 1_795_161_600


class City:
    """Ingest in a folder, with a meter that tells `energy`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.judge = RecordingJudge()

    @contextmanager
    def run(self, *, ends_well: bool = True) -> Iterator[IngestService]:
        folder = self._folder
        with closing(Identity(folder / "identity.sqlite")) as identity:
            around = Surroundings(default_catalogue(), ZoneInfo("UTC"), identity.quantity_number)
            derive = Derive(DerivedBook.parse(CITY), around, identity.quantity)
            normaliser = NativeNormaliser(identity)
            parts = Parts(identity, normaliser, self.judge, MemoryHistory(), SystemClock(), derive=derive)
            service = IngestService(folder, SETTINGS, parts, filters=["city/#"])
            self.numbers = identity.sensor_number("m"), identity.quantity_number("energy")
            identity.flush()
            yield service
            if not ends_well:
                derive.settled = False  # as a kill does: nothing is kept
            service.close()

    def said(self, *values: tuple[float, float]) -> Arrivals:
        rows = [(*self.numbers, round((T0 + at) * SECOND_NS), T0 * SECOND_NS, value, 0) for at, value in values]
        return Arrivals(ReadingBatch.of(rows))

    def rates(self) -> list[float]:
        found: list[float] = []
        for item in self.judge.items:
            if isinstance(item.entry, Arrivals):
                readings = item.entry.readings
                derived = (readings.quality & np.uint16(Quality.DERIVED)) != 0
                found += [round(value, 6) for value in readings.value[derived].tolist()]
        return found


async def test_derived_readings_are_committed_and_judged_with_what_they_follow_from(tmp_path):
    city = City(tmp_path)
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((0, 10.0), (60, 11.0))])

    assert city.rates() == [60.0]
    assert [len(item.entry.readings) for item in city.judge.items if isinstance(item.entry, Arrivals)] == [3]


@pytest.mark.parametrize("ends_well", [True, False])
async def test_next_run_goes_on_from_what_was_kept_and_from_the_journal(tmp_path, ends_well):
    city = City(tmp_path)
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((0, 10.0))])
    with city.run(ends_well=ends_well) as service:
        await service.pipeline.insert(lambda _: [city.said((60, 11.0))])
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((120, 13.0))])

    assert city.rates() == [60.0, 120.0]


async def test_damaged_file_is_made_anew_from_the_journal(tmp_path):
    city = City(tmp_path)
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((0, 10.0))])
    (tmp_path / "derived.npz").write_bytes(b"nothing")
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((60, 11.0))])
        assert "side_file_damaged" in [trouble.kind for trouble in service.troubles()]

    assert city.rates() == [60.0]


async def test_what_is_not_committed_is_not_kept(tmp_path, monkeypatch):
    city = City(tmp_path)
    with city.run() as service:
        await service.pipeline.insert(lambda _: [city.said((0, 10.0))])

        derive = service._parts.derive
        assert derive is not None
        settled = []

        def refuse(_contents: object) -> int:
            settled.append(derive.settled)
            monkeypatch.undo()
            raise StoreUnavailable("journal", "told so by the test")

        monkeypatch.setattr(service.journal, "append", refuse)
        await service.pipeline.insert(lambda _: [city.said((60, 11.0))])  # tried again
        settled.append(derive.settled)

    assert settled == [False, True]
    assert city.rates() == [60.0]
