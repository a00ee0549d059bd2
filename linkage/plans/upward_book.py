"""What a city says about reports upward (`upward.yaml`): when each is due by grade, and who gets them (信息报送)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from city.errors import BadCityFile
from city.yaml_lines import Located, parse_yaml
from linkage.plans.fields import minutes
from linkage.scales import LEVELS

_FILE = "upward.yaml"

#: A year: what is reported later is history.
_LONGEST_DAYS = 365


def _initial() -> dict[str, int]:
    # Order 493 Art. 9 and 11: one hour to the first government body, two hours for each level upward. Lanzhou's duty
    # rules: within one hour for I and II, within two for the others. Other cities: 20 min by phone and 40 written.
    return {"I": 60, "II": 60, "III": 120, "IV": 120}


def _follow_up() -> dict[str, int]:
    # Order 493 Art. 13: a follow-up whenever facts change; where it is grave, at the pace at which levels pass it on.
    return {"I": 120, "II": 120}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardBook:
    """The clocks of reports upward.

    Attributes:
        initial_min: from the grading to the initial report, by grade; a grade without one owes it at once.
        follow_up_min: between two follow-up reports, by grade; without one they are due when facts change.
        final_days: from the end to the final report. Casualties that change within 30 days are still to be reported
            (Order 493 Art. 13).
        to: departments that a signed report is sent to.
        source: what the city took its clocks from.
    """

    initial_min: Mapping[str, int] = field(default_factory=_initial)
    follow_up_min: Mapping[str, int] = field(default_factory=_follow_up)
    final_days: float = 30.0
    to: tuple[str, ...] = ()
    source: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


def parse_upward(text: str, file: str = _FILE) -> UpwardBook:
    """Read what the city says; what it does not say is as the law has it.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    found = parse_yaml(text, file).fields((), ("initial_min", "follow_up_min", "final_days", "to", "source"))
    usual = UpwardBook()
    to = found["to"].items() if "to" in found else ()
    return UpwardBook(
        initial_min=_by_grade(found["initial_min"], LEVELS) if "initial_min" in found else usual.initial_min,
        follow_up_min=_by_grade(found["follow_up_min"], ()) if "follow_up_min" in found else usual.follow_up_min,
        final_days=_days(found["final_days"]) if "final_days" in found else usual.final_days,
        to=tuple(one.text() for one in to),
        source=found["source"].text() if "source" in found else "",
        lines={one.text(): one.line for one in to},
    )


def upward_strangers(book: UpwardBook, departments: Collection[str], file: str = _FILE) -> list[BadCityFile]:
    """Return the departments named there that the city does not have, with file and line of each."""
    expected = "a department of departments.yaml"
    return [
        BadCityFile(expected=expected, got=name, at=f"{file}:{book.lines[name]}")
        for name in book.to
        if name not in departments
    ]


def _by_grade(entry: Located, required: Collection[str]) -> dict[str, int]:
    optional = [level for level in LEVELS if level not in required]
    return {level: minutes(one) for level, one in entry.fields(required, optional).items()}


def _days(entry: Located) -> float:
    days = entry.number()
    if not 0 < days <= _LONGEST_DAYS:
        raise entry.wrong(expected=f"above 0 to {_LONGEST_DAYS} days")
    return days
