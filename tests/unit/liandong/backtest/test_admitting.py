"""The queue of a back-test lets come up what the city's would, when it would."""

from city.clock import SECOND_NS
from liandong.backtest.admitting import queue
from linkage.admission.config import AdmissionSettings
from linkage.config import LinkageSettings
from tests.support.linkage import alarm, book


def test_what_a_storm_held_back_comes_up_as_there_is_room_and_what_a_cap_did_stays_in_one() -> None:
    burning = [alarm(target=f"gauge/{number}") for number in range(10)]
    burning += [alarm(target=f"drain/{number}", rule=f"rule-{number}") for number in range(10)]
    limits = AdmissionSettings(storm_most=8, rule_most=6)
    with queue(book(), LinkageSettings(admission=limits), closes_after_ns=1800 * SECOND_NS) as town:
        town.admit(burning)
        at_once = len(list(town.opened()))
        town.pass_until(burning[0].arrival_ns + 180 * SECOND_NS)
        told = [one.target for one in town.opened()]

    assert at_once == 8 + 2  # six of one rule and two of others, "and 4 more" of that rule, "and 8 more" of the storm
    assert len(told) == 6 + 10 + 2
