import pytest
from sqlalchemy import select

from city.errors import BadRequest, Conflict, NotPermitted
from linkage.access import ACCESS_LOG
from linkage.reports.callbacks import Called
from linkage.reports.filing import Request
from linkage.reports.moving import move_reports
from linkage.states import Disposition, Step
from linkage.tables import EVENTS
from tests.support.linkage import ACCEPTOR, DISPATCHER, FOREMAN
from tests.support.reporting import CALLER, ReportingTown


def ended(town: ReportingTown) -> str:
    """Return the report of a caller whose incident has ended."""
    filed = town.says(caller=CALLER, hotline="12345")
    town.act(filed.incident, Step.NOT_FILE, FOREMAN, disposition=Disposition.NOT_FILED, note="dry")
    return filed.report


def called(town: ReportingTown, report: str, call: Called, key: str = "") -> bool:
    return town.callbacks.called(report, call, Request(ACCEPTOR, key))


def test_caller_waits_for_the_end(reporting: ReportingTown) -> None:
    filed = reporting.says(caller=CALLER, hotline="12345")
    assert reporting.callbacks.waiting(ACCEPTOR) == ()

    reporting.act(filed.incident, Step.NOT_FILE, FOREMAN, disposition=Disposition.NOT_FILED, note="dry")

    assert [one.report for one in reporting.callbacks.waiting(ACCEPTOR)] == [filed.report]


def test_caller_of_a_merged_incident_waits_for_the_end_of_the_other(reporting: ReportingTown) -> None:
    filed, other = reporting.says(caller=CALLER), reporting.says()
    with reporting.database.write() as connection:
        move_reports(connection, int(filed.incident), int(other.incident))

    reporting.act(other.incident, Step.NOT_FILE, FOREMAN, disposition=Disposition.NOT_FILED, note="dry")

    assert [one.incident.id for one in reporting.callbacks.waiting(ACCEPTOR)] == [other.incident]


def test_satisfaction_is_recorded_and_ends_the_wait(reporting: ReportingTown) -> None:
    report = ended(reporting)

    assert called(reporting, report, Called(reached=True, satisfaction=4, note="thanks")) is False

    assert reporting.callbacks.waiting(ACCEPTOR) == ()
    with reporting.database.read() as connection:
        last = connection.execute(select(EVENTS).order_by(EVENTS.c.number.desc()).limit(1)).mappings().one()
    assert last["step"] == "call_back"
    assert '"satisfaction":4' in last["data"]


def test_caller_not_reached_is_called_again_until_given_up(reporting: ReportingTown) -> None:
    report = ended(reporting)

    assert called(reporting, report, Called(reached=False)) is True
    (waiting,) = reporting.callbacks.waiting(ACCEPTOR)
    assert (waiting.attempts, len(waiting.calls)) == (1, 1)
    assert called(reporting, report, Called(reached=False)) is False
    assert reporting.callbacks.waiting(ACCEPTOR) == ()


def test_call_sent_again_with_its_key_counts_once(reporting: ReportingTown) -> None:
    report = ended(reporting)

    called(reporting, report, Called(reached=False), key="k")
    called(reporting, report, Called(reached=False), key="k")

    assert reporting.callbacks.waiting(ACCEPTOR)[0].attempts == 1


def test_two_acceptors_do_not_call_the_same_caller_twice(reporting: ReportingTown) -> None:
    report = ended(reporting)
    called(reporting, report, Called(reached=True, satisfaction=5))

    with pytest.raises(Conflict):
        called(reporting, report, Called(reached=True, satisfaction=1))


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Called(reached=False, satisfaction=3), id="not reached, yet satisfied"),
        pytest.param(Called(reached=True, satisfaction=6), id="beyond the scale"),
    ],
)
def test_answer_that_cannot_be_is_refused(reporting: ReportingTown, call: Called) -> None:
    report = ended(reporting)

    with pytest.raises(BadRequest):
        called(reporting, report, call)


def test_every_look_at_a_caller_is_written_down(reporting: ReportingTown) -> None:
    filed = reporting.says(caller=CALLER)

    assert reporting.callbacks.caller(filed.report, ACCEPTOR).phone == CALLER.phone

    with reporting.database.read() as connection:
        (look,) = connection.execute(select(ACCESS_LOG)).mappings()
    assert (look["person"], look["what"], look["key"]) == (ACCEPTOR.id, "caller", filed.report)
    assert look["incident"] == int(filed.incident)


def test_dispatchers_see_no_callers(reporting: ReportingTown) -> None:
    filed = reporting.says(caller=CALLER)

    with pytest.raises(NotPermitted):
        reporting.callbacks.caller(filed.report, DISPATCHER)


def test_log_and_incident_know_no_caller(reporting: ReportingTown) -> None:
    reporting.says(caller=CALLER)

    with reporting.database.read() as connection:
        texts = [str(dict(row)) for row in connection.execute(select(EVENTS)).mappings()]
    assert not any(CALLER.phone in text or CALLER.name in text for text in texts)
