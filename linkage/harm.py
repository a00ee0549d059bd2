"""What the event keeps of the harm for which an incident was graded, and of the grade that the numbers speak for."""

from linkage.order import Order
from linkage.scales import Harm, proposed_grade
from linkage.states import Step


def harm_said(order: Order) -> dict[str, object]:
    """Return the numbers that came with a grade, and the grade that Order 493 gives them; nothing for other steps."""
    if order.step is not Step.GRADE or order.deaths is None:
        return {}
    numbers = {
        "deaths": order.deaths,
        "injuries": 0 if order.injuries is None else order.injuries,
        "loss_cny": 0 if order.loss_cny is None else order.loss_cny,
    }
    return {"harm": numbers, "proposed_grade": proposed_grade(Harm(**numbers)).grade}
