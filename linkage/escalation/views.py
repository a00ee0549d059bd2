"""Escalations and phone calls as the API sends them."""

from enum import StrEnum

from linkage.views import Moment, Names, View


class CallOutcome(StrEnum):
    """How a phone call ended."""

    ANSWERED = "answered"  #: they know, and take it up: an acknowledgement
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


class CallView(View):
    """A phone call that was asked for; without an outcome it waits to be made."""

    id: str
    department: str
    person: str
    phone: str
    asked_at: Moment
    outcome: str
    called_at: Moment | None
    caller: str
    note: str


class RungView(View):
    """What comes next: when, and how whom."""

    at: Moment
    way: str
    whom: str


class EscalationView(View):
    """An answer that is waited for, and how far up it has climbed."""

    id: str
    incident: str
    number: str
    title: Names
    priority: int
    task: str | None
    department: str
    state: str
    fired: int
    rungs: int
    started_at: Moment
    answered_at: Moment | None
    answered_by: str
    next: RungView | None
    calls: tuple[CallView, ...]
