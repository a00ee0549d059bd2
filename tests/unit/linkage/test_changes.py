"""What entries tell of columns gives the rows again, whatever was changed, in whatever order."""

import json
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from linkage.changes import AFTER, Known, changes, spoken
from linkage.deed import Deed
from linkage.event_log import canonical
from linkage.rebuild import Change, folded
from linkage.record import Case, IncidentRecord, TaskRecord
from linkage.states import Disposition, IncidentState, TaskState

OPENED = IncidentRecord(
    id=1,
    number="20261120-000001",
    title={"zh": "水", "en": "Water"},
    incident_class="road_water",
    domain="",
    priority=3,
    source="hotline",
    opened_ns=5,
    happened_ns=4,
)
LEG = TaskRecord(id=7, incident=1, department="water", dispatched_ns=6, due_ns=9)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
TIMES = st.none() | st.integers(0, 2**62)
INCIDENTS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(IncidentState),
        "disposition": st.none() | st.sampled_from(Disposition),
        "title": st.dictionaries(st.sampled_from(["zh", "en"]), WORDS),
        "priority": st.integers(1, 5),
        "longitude": st.none() | st.floats(-180, 180),
        "proposed": st.lists(WORDS, max_size=2),
        "acknowledged_ns": TIMES,
        "late": st.booleans(),
        "note": WORDS,
    },
)
TASKS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(TaskState),
        "limit": st.dictionaries(WORDS, st.floats(0, 9)),
        "request": st.none() | st.dictionaries(WORDS, WORDS, max_size=1),
        "accepted_ns": TIMES,
        "overdue": st.booleans(),
    },
)
#: A step: what it changes of the incident, the legs that there are after it with their changes, its deeds, its data.
STEPS = st.lists(
    st.tuples(
        INCIDENTS,
        st.dictionaries(st.integers(1, 3), TASKS, max_size=3),
        st.integers(0, 2),
        st.dictionaries(st.sampled_from(["number", "state", "priority", "note", "why"]), WORDS | st.integers(1, 5)),
    ),
    max_size=6,
)


def entry(version: int, deed: Deed) -> Change:
    """Return a deed as it comes back from the log."""
    return Change(number=version, version=version, data=json.loads(canonical(deed.data)))


@given(STEPS)
def test_entries_tell_the_case_after_every_step(
    steps: list[tuple[dict[str, object], dict[int, dict[str, object]], int, dict[str, object]]],
):
    known, entries = Known(), list[Change]()
    case: Case | None = None
    for incident, tasks, count, data in [({}, {}, 1, {}), *steps, ({}, {}, 1, {})]:
        old = {task.id: task for task in case.tasks} if case is not None else {}
        legs = tuple(replace(old.get(number, replace(LEG, id=number)), **some) for number, some in tasks.items())  # type: ignore[arg-type]
        after = Case(replace(OPENED if case is None else case.incident, **incident), legs)  # type: ignore[arg-type]
        deeds = known.told(case, after, tuple(Deed(step="step", data=data) for _ in range(count)))
        entries += [entry(len(entries) + offset, deed) for offset, deed in enumerate(deeds, 1)]
        case = Case(replace(after.incident, version=len(entries)), after.tasks)
        if count:
            assert known.tells(case)
            assert folded(1, entries) == Case(case.incident, tuple(sorted(legs, key=lambda task: task.id)))


def test_change_without_a_deed_is_not_told_before_the_next_deed():
    known = Known()
    known.told(None, Case(OPENED), (Deed(step="open"),))
    changed = Case(replace(OPENED, active=3, alarms=3, version=1))

    assert known.told(Case(OPENED), changed, ()) == ()
    assert not known.tells(changed)
    (deed,) = known.told(changed, changed, (Deed(step="join"),))
    assert deed.data == {AFTER: {"incident": {"active": 3, "alarms": 3}}}
    assert known.tells(changed)


def test_entry_tells_nothing_twice_and_nothing_that_did_not_change():
    data: dict[str, object] = {"number": OPENED.number, "title": OPENED.title, "priority": 1}
    told = changes(None, Case(OPENED), data)

    assert told["whole"] is True
    assert told["incident"] == {
        "incident_class": "road_water",
        "domain": "",
        "priority": 3,
        "source": "hotline",
        "opened_ns": 5,
        "happened_ns": 4,
    }
    assert changes(Case(OPENED, (LEG,)), Case(OPENED, (replace(LEG, yellow_ns=8),))) == {}


def test_leg_that_goes_on_in_another_incident_is_told_whole_there():
    known = Known()
    first = Case(replace(OPENED, version=3), (LEG,))
    moved = replace(LEG, incident=2)
    second = Case(replace(OPENED, id=2, version=4))
    (gave,) = known.told(first, Case(first.incident), (Deed(step="merge"),))
    (took,) = known.told(Case(second.incident, (moved,)), Case(second.incident, (moved,)), (Deed(step="merge"),))

    assert gave.data == {AFTER: {"gone": [7]}}
    assert took.data == {AFTER: {"tasks": {"7": {"department": "water", "dispatched_ns": 6, "due_ns": 9}}}}


def test_incident_that_the_log_told_only_in_part_is_not_made_up():
    assert folded(1, []) is None
    assert folded(1, [entry(3, Deed(step="accept", data={AFTER: {"incident": {"state": "handling"}}}))]) is None


def test_columns_of_another_program_are_left_out():
    opened = Deed(step="open", data={AFTER: changes(None, Case(OPENED, (LEG,)))})
    later = {"incident": {"mood": "grim", "priority": 1}, "tasks": {"7": {"mood": "grim"}}}
    case = folded(1, [entry(1, opened), entry(2, Deed(step="step", data={AFTER: later}))])

    assert case == Case(replace(OPENED, priority=1, version=2), (LEG,))


def test_people_are_not_told_columns():
    assert spoken(canonical({"why": "x", AFTER: {"incident": {"reporter": "someone"}}})) == {"why": "x"}


def test_no_column_is_forgotten():
    beside = {"id", "version", "incident", "yellow_ns"}
    assert changes(None, Case(OPENED, (LEG,)), {}).keys() == {"whole", "incident", "tasks"}
    changed = {field.name: object() for field in fields(IncidentRecord) if field.name not in beside}
    assert changes(Case(OPENED), Case(replace(OPENED, **changed)))["incident"] == changed  # type: ignore[arg-type]
    of_task = {field.name: object() for field in fields(TaskRecord) if field.name not in beside}
    leg = replace(LEG, **of_task)  # type: ignore[arg-type]
    assert changes(Case(OPENED, (LEG,)), Case(OPENED, (leg,))) == {"tasks": {"7": of_task}}
