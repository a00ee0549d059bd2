import pytest

from linkage.conflict import Happened, matters
from linkage.states import Step

FILED = Happened("file", None, "Wang", "reported", "filed")
COMMENTED = Happened("comment", None, "Wang", "filed", "filed")
ROSE = Happened("rise", None, "", "filed", "filed")
JOINED = Happened("join", None, "", "filed", "filed")
LATE = Happened("overdue", 1, "", "filed", "filed")
FED_BACK = Happened("feed_back", 1, "Zhao", "handling", "fed_back")
REWORKED = Happened("rework", 2, "Sun", "fed_back", "handling")


@pytest.mark.parametrize(
    ("step", "task", "since", "mattering"),
    [
        pytest.param(Step.COMMENT, None, [FILED, ROSE], [], id="a comment is always welcome"),
        pytest.param(Step.DISPATCH, None, [COMMENTED, JOINED, LATE], [], id="words and repeats move nothing"),
        pytest.param(Step.DISPATCH, None, [FILED, COMMENTED], [FILED], id="another's move matters"),
        pytest.param(Step.ACKNOWLEDGE, None, [FILED, ROSE], [ROSE], id="seen means seen as bad as it is"),
        pytest.param(Step.DISPATCH, None, [FED_BACK], [], id="a department's work does not stop dispatching"),
        pytest.param(Step.CLOSE, None, [REWORKED], [REWORKED], id="a rework stops closing"),
        pytest.param(Step.CHECK, 1, [FED_BACK, REWORKED, FILED], [FED_BACK], id="only its own task matters to a task"),
        pytest.param(Step.CHECK, 1, [LATE], [], id="a clock that ran out stops nobody"),
    ],
)
def test_what_matters(step: Step, task: int | None, since: list[Happened], mattering: list[Happened]):
    assert list(matters(step, task, since)) == mattering


def test_event_says_who_did_what():
    assert str(FILED) == "`file` by Wang (reported → filed)"
    assert str(ROSE) == "`rise` by the system"
