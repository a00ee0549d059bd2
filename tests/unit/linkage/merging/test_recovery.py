"""What has recovered stays recovered, and what burns burns, whichever way incidents are put together and parted."""

import pytest

from linkage.merging.merge import merged
from linkage.merging.split import Part, Tally, split
from linkage.record import Case, IncidentRecord
from linkage.states import Step


def incident(number: int, *, alarms: int, active: int, recovered_ns: int | None = None) -> IncidentRecord:
    return IncidentRecord(
        id=number,
        number=str(number),
        title={"zh": "水", "en": "Water"},
        incident_class="road_water",
        domain="",
        priority=2,
        source="sensor",
        opened_ns=1,
        happened_ns=1,
        alarms=alarms,
        active=active,
        recovered_ns=recovered_ns,
    )


@pytest.mark.parametrize(
    ("source", "target", "recovered_ns"),
    [
        pytest.param(
            incident(2, alarms=1, active=0, recovered_ns=7), incident(1, alarms=0, active=0), 7, id="all came"
        ),
        pytest.param(
            incident(2, alarms=1, active=0, recovered_ns=7), incident(1, alarms=1, active=1), None, id="burns"
        ),
        pytest.param(
            incident(2, alarms=1, active=1), incident(1, alarms=1, active=0, recovered_ns=5), None, id="again"
        ),
        pytest.param(
            incident(2, alarms=0, active=0), incident(1, alarms=1, active=0, recovered_ns=5), 5, id="none came"
        ),
    ],
)
def test_merged_incident_has_recovered_when_none_of_its_alarms_burns(
    source: IncidentRecord, target: IncidentRecord, recovered_ns: int | None
):
    merge = merged(Case(source), Case(target), 9)

    assert merge.target.case.incident.recovered_ns == recovered_ns


@pytest.mark.parametrize(
    ("moving", "recovered_ns"),
    [
        pytest.param(Tally(alarms=1, active=0, level=2), 9, id="cleared"),
        pytest.param(Tally(alarms=1, active=1, level=2), None, id="burns"),
        pytest.param(Tally(), None, id="tasks alone"),
    ],
)
def test_part_of_a_burning_incident_has_recovered_when_its_own_alarms_have(moving: Tally, recovered_ns: int | None):
    staying = Tally(alarms=1, active=1, level=2)
    part = Part(keys=(), tasks=(), moving=moving, staying=staying, opening=incident(2, alarms=0, active=0))

    found = split(Case(incident(1, alarms=2, active=1)), part, Step.DETACH, 9, "elsewhere")

    assert found.part.case.incident.recovered_ns == recovered_ns
    assert found.rest.case.incident.recovered_ns is None
