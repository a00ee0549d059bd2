from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.alarm import Change
from city.level import Level
from linkage.admission.decision import HOLDING, QUIETING, Action, Decision, Hold, Reason, Standing, decide
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


def hold(reason: Reason = Reason.SILENCED, began: int = 0) -> Hold:
    return Hold(reason, "1", wake_ns=9, began=began)


@pytest.mark.parametrize(
    ("change", "level", "standing", "action", "reason"),
    [
        pytest.param(
            "raised", "major", Standing(holds=(hold(),)), Action.HOLD, Reason.SILENCED, id="a hold begins with an alarm"
        ),
        pytest.param(
            "raised",
            "major",
            Standing(holds=(hold(began=Level.NOTICE),)),
            Action.OPEN,
            Reason.WORSE_THAN_HELD,
            id="worse than what it held before",
        ),
        pytest.param(
            "risen",
            "major",
            Standing(holds=(hold(Reason.STORM),)),
            Action.OPEN,
            Reason.WORSE_THAN_HELD,
            id="no hold begins with a rise",
        ),
        pytest.param(
            "risen",
            "major",
            Standing(holds=(hold(Reason.SILENCED, Level.MAJOR),), held_at=Level.MAJOR),
            Action.HOLD,
            Reason.SILENCED,
            id="back to the level at which a silence began",
        ),
        *(
            pytest.param(
                "risen",
                "major",
                Standing(holds=(hold(reason, Level.MAJOR),), held_at=Level.MAJOR),
                Action.OPEN,
                Reason.WORSE_THAN_HELD,
                id=f"{reason} holds back no rise, whatever its level",
            )
            for reason in sorted(QUIETING)
        ),
        pytest.param(
            "raised",
            "major",
            Standing(incident=7, level=Level.MAJOR, recovered=True, flapping=True),
            Action.JOIN,
            Reason.FLAPPING,
            id="comes back again and again in an incident that people see",
        ),
        pytest.param(
            "raised",
            "critical",
            Standing(incident=7, level=Level.MAJOR, recovered=True, flapping=True),
            Action.RISE,
            Reason.HIGHER_LEVEL,
            id="flaps and rises",
        ),
        pytest.param(
            "risen",
            "critical",
            Standing(holds=(hold(Reason.STORM),), held_at=Level.MAJOR),
            Action.OPEN,
            Reason.WORSE_THAN_HELD,
            id="another hold does not take over a rise",
        ),
        pytest.param(
            "raised",
            "major",
            Standing(incident=7, level=Level.MAJOR, holds=(hold(),)),
            Action.JOIN,
            Reason.SAME_RULE_AND_TARGET,
            id="what people see already is not held",
        ),
        pytest.param(
            "raised",
            "major",
            Standing(incident=7, level=Level.NOTICE, why=Reason.SAME_ASSET),
            Action.RISE,
            Reason.HIGHER_LEVEL,
            id="a child worse than the asset's incident",
        ),
        pytest.param(
            "raised",
            "notice",
            Standing(incident=7, level=Level.MAJOR, why=Reason.SAME_ASSET, holds=(hold(),)),
            Action.HOLD,
            Reason.SILENCED,
            id="a silenced child does not join",
        ),
        pytest.param("raised", "notice", Standing(asset="gw"), Action.OPEN, Reason.SIBLINGS, id="the asset failed"),
        pytest.param(
            "raised", "notice", Standing(ended=3), Action.REOPEN, Reason.SOON_AFTER_END, id="comes back soon after"
        ),
        pytest.param(
            "raised", "major", Standing(held_at=Level.MAJOR), Action.OPEN, Reason.HOLD_ENDED, id="the hold has ended"
        ),
        pytest.param(
            "cleared", "major", Standing(held_at=Level.MAJOR), Action.IGNORE, Reason.HELD_CLEARED, id="clears unseen"
        ),
        pytest.param(
            "fallen", "notice", Standing(held_at=Level.MAJOR), Action.IGNORE, Reason.HELD_FELL, id="falls unseen"
        ),
    ],
)
def test_alarm_is_held_back_or_not(change: str, level: str, standing: Standing, action: Action, reason: Reason):
    decision = decide(alarm(Change(change), Level.of(level)), standing)

    assert (decision.action, decision.reason) == (action, reason)


HOLDS = st.lists(
    st.builds(
        Hold,
        reason=st.sampled_from(HOLDING),
        cause=st.just("1"),
        wake_ns=st.just(1),
        began=st.sampled_from([0, *Level]),
    ),
    max_size=3,
).map(tuple)


@given(
    standing=STANDINGS,
    holds=HOLDS,
    held_at=st.sampled_from([0, *Level]),
    level=st.sampled_from(Level),
    change=st.sampled_from([Change.RAISED, Change.RISEN]),
)
def test_nothing_holds_back_a_rise(
    standing: Standing, holds: tuple[Hold, ...], held_at: int, level: Level, change: Change
):
    decision = decide(alarm(change, level), replace(standing, holds=holds, held_at=held_at))

    began = max([held_at, *(one.began for one in holds)])
    if decision.hold is not None:
        assert level <= decision.hold.began or decision.hold.began == 0
        assert level <= began or (change is Change.RAISED and began == 0)
        assert standing.incident is None
    if level > began > 0:
        assert decision.action is not Action.HOLD
    if change is Change.RISEN:
        assert decision.reason not in QUIETING


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[str, object]]:
    """Return changes of one alarm in an order that a rule could give, with holds that come and go between them."""
    story: list[tuple[str, object]] = []
    level = 0
    for _ in range(draw(st.integers(1, 25))):
        if draw(st.booleans()):
            story.append(("holds", draw(st.frozensets(st.sampled_from(HOLDING)))))
            continue
        after = draw(st.sampled_from([one for one in (0, *Level) if one != level]))
        change = Change.CLEARED if not after else Change.RAISED if not level else Change.RISEN
        change = Change.FALLEN if 0 < after < level else change
        story.append((change, after if after else level))
        level = after
    return story


@given(story=stories())
def test_what_is_hidden_is_never_worse_than_when_it_began_to_be(story: list[tuple[str, object]]):
    holding: frozenset[Reason] = frozenset()
    began: dict[Reason, int] = {}
    seen = held_at = 0
    for event, value in story:
        if event == "holds":
            assert isinstance(value, frozenset)
            began = {reason: level for reason, level in began.items() if reason in value}
            holding = value
            continue
        holds = tuple(hold(reason, began.get(reason, 0)) for reason in HOLDING if reason in holding)
        standing = Standing(incident=7 if seen else None, level=seen, belonged=7 if seen else None, active=bool(seen))
        transition = alarm(Change(event), Level(value))  # type: ignore[arg-type]
        decision = decide(transition, replace(standing, holds=holds, held_at=held_at))
        worsens = transition.change in {Change.RAISED, Change.RISEN}
        if decision.action is Action.HOLD and decision.hold is not None:
            held_at = began.setdefault(decision.hold.reason, int(transition.level))
        elif worsens:
            seen, held_at = int(transition.level), 0
        elif transition.change is Change.CLEARED:
            held_at = seen = 0
        if worsens:
            assert seen == transition.level or transition.level <= held_at
