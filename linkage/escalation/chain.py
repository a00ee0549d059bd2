"""Chains of rungs by priority (`escalation.yaml`): whom to tell or to call next, and when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from city.errors import BadCityFile
from city.level import PRIORITIES
from city.yaml_lines import Located, parse_yaml

_DEFAULT = "escalation.yaml"

#: A week: who has not answered by then is a matter for people, not for a clock.
_LONGEST_S = 7 * 86_400

#: Whom a rung may name beside groups: who is on duty, the department's own channels, its leader on duty, command.
DUTY, DEPARTMENT, LEADER, COMMAND = "duty", "department", "leader", "command"
WHOM = (DUTY, DEPARTMENT, LEADER, COMMAND)

#: A rung names a group as `group:flood-leaders`.
GROUP = "group:"


class Way(StrEnum):
    """How a rung reaches somebody: by a message, or by a call that a person makes and ticks."""

    TELL = "tell"
    CALL = "call"


class By(StrEnum):
    """By which of the reachable channels a rung tells."""

    FIRST = "first"
    NEXT = "next"  #: another one than the rungs before
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a chain; `after_s` counts from the beginning of the climb."""

    after_s: int
    way: Way
    whom: str
    by: By = By.FIRST


@dataclass(frozen=True, slots=True)
class Chain:
    """The rungs for some priorities, in order of time.

    Attributes:
        forgotten_s: how long after its last step an answered incident counts as forgotten; None for never.
        again_s: time between repetitions of the last rung while nobody answers; None for no repetition.
    """

    priorities: tuple[int, ...]
    rungs: tuple[Rung, ...]
    forgotten_s: int | None = None
    again_s: int | None = None


class Chains:
    """The chain of every priority."""

    def __init__(self, chains: Iterable[Chain]) -> None:
        self._chains = tuple(chains)
        self._by_priority = {priority: chain for chain in self._chains for priority in chain.priorities}

    def of(self, priority: int) -> Chain | None:
        """Return the chain of this priority; None where nobody is told again."""
        return self._by_priority.get(priority)

    @property
    def groups(self) -> frozenset[str]:
        """Return the groups that some rung names."""
        rungs = (rung for chain in self._chains for rung in chain.rungs)
        return frozenset(rung.whom.removeprefix(GROUP) for rung in rungs if rung.whom.startswith(GROUP))


def parse_chains(text: str, file: str = _DEFAULT, groups: Collection[str] | None = None) -> Chains:
    """Read the chains; `groups` are the known groups, None when they are not checked.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    taken: set[int] = set()

    def read(entry: Located) -> Chain:
        chain = _chain(entry, groups)
        twice = taken.intersection(chain.priorities)
        if twice:
            raise entry.wrong(expected="each priority in one chain", got=f"{min(twice)} again")
        taken.update(chain.priorities)
        return chain

    return Chains(parse_yaml(text, file).fields(("chains",))["chains"].each(read))


@cache
def default_chains() -> Chains:
    """Return the chains that a city without an `escalation.yaml` has."""
    return parse_chains(files(__package__).joinpath(_DEFAULT).read_text("utf-8"))


def _chain(entry: Located, groups: Collection[str] | None) -> Chain:
    found = entry.fields(("priorities", "steps"), ("forgotten_min", "again_min"))
    rungs = found["steps"].each(lambda step: _rung(step, groups))
    if not rungs:
        raise found["steps"].wrong(expected="at least one step")
    for step, (earlier, later) in zip(found["steps"].items()[1:], pairwise(rungs), strict=False):
        if later.after_s < earlier.after_s:
            raise step.wrong(expected=f"`after_s` of at least {earlier.after_s}", got=later.after_s)
    return Chain(
        priorities=tuple(_priority(one) for one in found["priorities"].items()),
        rungs=tuple(rungs),
        forgotten_s=_minutes(found.get("forgotten_min")),
        again_s=_minutes(found.get("again_min")),
    )


def _rung(entry: Located, groups: Collection[str] | None) -> Rung:
    found = entry.fields(("after_s",), ("tell", "call", "by"))
    ways = [way for way in Way if way in found]
    if len(ways) != 1:
        raise entry.wrong(expected="one of `tell`, `call`")
    (way,) = ways
    if way is Way.CALL and "by" in found:
        raise found["by"].wrong(expected="`by` with `tell` only", got="it with `call`")
    by = By(found["by"].word(tuple(By))) if "by" in found else By.FIRST
    return Rung(_seconds(found["after_s"]), way, _whom(found[way], groups), by)


def _whom(entry: Located, groups: Collection[str] | None) -> str:
    text = entry.text()
    if not text.startswith(GROUP):
        return entry.word(WHOM)
    if groups is not None and text.removeprefix(GROUP) not in groups:
        raise entry.wrong(expected="a group of messages.yaml")
    return text


def _priority(entry: Located) -> int:
    if entry.value not in PRIORITIES:
        raise entry.wrong(expected=f"a priority from {PRIORITIES[0]} to {PRIORITIES[-1]}")
    return entry.whole()


def _seconds(entry: Located) -> int:
    number = entry.whole()
    if not 0 <= number <= _LONGEST_S:
        raise entry.wrong(expected=f"0 to {_LONGEST_S} seconds")
    return number


def _minutes(entry: Located | None) -> int | None:
    if entry is None:
        return None
    number = entry.whole()
    if not 1 <= number <= _LONGEST_S // 60:
        raise entry.wrong(expected=f"1 to {_LONGEST_S // 60} minutes")
    return number * 60


def groups_missing(chains: Chains, groups: Collection[str], file: str = _DEFAULT) -> list[BadCityFile]:
    """Return a mistake for each group that a chain names and the city does not have."""
    expected = "a group of messages.yaml"
    return [BadCityFile(expected=expected, got=name, at=f"{file}:1") for name in sorted(chains.groups - {*groups})]
