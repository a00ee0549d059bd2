"""Counters: what they rise by is a series of its own, through resets, repeats and restarts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.catalogue import Aggregation, Catalogue, QuantityKind, default_catalogue
from city.clock import SECOND_NS
from ingest.naming import Newest
from tests.support.normalising import Desk, message

START_S = 1_780_000_000
AT_NS = (START_S + 100) * SECOND_NS


def heard(desk: Desk, *values: float, first_s: int = START_S, **more: object) -> list[float]:
    """Return by how much the counter rose, by the batch of these values a second apart."""
    body = [{"time": first_s + place, "values": {"energy": value}, **more} for place, value in enumerate(values)]
    batch = desk.batch(message("city/machine_room/m/reading", body), at_ns=AT_NS)
    return [value for _, series, _, value, _ in desk.rows(batch) if series.startswith("energy_increase")]


@pytest.mark.parametrize(
    ("values", "rises"),
    [
        pytest.param([5.0], [], id="the first tells no rise"),
        pytest.param([5.0, 7.5, 7.5, 10.0], [2.5, 0.0, 2.5], id="it rises"),
        pytest.param([5.0, 7.0, 1.0, 4.0], [2.0, 1.0, 3.0], id="it began again"),
        pytest.param([5.0, -1.0, 7.0], [2.0], id="an impossible value is passed over"),
    ],
)
def test_counter_tells_what_it_rises_by(values: list[float], rises: list[float]):
    assert heard(Desk("m"), *values) == rises


@pytest.mark.parametrize(
    ("first_s", "more"),
    [
        pytest.param(START_S - 50, {}, id="late"),
        pytest.param(START_S + 1, {"quality": "bad"}, id="bad by the device's word"),
        pytest.param(START_S + 1, {"quality": "stale"}, id="stale by the device's word"),
    ],
)
def test_value_that_says_nothing_new_is_not_counted(first_s: int, more: dict[str, object]):
    desk = Desk("m")
    heard(desk, 10.0)

    assert heard(desk, 3.0, first_s=first_s, **more) == []
    assert heard(desk, 12.0, first_s=START_S + 5) == [2.0]


def test_repeated_value_is_counted_once():
    desk = Desk("m")
    heard(desk, 10.0, 11.0)

    assert heard(desk, 11.0, first_s=START_S + 1) == []


def test_rise_has_time_quality_and_unit_of_its_reading():
    desk = Desk("m")
    body = [
        {"time": START_S, "values": {"energy/L1": 5000}, "unit": {"energy/L1": "Wh"}},
        {"time": START_S + 1, "values": {"energy/L1": 7000}, "unit": {"energy/L1": "Wh"}, "quality": "simulated"},
    ]

    rows = desk.rows(desk.batch(message("city/machine_room/m/reading", body), at_ns=AT_NS))

    assert rows[2:] == [("m", "energy_increase/L1", (START_S + 1) * SECOND_NS, 2.0, ("simulated",))]


def test_gauges_and_unknown_units_have_no_rise():
    desk = Desk("m")
    body = [{"values": {"temperature": value, "energy": value}, "unit": {"energy": "kg"}} for value in (1, 2)]

    rows = desk.rows(desk.batch(message("city/machine_room/m/reading", body), at_ns=AT_NS))

    assert {series for _, series, *_ in rows} == {"temperature", "energy[kg]"}


@pytest.mark.parametrize(
    ("newest", "rises"),
    [
        pytest.param(Newest((START_S - 60) * SECOND_NS, 8.0, 0), [2.0, 1.0], id="from its value"),
        pytest.param(Newest((START_S - 60) * SECOND_NS, 8.0, 64), [1.0], id="not from a bad one"),
        pytest.param(Newest((START_S + 60) * SECOND_NS, 8.0, 0), [], id="not from what is older"),
        pytest.param(None, [1.0], id="not from nothing"),
    ],
)
def test_counting_goes_on_after_a_restart(newest: Newest | None, rises: list[float]):
    desk = Desk("m")
    desk.normaliser.follow_on(lambda sensor, quantity: newest)

    assert heard(desk, 10.0, 11.0) == rises


@settings(max_examples=30)
@given(values=st.lists(st.integers(0, 1000), min_size=1, max_size=20), cut=st.integers(0, 20))
def test_rises_do_not_depend_on_how_batches_are_cut(values: list[int], cut: int):
    whole, parts = Desk("m"), Desk("m")

    together = heard(whole, *values)
    apart = heard(parts, *values[:cut]) + heard(parts, *values[cut:], first_s=START_S + len(values[:cut]))

    assert together == apart
    if values == sorted(values):
        assert sum(together) == values[-1] - values[0]


def test_every_counter_has_an_increase_that_sums():
    catalogue = default_catalogue()
    counters = [one for one in catalogue.quantities.values() if one.kind is QuantityKind.COUNTER]

    assert counters
    for counter in counters:
        increase = catalogue.quantities[f"{counter.name}_increase"]
        assert (increase.unit, increase.kind) == (counter.unit, QuantityKind.GAUGE)
        assert (increase.minimum, increase.aggregation) == (0.0, Aggregation.SUM)
        assert set(increase.names) == set(counter.names)


def test_city_may_say_itself_what_a_counters_increase_is():
    text = """
        [quantity.turns]
        unit = ""
        kind = "counter"
        [quantity.turns_increase]
        unit = ""
        kind = "gauge"
        aggregation = "sum"
        maximum = 50
    """

    assert Catalogue.parse(text).quantities["turns_increase"].maximum == 50.0
