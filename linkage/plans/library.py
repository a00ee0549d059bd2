"""All plans of the city folder, in all their versions, and which version is in force on a day."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from city.errors import BadCityFile
from city.registered import Registered
from city.sensor import Sensor
from linkage.departments import Directory
from linkage.plans.plan import Plan
from linkage.plans.track import twins
from linkage.standards import Standards


class Plans:
    """The city's plans; versions of one plan stand in files of their own and share its id.

    Raises:
        BadCityFile: two files say the same version of the same plan, or begin on the same day.
    """

    def __init__(self, plans: Iterable[Plan] = ()) -> None:
        self._plans = tuple(sorted(plans, key=lambda plan: (plan.id, plan.valid_from)))
        seen: dict[tuple[str, object], Plan] = {}
        for plan in self._plans:
            for key in ((plan.id, plan.version), (plan.id, plan.valid_from)):
                if key in seen:
                    at = f"{plan.file}:{plan.line}"
                    expected = f"another version and beginning than in {seen[key].file}"
                    raise BadCityFile(expected=expected, got=f"{plan.id} {plan.version}", at=at)
                seen[key] = plan

    def __iter__(self) -> Iterator[Plan]:
        """Yield every version, oldest first."""
        return iter(self._plans)

    def __len__(self) -> int:
        """Return how many versions there are."""
        return len(self._plans)

    def in_force(self, day: date) -> tuple[Plan, ...]:
        """Return the version of each plan that holds on `day`: the last that has begun.

        A plan past its review stays in force until a new version begins; `liandong check` says so.
        """
        newest = {plan.id: plan for plan in self._plans if plan.valid_from <= day}
        return tuple(newest.values())

    def find(self, plan: str, day: date) -> Plan | None:
        """Return the version of `plan` that holds on `day`."""
        return next((one for one in self.in_force(day) if one.id == plan), None)


def mistakes(
    plans: Iterable[Plan], directory: Directory, standards: Standards, districts: Collection[str]
) -> list[BadCityFile]:
    """Return what the plans name that the city does not have, with file and line of each."""
    return [mistake for plan in plans for mistake in _mistakes(plan, directory, standards, districts)]


def _mistakes(
    plan: Plan, directory: Directory, standards: Standards, districts: Collection[str]
) -> Iterator[BadCityFile]:
    if plan.incident_class not in standards:
        yield _stranger(plan, plan.line, "a class of case-standards.yaml", plan.incident_class)
    for level in plan.levels:
        yield from _unknown_classes(plan, level.line, _classes_of(plan, level.level), standards)
        for task in level.tasks:
            if not directory.handling([task.department]):
                yield _stranger(plan, task.line, "a department of departments.yaml that handles", task.department)
    if plan.together is not None:
        yield from _unknown_classes(plan, plan.line, plan.together.classes, standards)
    for scenario in plan.drills:
        if scenario.district and scenario.district not in districts:
            yield _stranger(plan, scenario.line, "a district of city.toml", scenario.district)
        if scenario.level and plan.level(scenario.level) is None:
            yield _stranger(plan, scenario.line, "a level that the plan has", scenario.level)


def twins_of(plans: Iterable[Plan], sensors: Collection[Sensor]) -> list[Sensor]:
    """Return the sensors that play in the exercises of these plans, each once."""
    roll, found = Registered.of(sensors), dict[str, Sensor]()
    for name, tracks in ((plan.id, scenario.tracks) for plan in plans for scenario in plan.drills):
        known = {one.id: one for track in tracks if (one := roll.find(track.sensor)) is not None}
        found |= {twin.id: twin for twin in twins(name, tracks, known)}
    return list(found.values())


def unplayable(plans: Iterable[Plan], sensors: Collection[Sensor]) -> list[BadCityFile]:
    """Return what exercises play on sensors that cannot: unknown ones, and quantities that they do not have."""
    roll = Registered.of(sensors)
    found = []
    tracks = [(plan, track) for plan in plans for scenario in plan.drills for track in scenario.tracks]
    for its, track in tracks:
        sensor = roll.find(track.sensor)
        if sensor is None or "/" in track.sensor:
            found.append(_stranger(its, track.line, "a sensor of sensors.csv without `/`", track.sensor))
        elif sensor.quantities and track.quantity not in sensor.quantities:
            found.append(_stranger(its, track.line, f"a quantity of `{track.sensor}`", track.quantity))
    return found


def _classes_of(plan: Plan, level: str) -> tuple[str, ...]:
    found = plan.level(level)
    if found is None or found.triggers is None:
        return ()
    return tuple(name for trigger in found.triggers.of for name in trigger.condition.classes)


def _unknown_classes(plan: Plan, line: int, classes: Iterable[str], standards: Standards) -> Iterator[BadCityFile]:
    for name in classes:
        if name not in standards:
            yield _stranger(plan, line, "a class of case-standards.yaml", name)


def _stranger(plan: Plan, line: int, expected: str, got: str) -> BadCityFile:
    return BadCityFile(expected=f"{expected} for plan `{plan.id}`", got=got, at=f"{plan.file}:{line}")
