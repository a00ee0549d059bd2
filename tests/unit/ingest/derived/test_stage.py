"""The stage itself: it costs nothing where there is nothing to compute, and a mistake of ours costs no reading."""

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from city.entry import Arrivals, Tick
from city.level import Domain
from ingest.derived.dew_point import DewPoint
from ingest.derived.stage import Settle
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


def test_mistake_that_repeats_is_counted_each_time_and_logged_once(monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(DewPoint, "take", fail)
    city, before = room(), failed()
    with capture_logs() as logs:
        for second in range(3):
            city.hear(("p", "temperature", T0 + second, 20.0))

    assert [(one["event"], one["derivation"]) for one in logs] == [("derivation_failed", "dew_point")]
    assert failed() == before + 3


def failed() -> float:
    return REGISTRY.get_sample_value("ingest_derivations_failed_total", {"derivation": "dew_point"}) or 0.0


def test_what_was_derived_from_is_settled_with_the_commit():
    city = room()
    seen = []
    for position in (9, 4):
        city.hear(("p", "temperature", T0 + position, 20.0))
        before = city.derive.settled
        Settle(city.derive).run(Work(0, position=position))
        seen.append((before, city.derive.settled, city.derive.position))

    assert seen == [(False, True, 9)] * 2


def test_what_a_version_before_kept_is_gone_on_with():
    city = room()
    city.hear(("p", "energy", T0, 1.0))
    kept = city.derive.dump()
    del kept["listening_since"]
    city.derive = city.started()
    city.derive.load(kept)

    assert [name for _, name, *_ in city.hear(("p", "energy", T0 + 60, 2.0))] == ["energy_rate"]
