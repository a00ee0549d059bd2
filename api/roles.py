"""The roles a user may hold."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is on duty for; a user may hold several."""

    MONITOR = "monitor"  #: reads the wall
    COLLECTOR = "collector"  #: reports from the field
    ACCEPTOR = "acceptor"  #: supervision: takes reports in and verifies them
    FOREMAN = "foreman"  #: supervision: leads the shift
    DISPATCHER = "dispatcher"  #: command: sends tasks to departments
    OFFICER = "officer"  #: department: duty officer, accepts tasks
    HANDLER = "handler"  #: department: does the work
    LEADER = "leader"  #: leader on duty
    EVALUATOR = "evaluator"  #: judges how well departments did
    OPERATOR = "operator"  #: runs the system: users, sources, discovery, rules; takes no step on incidents
    STEWARD = "steward"  #: may see quarantined bytes
