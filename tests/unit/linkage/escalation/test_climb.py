from hypothesis import given
from hypothesis import strategies as st

from city.clock import SECOND_NS
from linkage.escalation import climb
from linkage.escalation.chain import Chain, Rung, Way
from linkage.escalation.climb import Escalation, EscalationState, Fired, Why
from linkage.tables import NEVER_NS

CHAIN = Chain((1,), tuple(Rung(after_s, Way.TELL, "duty") for after_s in (0, 60, 120)), forgotten_s=900, again_s=600)


def begun(chain: Chain = CHAIN) -> Escalation:
    return climb.started(1, None, "", chain, 0)


def fire(one: Escalation, at_s: int, chain: Chain = CHAIN) -> Fired:
    found = climb.fired(one, chain, at_s * SECOND_NS)
    assert found is not None
    return found


def test_rungs_are_fired_in_order_each_at_its_time():
    one, due = begun(), []
    for _ in range(3):
        due.append(one.next_ns // SECOND_NS)
        one = fire(one, due[-1]).after

    assert due == [0, 60, 120]
    assert climb.fired(begun(), CHAIN, -1) is None


def test_last_rung_is_repeated_under_another_round():
    one = begun()
    for at_s in (0, 60, 120):
        one = fire(one, at_s).after
    again = fire(one, 720)

    assert one.next_ns == 720 * SECOND_NS
    assert (again.index, one.round, again.after.round) == (2, 1, 2)


def test_chain_without_repetition_waits_for_ever_at_its_end():
    chain = Chain((1,), (Rung(0, Way.TELL, "duty"),))

    assert fire(begun(chain), 0, chain).after.next_ns == NEVER_NS


def test_late_rung_does_not_pull_the_next_one_with_it():
    late = fire(begun(), 3600)

    assert late.after.next_ns == (3600 + 60) * SECOND_NS


def test_answer_stops_it_and_being_forgotten_goes_on_at_the_next_rung():
    one = fire(begun(), 0).after
    one = climb.answered(one, CHAIN, "Wang", 10 * SECOND_NS)
    again = fire(one, 910)

    assert climb.fired(one, CHAIN, 909 * SECOND_NS) is None
    assert (again.index, again.why, again.after.state) == (1, Why.FORGOTTEN, EscalationState.CLIMBING)
    assert again.after.next_ns == (910 + 60) * SECOND_NS


def test_answer_in_a_chain_that_forgets_nothing_is_final():
    chain = Chain((1,), (Rung(0, Way.TELL, "duty"),))

    assert climb.answered(begun(chain), chain, "Wang", 0).next_ns == NEVER_NS


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(1, 5))
def test_no_rung_is_skipped_or_fired_twice_under_one_key(pauses: list[int], rungs: int):
    chain = Chain((1,), tuple(Rung(60 * index, Way.TELL, "duty") for index in range(rungs)), again_s=300)
    one, now_s, fired = begun(chain), 0, []
    for pause_s in pauses:
        now_s += pause_s
        found = climb.fired(one, chain, now_s * SECOND_NS)
        if found is not None:
            fired.append((one.round, found.index))
            one = found.after

    assert len(set(fired)) == len(fired)
    assert [index for _, index in fired[:rungs]] == list(range(len(fired[:rungs])))
