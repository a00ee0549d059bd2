"""Case standards (`case-standards.yaml`): what is a case, how long each stage may take, and what closing it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from city.calendar import Limit, Unit, parse_limit
from city.faults import Faults
from city.yaml_lines import Located, parse_yaml

#: Limits of the office stages, as a limit such as `30 minute` or, with `_min`, as a number of minutes.
_STAGES = ("verify", "file", "dispatch", "check")


@dataclass(frozen=True, slots=True)
class Condition:
    """One case of a class: what makes it one, how long handling may take, and when it is over."""

    id: str
    name: dict[str, str]
    handle: Limit
    closing: dict[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """The limits of one class of incident; the first of its conditions holds where nobody has chosen yet.

    Attributes:
        reopen: how long after its closing the same alarm opens it again; None for as long as any other class.
    """

    id: str
    name: dict[str, str]
    code: str
    verify: Limit
    file: Limit
    dispatch: Limit
    check: Limit
    close: Limit
    conditions: tuple[Condition, ...]
    source: str
    reopen: Limit | None = None

    def condition(self, chosen: str) -> Condition:
        """Return the condition with this id, or the first."""
        return next((one for one in self.conditions if one.id == chosen), self.conditions[0])

    def handle(self, chosen: str = "") -> Limit:
        """Return the time that handling may take under a condition, or under the first."""
        return self.condition(chosen).handle


#: Stands for a limit of the office stages that the city has not written down: verify and check 30 min; file, dispatch
#: and close 15 min (Yuncheng's city platform).
_VERIFY = _CHECK = Limit(30, Unit.MINUTE)
_OFFICE = Limit(15, Unit.MINUTE)

#: For a class that the city has not written down: 1 working day, the most frequent limit of Yuncheng's 522 conditions.
DEFAULT = Standard(
    id="",
    name={"zh": "其他", "en": "Other"},
    code="",
    verify=_VERIFY,
    file=_OFFICE,
    dispatch=_OFFICE,
    check=_CHECK,
    close=_OFFICE,
    conditions=(
        Condition(
            id="other",
            name={"zh": "其他情形", "en": "Any"},
            handle=Limit(1, Unit.WORKING_DAY),
            closing={"zh": "现场恢复正常", "en": "The place is back to normal"},
        ),
    ),
    source="default",
)


class Standards:
    """The city's case standards by class."""

    def __init__(self, classes: Mapping[str, Standard]) -> None:
        self._classes = dict(classes)

    def __contains__(self, incident_class: str) -> bool:
        """Tell whether the city knows this class."""
        return incident_class in self._classes

    def __iter__(self) -> Iterator[Standard]:
        """Yield the classes in the order of the file."""
        return iter(self._classes.values())

    def of(self, incident_class: str) -> Standard:
        """Return the class's standard, or the default one."""
        return self._classes.get(incident_class, DEFAULT)


def parse_standards(text: str, file: str = "case-standards.yaml") -> Standards:
    """Read case standards.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    classes: dict[str, Standard] = {}

    def read(entry: Located) -> None:
        standard = _standard(entry)
        if standard.id in classes:
            raise entry.wrong(expected="each class once", got=standard.id)
        classes[standard.id] = standard

    parse_yaml(text, file).fields(("classes",))["classes"].each(read)
    return Standards(classes)


def _standard(entry: Located) -> Standard:
    stages = [key for stage in (*_STAGES, "close") for key in (stage, f"{stage}_min")]
    others = ("handle", "handle_h", "closing", "conditions", "reopen")
    found = entry.fields(("id", "name", "code", "source"), (*stages, *others))
    faults = Faults()
    limits = {stage: faults.of(partial(_stage, stage, found, entry), _OFFICE) for stage in _STAGES}
    conditions = faults.of(partial(_conditions, found, entry), ())
    faults.raise_found()
    return Standard(
        id=found["id"].text(),
        name=found["name"].names(),
        code=found["code"].text(),
        close=_stage("close", found, entry) if {"close", "close_min"} & found.keys() else _OFFICE,
        conditions=conditions,
        source=found["source"].text(),
        reopen=limit_of(found["reopen"]) if "reopen" in found else None,
        **limits,
    )


def _stage(stage: str, found: Mapping[str, Located], entry: Located) -> Limit:
    if f"{stage}_min" in found:
        return Limit(_amount(found[f"{stage}_min"]), Unit.MINUTE)
    if stage not in found:
        raise entry.wrong(expected=f"`{stage}`", got="nothing")
    return limit_of(found[stage])


def _conditions(found: Mapping[str, Located], entry: Located) -> tuple[Condition, ...]:
    if "conditions" not in found:
        return (_only(found, entry),)
    besides = next((found[key] for key in ("handle", "handle_h", "closing") if key in found), None)
    if besides is not None:
        raise besides.wrong(expected="`handle` and `closing` in each of the conditions")
    conditions: dict[str, Condition] = {}

    def read(one: Located) -> None:
        condition = _condition(one)
        if condition.id in conditions:
            raise one.wrong(expected="each condition once", got=condition.id)
        conditions[condition.id] = condition

    found["conditions"].each(read)
    if not conditions:
        raise found["conditions"].wrong(expected="at least one condition")
    return tuple(conditions.values())


def _only(found: Mapping[str, Located], entry: Located) -> Condition:
    """Return the one condition of a class that tells no cases apart: it bears the class's own name."""
    if "closing" not in found:
        raise entry.wrong(expected="`closing`", got="nothing")
    if "handle_h" in found:
        handle = Limit(_amount(found["handle_h"]), Unit.URGENT_HOUR)
    elif "handle" in found:
        handle = limit_of(found["handle"])
    else:
        raise entry.wrong(expected="`handle`", got="nothing")
    return Condition(id=found["id"].text(), name=found["name"].names(), handle=handle, closing=found["closing"].names())


def _condition(entry: Located) -> Condition:
    found = entry.fields(("id", "name", "handle", "closing"), ("source",))
    return Condition(
        id=found["id"].text(),
        name=found["name"].names(),
        handle=limit_of(found["handle"]),
        closing=found["closing"].names(),
        source=found["source"].text() if "source" in found else "",
    )


def limit_of(entry: Located) -> Limit:
    """Return the limit that a city file gives as `2 urgent_hour`.

    Raises:
        BadCityFile: it is none.
    """
    try:
        return parse_limit(entry.text())
    except ValueError as error:
        expected = "an amount above 0 and " + ", ".join(f"`{unit}`" for unit in Unit)
        raise entry.wrong(expected=expected) from error


def _amount(entry: Located) -> float:
    amount = entry.number()
    if amount <= 0:
        raise entry.wrong(expected="a limit above 0")
    return amount
