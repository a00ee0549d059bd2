"""The people of a test city: one of each side, and two departments' officers."""

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
    """Make their accounts."""
    return Staff(
        monitor=program.person("mei", "monitor"),
        acceptor=program.person("wang", "acceptor"),
        foreman=program.person("fang", "foreman"),
        dispatcher=program.person("deng", "dispatcher"),
        water=program.person("shui", "officer", department="water-bureau"),
        police=program.person("jing", "officer", department="traffic-police"),
        data=program.person("shu", "officer", department="data-bureau"),
        operator=program.person("ou", "operator"),
        steward=program.person("si", "steward", "operator"),
    )
