"""A hundred departments in one response: called up, told and on the board in one step, on both databases."""

from sqlalchemy import func, select

from linkage.departments import Axis, Department, Directory
from linkage.person import Role
from linkage.plans.orders import Start
from linkage.tables import MESSAGES
from storage.sql import Database
from tests.support.linkage import LEADER, person
from tests.support.plans import wide_plan
from tests.support.response import CONTENT, ResponseTown

_DEPARTMENTS = 100


def directory() -> Directory:
    desks = [
        Department("desk", {"zh": "监督", "en": "Desk"}, Axis.SUPERVISION, channels=("duty",)),
        Department("command", {"zh": "指挥", "en": "Command"}, Axis.COMMAND, channels=("duty",)),
    ]
    names = [f"d{number:03d}" for number in range(_DEPARTMENTS)]
    return Directory(
        [*desks, *(Department(one, {"zh": one, "en": one}, Axis.DEPARTMENT, channels=("duty",)) for one in names)]
    )


def test_hundred_departments_are_called_up_in_one_step(database: Database) -> None:
    town = ResponseTown(database, [wide_plan(_DEPARTMENTS)], directory())

    response = town.responses.start(Start(plan="wide", level="IV", content=CONTENT), LEADER)
    board = town.office.board.one(response)

    with database.read() as connection:
        called = MESSAGES.c.kind == "dispatch"
        told = connection.execute(select(func.count(MESSAGES.c.department.distinct())).where(called)).scalar_one()
    assert told == _DEPARTMENTS
    assert (board.departments, board.unacknowledged) == (_DEPARTMENTS, _DEPARTMENTS)


def test_board_shows_who_has_not_acknowledged(database: Database) -> None:
    town = ResponseTown(database, [wide_plan(_DEPARTMENTS)], directory())
    response = town.responses.start(Start(plan="wide", level="IV", content=CONTENT), LEADER)

    for number in range(1, _DEPARTMENTS):
        name = f"d{number:03d}"
        town.parts.acknowledge(response, person(Role.OFFICER, name=f"officer-{name}", department=name))

    board = town.office.board.one(response)
    assert [line.department for line in board.board if line.acknowledged_at is None] == ["d000"]
    assert board.unacknowledged == 1
