"""The plans of a city folder: every file of `plans/`, and what they name that the city does not have."""

from collections.abc import Callable
from pathlib import Path

from city.errors import BadCityFile
from city.faults import faults_of
from linkage.plans.library import Plans
from linkage.plans.parsing import parse_plan
from linkage.plans.plan import Plan


def read_plans(root: Path, text: Callable[[Path], str], mistakes: list[BadCityFile]) -> Plans:
    """Return the plans of the folder `root`; add to `mistakes` what is wrong with a file, and read on."""
    found: list[Plan] = []
    for file in sorted((root / "plans").glob("*.yaml")):
        try:
            found.append(parse_plan(text(file), file.relative_to(root).as_posix()))
        except BadCityFile as exc:
            mistakes += faults_of(exc)
    try:
        return Plans(found)
    except BadCityFile as exc:
        mistakes.append(exc)
        return Plans()
