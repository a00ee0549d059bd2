from sqlalchemy import select

from city.errors import StoreUnavailable
from city.history import LatestReading, Resolution, Series, SeriesQuery
from linkage.tables import EVIDENCE
from linkage.witness.gathering import Gatherer
from tests.support.linkage import MONITOR, Town, alarm


class Readings:
    """A feed of one sensor with one reading; away at first if told to."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def latest(self, sensors: list[str]) -> list[LatestReading]:
        if self.away:
            raise StoreUnavailable("ingest", "away")
        return [LatestReading(sensors[0], "water_level", 0, 0, 0.16, 0)]

    async def readings(self, query: SeriesQuery) -> Series:
        one = [query.start_ns], [0.16], [0.16], [0.16], [1], [0]
        return Series(query.sensor, query.quantity, Resolution.RAW, *one)


def kept(town: Town) -> list[tuple[str, str, int]]:
    with town.database.read() as connection:
        rows = connection.execute(select(EVIDENCE).order_by(EVIDENCE.c.id)).all()
    return [(row.moment, row.state, len(row.series)) for row in rows]


async def test_readings_around_the_opening_are_copied_when_complete(town: Town):
    town.raised(alarm())
    gatherer = Gatherer(town.ledger)

    assert await gatherer.gather(Readings()) == 0  # type: ignore[arg-type]
    town.wait(minutes=5)
    assert await gatherer.gather(Readings()) == 1  # type: ignore[arg-type]
    assert await gatherer.gather(Readings()) == 0  # type: ignore[arg-type]

    assert kept(town) == [("open", "kept", 1)]
    (evidence,) = town.incidents.one("1", MONITOR).evidence
    assert (evidence.moment, evidence.series[0].quantity, evidence.series[0].value) == ("open", "water_level", (0.16,))


async def test_evidence_waits_for_ingest(town: Town):
    town.raised(alarm())
    town.wait(minutes=5)
    gatherer = Gatherer(town.ledger)

    await gatherer.gather(Readings(away=True))  # type: ignore[arg-type]
    assert kept(town) == [("open", "waiting", 0)]
    town.wait(minutes=5)
    await gatherer.gather(Readings())  # type: ignore[arg-type]

    assert kept(town) == [("open", "kept", 1)]
