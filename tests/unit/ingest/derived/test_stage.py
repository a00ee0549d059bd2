"""The stage itself: it costs nothing where there is nothing to compute, and a mistake of ours costs no reading."""

from city.entry import Arrivals, Tick
from city.level import Domain
from ingest.derived.dew_point import DewPoint
from ingest.stage import Work
from tests.support.deriving import DerivingCity, station

T0 = 1_795_161_600.0


def room() -> DerivingCity:
    return DerivingCity("", [station("p", domain=Domain.MACHINE_ROOM)])


def test_entry_from_which_nothing_follows_is_left_as_it_is():
    city = DerivingCity()
    arrivals = city.arrivals([("p", "voltage", T0, 230.0)])
    work = Work(0, contents=[arrivals, Tick(1), Arrivals(arrivals.readings.take(arrivals.readings.sensor < 0))])
    before = list(work.contents)

    city.derive.run(work)

    assert all(one is other for one, other in zip(work.contents, before, strict=True))


def test_derived_readings_stand_behind_those_they_follow_from():
    city = room()
    arrivals = city.arrivals([("p", "temperature", T0, 20.0), ("p", "humidity", T0, 50.0)], arrival_s=T0 + 3)

    (entry,) = city.follow(arrivals)

    assert isinstance(entry, Arrivals)
    assert [city.numbering.quantity(number) for number in entry.readings.quantity] == [
        "temperature",
        "humidity",
        "dew_point",
    ]
    assert set(entry.readings.arrival_ns.tolist()) == {round((T0 + 3) * 1e9)}


def test_mistake_of_ours_costs_neither_the_readings_nor_the_other_derivations(monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(DewPoint, "take", fail)
    city = room()
    rows = [("p", "temperature", T0, 20.0), ("p", "humidity", T0, 50.0), ("p", "energy", T0, 1.0)]

    assert city.hear(*rows) == []
    assert [name for _, name, *_ in city.hear(*rows, ("p", "energy", T0 + 60, 2.0))] == ["energy_rate"]


def test_what_a_version_before_kept_is_gone_on_with():
    city = room()
    city.hear(("p", "energy", T0, 1.0))
    kept = city.derive.dump()
    del kept["listening_since"]
    city.derive = city.started()
    city.derive.load(kept)

    assert [name for _, name, *_ in city.hear(("p", "energy", T0 + 60, 2.0))] == ["energy_rate"]
