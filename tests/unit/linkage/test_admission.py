from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.alarm import Change
from city.level import Level
from linkage.admission.decision import Action, Decision, Reason, Standing, decide
from tests.support.linkage import alarm

OPEN_AT_MAJOR = Standing(incident=7, level=Level.MAJOR, belonged=7, active=True)
FRESH_FOR_OPEN = Standing(incident=7, level=Level.MAJOR)


@pytest.mark.parametrize(
    ("change", "level", "standing", "action", "reason"),
    [
        pytest.param("raised", "major", Standing(), Action.OPEN, Reason.NEW, id="first alarm opens"),
        pytest.param(
            "raised", "major", FRESH_FOR_OPEN, Action.JOIN, Reason.SAME_RULE_AND_TARGET, id="same level joins"
        ),
        pytest.param(
            "raised", "notice", FRESH_FOR_OPEN, Action.JOIN, Reason.SAME_RULE_AND_TARGET, id="lower level joins"
        ),
        pytest.param(
            "raised", "critical", FRESH_FOR_OPEN, Action.RISE, Reason.HIGHER_LEVEL, id="higher level joins as a rise"
        ),
        pytest.param("risen", "critical", OPEN_AT_MAJOR, Action.RISE, Reason.HIGHER_LEVEL, id="the alarm itself rises"),
        pytest.param(
            "raised",
            "major",
            Standing(incident=7, level=Level.MAJOR, recovered=True),
            Action.JOIN,
            Reason.CAME_BACK,
            id="burns again before the recovered incident ended",
        ),
        pytest.param(
            "raised",
            "critical",
            Standing(incident=7, level=Level.MAJOR, recovered=True),
            Action.RISE,
            Reason.HIGHER_LEVEL,
            id="comes back worse",
        ),
        pytest.param(
            "risen",
            "critical",
            Standing(belonged=3),
            Action.OPEN,
            Reason.WORSE_AFTER_END,
            id="rises after its incident ended",
        ),
        pytest.param("fallen", "notice", OPEN_AT_MAJOR, Action.FALL, Reason.LOWER_LEVEL, id="falls"),
        pytest.param("cleared", "major", OPEN_AT_MAJOR, Action.RECOVER, Reason.LAST_CLEARED, id="the last one clears"),
        pytest.param(
            "cleared",
            "major",
            replace(OPEN_AT_MAJOR, others=Level.NOTICE),
            Action.FALL,
            Reason.OTHERS_BURN,
            id="one clears, another burns on",
        ),
        pytest.param(
            "cleared",
            "major",
            Standing(belonged=3),
            Action.IGNORE,
            Reason.NOT_OPEN,
            id="clears after its incident ended",
        ),
        pytest.param(
            "fallen",
            "notice",
            Standing(belonged=3),
            Action.IGNORE,
            Reason.NOT_OPEN,
            id="falls after its incident ended",
        ),
        pytest.param(
            "cleared", "major", Standing(), Action.IGNORE, Reason.UNKNOWN, id="clears without having been raised"
        ),
        pytest.param(
            "cleared", "major", FRESH_FOR_OPEN, Action.IGNORE, Reason.UNKNOWN, id="a stranger to the open one clears"
        ),
    ],
)
def test_alarm_is_decided(change: str, level: str, standing: Standing, action: Action, reason: Reason):
    decision = decide(alarm(Change(change), Level.of(level)), standing)

    concerned = standing.belonged if reason is Reason.NOT_OPEN else standing.incident
    assert decision == Decision(action, reason, concerned)


STANDINGS = st.builds(
    Standing,
    incident=st.none() | st.integers(1, 9),
    level=st.sampled_from([0, *Level]),
    recovered=st.booleans(),
    belonged=st.none() | st.integers(1, 9),
    active=st.booleans(),
    others=st.sampled_from([0, *Level]),
)


@given(standing=STANDINGS, level=st.sampled_from(Level), change=st.sampled_from([Change.RAISED, Change.RISEN]))
def test_worsening_is_never_held_back(standing: Standing, level: Level, change: Change):
    decision = decide(alarm(change, level), standing)

    if standing.incident is None:
        assert decision.action is Action.OPEN
    elif level > standing.level:
        assert decision.action is Action.RISE
    else:
        assert decision.action is Action.JOIN


@given(standing=STANDINGS, level=st.sampled_from(Level), change=st.sampled_from([Change.FALLEN, Change.CLEARED]))
def test_relief_opens_and_ends_nothing(standing: Standing, level: Level, change: Change):
    decision = decide(alarm(change, level), standing)

    assert decision.action in {Action.FALL, Action.RECOVER, Action.IGNORE}
