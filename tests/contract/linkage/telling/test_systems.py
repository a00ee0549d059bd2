"""Departments' own systems on both databases: told of their tasks, and answered once."""

import json
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from city.errors import Conflict, NotFound, NotPermitted
from linkage.config import LinkageSettings
from linkage.outside.tasks import SystemTasks
from linkage.outside.tokens import PREFIX, SystemToken, SystemTokens
from linkage.states import Step
from linkage.tables import MESSAGES
from linkage.telling.config import SystemSettings
from storage.sql import Database
from tests.support.linkage import ACCEPTOR, DISPATCHER, MONITOR, Town

SETTINGS = LinkageSettings(systems={"water": SystemSettings(url="https://water.example", secret=SecretStr("s" * 32))})
KEY = "key-00000001"


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database, SETTINGS)


@pytest.fixture
def token(town: Town) -> SystemToken:
    return SystemTokens(town.database, town.ledger.clock).issue("water", "scada", by="operator")[0]


def dispatched(town: Town, department: str = "water") -> str:
    number = town.reported().id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    return town.act(number, Step.DISPATCH, DISPATCHER, departments=(department,)).tasks[0].id


def hooks(town: Town) -> list[dict[str, object]]:
    query = select(MESSAGES.c.body).where(MESSAGES.c.channel == "system:water").order_by(MESSAGES.c.id)
    with town.database.read() as connection:
        return [json.loads(body) for body in connection.execute(query).scalars()]


def test_system_is_told_of_its_tasks_and_of_nobody_elses(town: Town):
    dispatched(town, "police")
    task = dispatched(town)
    town.act("2", Step.URGE, DISPATCHER, note="hurry")

    told = hooks(town)
    assert [hook["type"] for hook in told] == ["task.dispatched", "task.changed"]
    assert [hook["task"]["id"] for hook in told] == [task, task]  # type: ignore[index]
    assert len({str(hook["key"]) for hook in told}) == 2


def test_step_is_taken_in_the_departments_name(town: Town, token: SystemToken):
    task = dispatched(town)
    answer = SystemTasks(town.ledger).act(token, task, Step.ACCEPT, "", KEY)

    event = town.incidents.one("1", MONITOR).events[-1]
    assert answer.status == 200
    assert event.step == "accept"
    assert event.actor is not None
    assert (event.actor.id, event.actor.name) == ("system:water", "水务局 (scada)")


def test_repetition_gets_the_same_answer_and_does_nothing(town: Town, token: SystemToken):
    task = dispatched(town)
    systems = SystemTasks(town.ledger)
    first = systems.act(token, task, Step.ACCEPT, "", KEY)
    version = town.incidents.one("1", MONITOR).version
    systems.act(token, task, Step.ARRIVE, "", "key-00000002")
    again = systems.act(token, task, Step.ACCEPT, "", KEY)

    assert again == replace(first, repeated=True)
    assert town.incidents.one("1", MONITOR).version == version + 1


def test_refusal_is_repeated_too(town: Town, token: SystemToken):
    task = dispatched(town)
    systems = SystemTasks(town.ledger)
    refused = systems.act(token, task, Step.FEED_BACK, "done", KEY)
    again = systems.act(token, task, Step.FEED_BACK, "done", KEY)

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert again == replace(refused, repeated=True)


def test_key_used_for_something_else_is_a_conflict(town: Town, token: SystemToken):
    task = dispatched(town)
    systems = SystemTasks(town.ledger)
    systems.act(token, task, Step.ACCEPT, "", KEY)

    with pytest.raises(Conflict):
        systems.act(token, task, Step.ARRIVE, "", KEY)


def test_task_of_another_department_does_not_exist(town: Town, token: SystemToken):
    task = dispatched(town, "police")

    with pytest.raises(NotFound):
        SystemTasks(town.ledger).act(token, task, Step.ACCEPT, "", KEY)
    assert SystemTasks(town.ledger).open(token) == []


@pytest.mark.parametrize("step", [Step.CHECK, Step.CLOSE, Step.TRANSFER, Step.GRANT])
def test_steps_of_other_sides_are_refused(town: Town, token: SystemToken, step: Step):
    task = dispatched(town)

    with pytest.raises(NotPermitted):
        SystemTasks(town.ledger).act(token, task, step, "", KEY)


def test_token_is_found_by_its_secret_until_it_is_revoked(town: Town):
    tokens = SystemTokens(town.database, town.ledger.clock)
    issued, secret = tokens.issue("water", "scada", by="operator")
    found = tokens.find(secret)
    tokens.revoke(issued.id)

    assert found is not None
    assert (found.id, secret[: len(PREFIX)]) == (issued.id, PREFIX)
    assert tokens.find(secret) is None
    assert tokens.find(PREFIX) is None
