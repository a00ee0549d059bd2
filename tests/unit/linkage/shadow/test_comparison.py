from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.clock import SECOND_NS
from linkage.shadow.comparison import NEAR_NS, Episode, Side, compared, verdict_on

MINUTE_NS = 60 * SECOND_NS


def episode(raised: float, ended: float | None = None, *, target: str = "a", alarm: str = "") -> Episode:
    """Return an alarm; times in minutes."""
    ended_ns = None if ended is None else round(ended * MINUTE_NS)
    name = alarm if alarm else f"{target}{raised}"
    return Episode(name, "rule", target, 1, round(raised * MINUTE_NS), ended_ns)


@pytest.mark.parametrize(
    ("shadow", "live", "sides", "lead_s"),
    [
        pytest.param([episode(0, 5)], [episode(2, 9)], [Side.BOTH], 120.0, id="the shadow is earlier"),
        pytest.param([episode(2)], [episode(0)], [Side.BOTH], -120.0, id="the shadow is later, both burn"),
        pytest.param([episode(0, 5)], [episode(15, 20)], [Side.BOTH], 900.0, id="soon after the other's end"),
        pytest.param([episode(0, 5)], [episode(16, 20)], [Side.ONLY_SHADOW, Side.ONLY_LIVE], None, id="too long after"),
        pytest.param([episode(0)], [episode(0, target="b")], [Side.ONLY_SHADOW, Side.ONLY_LIVE], None, id="elsewhere"),
        pytest.param([], [episode(0)], [Side.ONLY_LIVE], None, id="only the rule in force"),
        pytest.param(
            [episode(0, 1), episode(2, 3)], [episode(2, 3)], [Side.BOTH, Side.ONLY_SHADOW], 120.0, id="one for one"
        ),
    ],
)
def test_alarms_are_matched(
    shadow: list[Episode], live: list[Episode], sides: list[Side], lead_s: float | None
) -> None:
    matches = compared(shadow, live)

    assert sorted(match.side for match in matches) == sorted(sides)
    assert verdict_on(matches).lead_s == lead_s


EPISODES = st.lists(
    st.builds(
        lambda raised, lasts, target: episode(raised, None if lasts is None else raised + lasts, target=target),
        st.integers(0, 200),
        st.none() | st.integers(0, 30),
        st.sampled_from("ab"),
    ),
    max_size=12,
).map(lambda found: [replace(one, alarm=f"{number}") for number, one in enumerate(found)])


@given(shadow=EPISODES, live=EPISODES)
def test_every_alarm_is_in_one_match_and_those_matched_are_about_the_same(
    shadow: list[Episode], live: list[Episode]
) -> None:
    matches = compared(shadow, live)

    assert sorted(match.shadow.alarm for match in matches if match.shadow) == sorted(one.alarm for one in shadow)
    assert sorted(match.live.alarm for match in matches if match.live) == sorted(one.alarm for one in live)
    for match in matches:
        if match.shadow is not None and match.live is not None:
            assert match.shadow.target == match.live.target
            for one, other in ((match.shadow, match.live), (match.live, match.shadow)):
                assert other.ended_ns is None or one.raised_ns <= other.ended_ns + NEAR_NS
    found = verdict_on(matches)
    assert found.both + found.only_shadow == len(shadow)
    assert found.both + found.only_live == len(live)
    assert found.earlier + found.later <= found.both


@given(same=EPISODES)
def test_a_rule_compared_with_itself_differs_in_nothing(same: list[Episode]) -> None:
    found = verdict_on(compared(same, same))

    assert (found.both, found.only_shadow, found.only_live) == (len(same), 0, 0)
