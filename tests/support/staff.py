"""The people of a test city: one of each side, and two departments' officers."""

import secrets
from dataclasses import dataclass

from tests.support.program import Person, Program


@dataclass(frozen=True)
class Staff:
    """Everybody, signed in."""

    monitor: Person
    acceptor: Person
    foreman: Person
    dispatcher: Person
    water: Person
    police: Person
    data: Person
    operator: Person
    steward: Person


def hire(program: Program) -> Staff:
    """Make their accounts: the first beside the program, the others by that operator."""
    operator = program.person("ou", "operator")

    def hired(username: str, *roles: str, department: str = "") -> Person:
        password = secrets.token_urlsafe(18)
        account = {"username": username, "name": username, "roles": roles, "department": department}
        operator.post("/users", **account, password=password)
        return Person(program.url, username, password)

    return Staff(
        monitor=hired("mei", "monitor"),
        acceptor=hired("wang", "acceptor"),
        foreman=hired("fang", "foreman"),
        dispatcher=hired("deng", "dispatcher"),
        water=hired("shui", "officer", department="water-bureau"),
        police=hired("jing", "officer", department="traffic-police"),
        data=hired("shu", "officer", department="data-bureau"),
        operator=operator,
        steward=hired("si", "steward", "operator"),
    )
