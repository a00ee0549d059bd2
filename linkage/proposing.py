"""Which department an incident is for, and why: the rule, who looks after the thing, its owner, the city's table."""

from collections.abc import Iterable

from linkage.departments import Directory

#: Why a department is proposed; where none of these names one that handles, the dispatcher chooses.
RULE, MAINTAINER, OWNER, TABLE = "rule", "maintainer", "owner", "table"

Proposal = tuple[tuple[str, ...], dict[str, str]]


def first_that_handles(directory: Directory, choices: Iterable[tuple[str, str]]) -> Proposal:
    """Return the first department of `choices`, each with its reason, that handles, and the reason for it."""
    for department, why in choices:
        if directory.handling([department]):
            return (department,), {department: why}
    return (), {}
