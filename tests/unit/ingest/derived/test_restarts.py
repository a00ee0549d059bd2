"""However batches are cut, and wherever a run ends, the same readings make the same derived ones."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from city.entry import Connection, Entry, Journaled, Tick
from city.level import Domain
from city.quality import Quality
from tests.support.deriving import Derived, DerivingCity, Row, station

T0 = 1_795_161_600

CITY = """
[[aqi_cn.where]]
kinds = ["station"]
[aqi_us]
enabled = true
[[aqi_us.where]]
kinds = ["station"]
[noise]
period_min = 2
[[noise.zone]]
class = "2"
kinds = ["station"]
[traffic]
period_min = 2
[[traffic.road]]
free_flow_kmh = 60
kinds = ["station"]
[[ups.battery]]
full_load_min = 10
kinds = ["station"]
"""
QUANTITIES = (
    "pm25",
    "o3",
    "noise_laeq",
    "noise_level",
    "speed",
    "temperature",
    "humidity",
    "energy",
    "load",
    "battery_level",
)


def city() -> DerivingCity:
    return DerivingCity(CITY, [station(name, 600, Domain.MACHINE_ROOM) for name in "ab"])


#: Steps of a sensor's clock, seconds: mostly on, sometimes back, now and then far on.
STEPS = st.sampled_from([0, 0, 7, 30, 60, 60, 400, -50, -200, 1900, 90_000])
READING = st.tuples(
    st.sampled_from("ab"),
    st.sampled_from(QUANTITIES),
    STEPS,
    st.integers(1, 99),
    st.sampled_from([0, 0, 0, Quality.BAD]),
)


def rows_of(readings: list[tuple[str, str, int, int, int]]) -> list[Row]:
    rows: list[Row] = []
    at = T0
    for sensor, quantity, step, value, flags in readings:
        at += step
        rows.append((sensor, quantity, at, value * 1.1, int(flags)))
    return rows


def parts_of(rows: list[Row], cuts: set[int]) -> list[list[Row]]:
    ends = [*sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    return [rows[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@settings(max_examples=60)
@given(readings=st.lists(READING, max_size=40), cuts=st.sets(st.integers(1, 39)))
def test_batches_cut_otherwise_make_the_same(readings, cuts):
    rows = rows_of(readings)
    whole, cut = city(), city()

    once = whole.hear(*rows, arrival_s=T0) if rows else []
    again = [one for part in parts_of(rows, cuts) if part for one in cut.hear(*part, arrival_s=T0)]

    assert sorted(again) == sorted(once)


@settings(max_examples=60)
@given(
    readings=st.lists(READING, min_size=1, max_size=40),
    cuts=st.sets(st.integers(1, 39)),
    kept_at=st.integers(0, 10),
    killed_at=st.integers(0, 40),
    turns=st.dictionaries(st.integers(0, 39), st.booleans(), max_size=3),
)
# Kept while ingest listens: a meter that falls silent is told of after the kill, and not again if it was before.
@example([("a", "noise_laeq", 0, 69, 0), *[("a", "o3", 60, 79, 0)] * 2], {1, 2}, 3, 6, {})
@example([("a", "noise_laeq", 0, 69, 0), *[("a", "o3", 60, 79, 0)] * 4], {1, 2, 3, 4}, 3, 7, {3: True})
def test_a_run_that_ended_anywhere_is_gone_on_with(readings, cuts, kept_at, killed_at, turns):
    """What is kept is of some moment before; the rest is read again from the journal.

    `turns` are the parts before which ingest begins or ceases to listen.
    """
    undisturbed, killed = city(), city()
    entries: list[Entry] = [Connection(T0, listening=True)]
    for place, part in enumerate(parts_of(rows_of(readings), cuts)):
        if place in turns:
            entries.append(Connection((T0 + place * 200) * 10**9, listening=turns[place]))
        entries += [undisturbed.arrivals(part, arrival_s=T0 + place * 200), Tick((T0 + place * 200 + 199) * 10**9)]
        killed.arrivals(part)  # the same numbers in both
    expected = [undisturbed.enter(entry) for entry in entries]

    found: list[list[Derived]] = []
    journal: list[tuple[int, Entry]] = []
    kept: tuple[int, dict[str, np.ndarray]] | None = None
    for place, entry in enumerate(entries):
        if place == killed_at:
            killed.derive = killed.started()
            if kept is not None:
                killed.derive.load(kept[1])
            for position, past in journal[kept[0] if kept else 0 :]:
                killed.derive.apply(Journaled(position, past))
        committed = killed.follow(entry)
        found.append([one for content in committed for one in killed.derived(content)])
        journal += enumerate(committed, len(journal) + 1)
        if place == kept_at:
            kept = len(journal), killed.derive.dump()

    assert found == expected
