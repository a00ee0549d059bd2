"""The queue of a back-test lets come up what the city's would, when it would."""

from city.clock import SECOND_NS
from liandong.backtest.admitting import queue
from linkage.config import LinkageSettings
from tests.support.linkage import alarm, book


def test_what_a_cap_held_back_comes_up_as_there_is_room() -> None:
    burning = [alarm(target=f"gauge/{number}") for number in range(25)]
    with queue(book(), LinkageSettings(), closes_after_ns=1800 * SECOND_NS) as town:
        town.admit(burning)
        capped = len(list(town.opened()))
        town.pass_until(burning[0].arrival_ns + 180 * SECOND_NS)
        told = {one.target for one in town.opened()}

    assert capped == 21  # twenty, and one that says "and 5 more"
    assert {one.target for one in burning} <= told
