"""The item of the case standard that filing and closing choose: what makes it a case, and which end was reached."""

from collections.abc import Mapping

from city.errors import BadRequest
from linkage.order import Order
from linkage.record import Case
from linkage.standards import Standard
from linkage.states import Step

#: What the log calls the condition of each step; it keeps its words too, since city files change and the log does not.
SAID_AS: Mapping[Step, str] = {Step.FILE: "filing", Step.CLOSE: "closing"}


def chosen(case: Case, order: Order, standard: Standard) -> str:
    """Return the condition that an order to file or to close chooses; the only one is chosen where there is one.

    What a person chose when they reported holds for filing unless another is chosen.

    Raises:
        BadRequest: the class has several and none, or an unknown one, was chosen; it names them.
    """
    known = tuple(one.id for one in standard.conditions)
    before = case.incident.condition if order.step is Step.FILE and case.incident.condition in known else ""
    found = order.condition if order.condition else before
    if not found and len(known) == 1:
        return known[0]
    if found not in known:
        named = ", ".join(f"`{one}`" for one in known)
        raise BadRequest(expected=f"one of {named}", got=found if found else "nothing", at="condition")
    return found


def said(case: Case, order: Order, standard: Standard) -> dict[str, object]:
    """Return what the log keeps of the condition that filing or closing chose: its id and its words."""
    name = SAID_AS.get(order.step)
    if name is None:
        return {}
    condition = standard.condition(chosen(case, order, standard))
    words = condition.name if order.step is Step.FILE else condition.closing
    return {name: {"condition": condition.id, **words}}
