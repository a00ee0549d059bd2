"""The numbers for which somebody graded stay with the event."""

from linkage.harm import harm_said
from linkage.order import Order
from linkage.states import Step


def test_numbers_and_what_they_speak_for_are_kept() -> None:
    order = Order(step=Step.GRADE, version=1, grade="II", deaths=3, injuries=4, loss_cny=0)

    said = harm_said(order)

    assert said == {"harm": {"deaths": 3, "injuries": 4, "loss_cny": 0}, "proposed_grade": "III"}


def test_other_steps_keep_no_numbers() -> None:
    assert harm_said(Order(step=Step.FILE, version=1, deaths=3)) == {}
    assert harm_said(Order(step=Step.GRADE, version=1, grade="IV")) == {}
