"""Whether somebody is free to take a shift."""

import pytest

from linkage.roster.freedom import Span, clash
from linkage.roster.plan import Duty

POST, OTHER = ("water", "duty"), ("water", "leader")
TAKES, GIVES = Span(100, 200), (POST, Span(50, 150))


@pytest.mark.parametrize(
    ("where", "duty", "leave", "message"),
    [
        pytest.param(OTHER, (0, 100), (), "", id="ends as it begins"),
        pytest.param(OTHER, (0, 101), (), "`ann` has the duty of water/leader", id="another post"),
        pytest.param(POST, (50, 150), (), "", id="what is given away"),
        pytest.param(POST, (50, 160), (), "`ann` has the duty of water/duty", id="more than is given away"),
        pytest.param(OTHER, (120, 130), (), "`ann` has the duty of water/leader", id="within it"),
        pytest.param(OTHER, (0, 1), ((199, 300),), "`ann` is on leave", id="on leave"),
        pytest.param(OTHER, (0, 1), ((200, 300),), "", id="leave that begins as it ends"),
    ],
)
def test_who_has_something_else_is_not_free(
    where: tuple[str, str], duty: tuple[int, int], leave: tuple[tuple[int, int], ...], message: str
):
    duties = {where: [Duty(*duty, ("ann", "bob"))]}

    assert clash("ann", TAKES, GIVES, duties, [Span(*one) for one in leave]) == message
    assert clash("zoe", TAKES, GIVES, duties, []) == ""
