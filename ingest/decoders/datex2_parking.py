"""DATEX II's car parks: how many places are free or taken now, in the parking extension and before it."""

from collections.abc import Iterator
from typing import NamedTuple

from city.xml_tree import Tree
from ingest.decoders.known import Known
from ingest.decoders.values import number_with_unit


class ParkingSite(NamedTuple):
    """Elements of one model: a car park's state, its reference, and when that was so."""

    state: str
    reference: str
    time: str


#: The parking extension of version 2 and version 3, and version 2.x's own facilities.
SITES = (
    ParkingSite("parkingRecordStatus", "parkingRecordReference", "parkingStatusOriginTime"),
    ParkingSite("parkingFacilityStatus", "parkingFacilityReference", "parkingFacilityStatusTime"),
)
#: What counts places; how many there are is a fact.
_VALUES = {
    "parkingNumberOfVacantSpaces": Known("available_spots", ""),
    "parkingNumberOfOccupiedSpaces": Known("occupied_spots", ""),
    "totalNumberOfVacantParkingSpaces": Known("available_spots", ""),
    "totalNumberOfOccupiedParkingSpaces": Known("occupied_spots", ""),
    "parkingOccupancy": Known("occupancy", "%"),
    "parkingFacilityOccupancy": Known("occupancy", None),
}
#: Parts of a car park that tell their own numbers, which are not the whole's.
_PARTS = frozenset({"groupOfParkingSpacesStatus", "parkingSpaceStatus", "assignedParkingSpacesStatus"})


def parked(state: Tree) -> Iterator[tuple[float, Known]]:
    """Yield what a car park's state says of the whole of it."""
    for node in state.children:
        known = _VALUES.get(node.tag)
        parsed = number_with_unit(node.text, at=node.tag) if known is not None and not node.children else None
        if known is not None and parsed is not None and parsed[0] >= 0:
            unit = known.unit if known.unit is not None else ("1" if parsed[0] <= 1 else "%")
            yield parsed[0], known._replace(unit=unit)
        elif node.children and node.tag not in _PARTS:
            yield from parked(node)
