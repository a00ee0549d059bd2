"""Escalations on both databases: what is told when nobody answers, what stops it, and what a crash leaves."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from city.clock import SECOND_NS
from linkage.config import LinkageSettings, MessageSettings
from linkage.escalation.climber import Climber
from linkage.escalation.desk import Escalations
from linkage.escalation.tables import ESCALATIONS, NEVER_NS
from linkage.escalation.views import CallOutcome
from linkage.ledger import Ledger
from linkage.states import Step
from linkage.tables import MESSAGES
from linkage.telling.carrying import couriers
from linkage.telling.config import GatewaySettings
from linkage.telling.contact import Contact
from linkage.telling.post import Post
from tests.support.linkage import ACCEPTOR, LEADER, MONITOR, WATER_OFFICER, Town, alarm, dispatched
from tests.support.webhook import webhook_server

WANG = Contact("wang", "Wang", "13800000001", ("sms",))
CHIEF = Contact("chief", "Chief", "13800000009", ("sms",))


def on_duty(department: str, post: str, _: int) -> Sequence[Contact]:
    return {("water", "duty"): (WANG,), ("water", "leader"): (CHIEF,)}.get((department, post), ())


def rostered(town: Town) -> Ledger:
    """Return the town's ledger with somebody on duty at the water bureau."""
    book = town.ledger.book
    return replace(town.ledger, book=replace(book, telling=replace(book.telling, on_duty=on_duty)))


def climb(town: Town, ledger: Ledger | None = None) -> int:
    return Climber(town.ledger if ledger is None else ledger).take()


def told(town: Town) -> list[tuple[str, str, str]]:
    """Return department, person and channel of every escalation's message, in order."""
    query = select(MESSAGES).where(MESSAGES.c.kind == "escalation").order_by(MESSAGES.c.id)
    with town.database.read() as connection:
        return [(row.department, row.person, row.channel) for row in connection.execute(query)]


def test_unanswered_incident_climbs_to_command(town: Town):
    town.reported(priority=1)
    steps: list[list[tuple[str, str, str]]] = []
    for _ in range(8):
        climb(town)
        steps.append(told(town)[len([one for step in steps for one in step]) :])
        town.wait(seconds=60)

    flat = [one for step in steps for one in step]
    assert flat[0] == ("desk", "", "duty")
    assert flat[-1] == ("command", "", "duty")


def test_rung_that_falls_due_leaves_through_a_real_gateway(town: Town):
    town.reported(priority=1)
    climb(town)
    town.wait(seconds=59)
    early = climb(town)
    town.wait(seconds=1)
    with webhook_server() as receiver:
        url = SecretStr(f"http://127.0.0.1:{receiver.port}/")
        gateway = GatewaySettings(url=url, fields={"text": SecretStr("{subject}")}, needs_phone=False)
        settings = MessageSettings(gateways={"duty": gateway}, allow_internal=("127.0.0.0/8",))
        courier = couriers(LinkageSettings(messages=settings), town.ledger.clock)
        sender = Post(town.database, town.ledger.clock, settings, courier)
        sender.send("duty")
        before = len(receiver.hooks)
        due = climb(town)
        sender.send("duty")

    assert (early, due) == (0, 1)
    assert [hook.body["text"].count("No answer yet") for hook in receiver.hooks[before:]] == [1]


def test_person_on_duty_is_told_then_called_then_the_leader(town: Town):
    ledger = rostered(town)
    incident = dispatched(town)
    for _ in range(6):
        climb(town, ledger)
        town.wait(seconds=60)

    (one,) = (one for one in Escalations(ledger).running(MONITOR, incident=incident) if one.task)
    assert told(town)[:3] == [("water", "wang", "sms"), ("water", "wang", "sms"), ("water", "chief", "sms")]
    assert [(call.person, call.phone, call.outcome) for call in one.calls][:1] == [("Wang", "13800000001", "")]


def test_acceptance_stops_it_and_forgetting_goes_on(town: Town):
    incident = dispatched(town)
    climb(town)
    town.work(incident, WATER_OFFICER, Step.ACCEPT)
    town.wait(minutes=14)
    quiet = (climb(town), told(town))
    town.wait(minutes=2)
    climb(town)

    assert quiet == (0, [])
    (first,) = told(town)
    assert first[0] == "water"


