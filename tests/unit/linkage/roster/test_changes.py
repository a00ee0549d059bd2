"""Changes laid over planned shifts, and the gaps and overlaps that are left."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.roster.changes import Change, Kind, applied
from linkage.roster.judging import Gap, gaps, overlaps
from linkage.roster.plan import Duty
from linkage.roster.roster import Post

POST = Post("water", "duty", {"zh": "值班", "en": "Duty"}, date(2026, 11, 2), ())
SHIFT = (Duty(0, 100, ("ann", "bob")), Duty(100, 200, ("cid",)))


def _change(start: int, end: int, person: str, *instead: str, number: int = 0) -> Change:
    kind = Kind.LEAVE if person else Kind.OVERRIDE
    return Change(
        kind=kind,
        department="water",
        post="",
        from_ns=start,
        to_ns=end,
        person=person,
        instead=instead,
        number=number,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], list(SHIFT), id="nothing changes"),
        pytest.param(
            [_change(0, 100, "ann", "eve")], [Duty(0, 100, ("eve", "bob")), SHIFT[1]], id="a substitute takes the place"
        ),
        pytest.param([_change(0, 100, "ann")], [Duty(0, 100, ("bob",)), SHIFT[1]], id="leave without one"),
        pytest.param(
            [_change(50, 150, "cid")],
            [SHIFT[0], Duty(100, 150, ()), Duty(150, 200, ("cid",))],
            id="leave for part of a shift",
        ),
        pytest.param(
            [_change(40, 120, "", "eve")],
            [Duty(0, 40, ("ann", "bob")), Duty(40, 100, ("eve",)), Duty(100, 120, ("eve",)), Duty(120, 200, ("cid",))],
            id="an override of everybody, across shifts",
        ),
        pytest.param(
            [_change(0, 100, "", "fay", number=2), _change(0, 100, "", "eve", number=1)],
            [Duty(0, 100, ("fay",)), SHIFT[1]],
            id="the later goes over the earlier",
        ),
        pytest.param(
            [_change(0, 100, "ann", "eve", number=1), _change(0, 100, "eve", "fay", number=2)],
            [Duty(0, 100, ("fay", "bob")), SHIFT[1]],
            id="a substitute may have a substitute",
        ),
        pytest.param([_change(0, 100, "ann", "bob")], [Duty(0, 100, ("bob",)), SHIFT[1]], id="nobody is there twice"),
        pytest.param([_change(0, 200, "zoe", "eve")], list(SHIFT), id="a stranger's leave"),
    ],
)
def test_changes_are_laid_over_shifts(changes, expected):
    assert list(applied(SHIFT, changes)) == expected


@given(
    st.lists(
        st.tuples(
            st.integers(-50, 250),
            st.integers(1, 100),
            st.sampled_from(["", "ann", "cid"]),
            st.sampled_from(["eve", "x"]),
        )
    )
)
def test_changes_neither_make_nor_lose_time(spans):
    changes = [
        _change(start, start + length, person, instead, number=n)
        for n, (start, length, person, instead) in enumerate(spans)
    ]

    parts = applied(SHIFT, changes)

    assert parts[0].from_ns == 0
    assert parts[-1].to_ns == 200
    assert all(before.to_ns == after.from_ns for before, after in pairwise(parts))


def test_time_that_nobody_covers_is_a_gap():
    duties = [Duty(10, 40, ("ann",)), Duty(30, 60, ("bob",)), Duty(60, 80, ()), Duty(90, 200, ("cid",))]

    assert gaps(POST, duties, 0, 100) == (
        Gap("water", "duty", 0, 10),
        Gap("water", "duty", 60, 90),
    )


def test_a_post_with_hours_has_gaps_in_them_only():
    hours = Post("water", "duty", {}, date(2026, 11, 2), (), always=False)

    found = gaps(hours, [Duty(10, 40, ("ann",)), Duty(60, 80, ())], 0, 100)

    assert found == (Gap("water", "duty", 60, 80),)


def test_a_gap_that_somebody_else_covers_is_none():
    assert gaps(POST, [Duty(0, 100, ()), Duty(0, 100, ("bob",))], 0, 100) == ()


def test_a_person_in_two_posts_at_once_is_an_overlap():
    water, leader = ("water", "duty"), ("water", "leader")

    found = overlaps({water: [Duty(0, 60, ("ann", "bob"))], leader: [Duty(50, 90, ("ann",)), Duty(60, 90, ("bob",))]})

    assert [(one.person, one.posts, one.from_ns, one.to_ns) for one in found] == [("ann", (water, leader), 50, 60)]
