"""Sensors for the tests of the registry: one with everything, one with nothing, and hypothesis' own."""

from datetime import date

from hypothesis import strategies as st

from city.component import ComponentState
from city.level import Domain
from city.place import Place
from city.sensor import Sensor

FULL = Sensor(
    id="room/3:inlet",
    name="机房三 进风",
    domain=Domain.MACHINE_ROOM,
    kind="inlet_probe",
    name_en='Room 3, "inlet"',
    place=Place(120.19321, 30.26001),
    district="shangcheng",
    grid="330102001",
    site="room-3",
    upstream="gateway-7",
    interval_s=60.0,
    quantities=("temperature", "humidity"),
    authority="data-bureau",
    owner="data-bureau",
    maintainer="room-crew",
    installed=date(2025, 3, 1),
    tags=frozenset({"cold-aisle", "重点"}),
    code="9901010699000001",
    condition=ComponentState.DAMAGED,
)
BARE = Sensor(id="loop-1", name="线圈", domain=Domain.TRAFFIC, kind="loop")

_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
_FILLED = _TEXT.filter(bool)
_WORD = _TEXT.map(lambda text: text.replace(";", "").strip()).filter(bool)

#: Any sensor that a file can hold.
SENSORS = st.builds(
    Sensor,
    id=_FILLED,
    name=_FILLED,
    domain=st.sampled_from(Domain),
    kind=_FILLED,
    name_en=_TEXT,
    place=st.none() | st.builds(Place, st.floats(-180, 180), st.floats(-90, 90)),
    district=_TEXT,
    grid=_TEXT,
    site=_TEXT,
    upstream=_TEXT,
    interval_s=st.none() | st.floats(1e-3, 1e7),
    quantities=st.lists(_WORD, unique=True, max_size=3).map(tuple),
    authority=_TEXT,
    owner=_TEXT,
    maintainer=_TEXT,
    installed=st.none() | st.dates(),
    tags=st.frozensets(_WORD, max_size=3),
    recorded=st.booleans(),
    code=_TEXT,
    condition=st.sampled_from(ComponentState),
)