def test_step_postpones_being_forgotten(town: Town):
    incident = dispatched(town)
    climb(town)
    town.work(incident, WATER_OFFICER, Step.ACCEPT)
    town.wait(minutes=14)
    town.work(incident, WATER_OFFICER, Step.ARRIVE)
    town.wait(minutes=14)
    climb(town)

    assert told(town) == []


def test_rise_begins_it_anew(town: Town):
    number = town.raised(alarm()).id
    town.act(number, Step.ACKNOWLEDGE, ACCEPTOR)
    climb(town)
    with town.database.read() as connection:
        before = connection.execute(select(ESCALATIONS.c.round)).scalar_one()
    town.raised(alarm(level=alarm().level.__class__(3), step=1, change=alarm().change.__class__("risen")))
    with town.database.read() as connection:
        row = connection.execute(select(ESCALATIONS)).one()

    assert (before, row.round, row.state) == (0, 1, "climbing")


def test_answered_call_stops_it_and_is_logged(town: Town):
    ledger = rostered(town)
    incident = dispatched(town)
    for _ in range(3):
        climb(town, ledger)
        town.wait(seconds=60)
    desk = Escalations(ledger)
    (one,) = (one for one in desk.running(MONITOR, incident=incident) if one.task)
    missed = desk.called(one.id, MONITOR, CallOutcome.NO_ANSWER, note="rang out")
    after = desk.called(one.id, MONITOR, CallOutcome.ANSWERED, note="on the way")

    assert [call.outcome for call in missed.calls] == ["no_answer"]
    assert (missed.state, after.state, after.answered_by) == ("climbing", "watching", MONITOR.name)
    events = town.incidents.one(incident, MONITOR).events
    assert [event.step for event in events][-3:] == ["call", "call", "acknowledge"]


def test_recorded_incident_has_no_escalation(town: Town):
    town.raised(alarm(target="replay"))

    assert climb(town) == 0


def test_crash_before_the_commit_fires_the_rung_once_afterwards(town: Town, monkeypatch: pytest.MonkeyPatch):
    town.reported(priority=1)
    town.wait(seconds=61)
    climb(town)

    class Crash(BaseException):
        """The process dies."""

    def die(*_: object) -> None:
        raise Crash

    town.wait(seconds=60)
    with monkeypatch.context() as broken:
        broken.setattr("linkage.escalation.climber.outbox.put", die)
        with pytest.raises(Crash):
            climb(town)
    crashed = told(town)
    climb(town)
    climb(town)

    assert crashed == []
    assert told(town) == [("desk", "", "duty")]
    with town.database.read() as connection:
        assert connection.execute(select(ESCALATIONS.c.rung)).scalar_one() == 2


def test_two_desks_do_not_double_a_rung(town: Town):
    town.reported(priority=1)
    climb(town)
    town.wait(seconds=61)
    moved = [Climber(town.ledger).take(), Climber(town.ledger).take()]

    assert moved == [1, 0]
    assert len(told(town)) == 1


def test_desk_that_was_away_skips_no_rung_and_keeps_their_distance(town: Town):
    town.reported(priority=1)
    climb(town)
    town.wait(hours=2)
    climb(town)
    at_once = len(told(town))
    town.wait(seconds=61)
    climb(town)
    with town.database.read() as connection:
        rung = connection.execute(select(ESCALATIONS.c.rung)).scalar_one()

    assert (at_once, rung) == (1, 3)


def test_others_may_not_log_calls(town: Town):
    incident = dispatched(town)
    (one,) = (one for one in Escalations(town.ledger).running(LEADER, incident=incident) if one.task)

    assert Escalations(town.ledger).running(WATER_OFFICER)[0].id == one.id


def test_due_rung_is_found_among_a_hundred_thousand(town: Town):
    incident = town.reported(priority=1)
    now_ns = town.ledger.clock.now_ns()
    row = {"incident": int(incident.id), "task": None, "department": "", "state": "watching", "rung": 1, "round": 0}
    row |= {"since_ns": now_ns, "started_ns": now_ns, "next_ns": now_ns + 86_400 * SECOND_NS, "answered_by": ""}
    with town.database.write() as connection:
        connection.execute(insert(ESCALATIONS), [row] * 1000)
        connection.execute(insert(ESCALATIONS), [row | {"next_ns": NEVER_NS, "state": "ended"}] * 1000)

    assert climb(town) == 1
    assert climb(town) == 0
