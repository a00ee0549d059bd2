"""Which collector walks which grids (`responsibility.yaml`, 责任网格), and so should have found what is there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from city.errors import BadCityFile
from city.yaml_lines import Located, parse_yaml
from linkage.standards import Standards

#: Stands at the end of a code for every grid whose code begins so: a community, a street or a county (GB/T 30428.1).
_BEGINNING = "*"


@dataclass(frozen=True, slots=True)
class Beat:
    """The grids of one collector, as one line of the file names them: one code, or the beginning of codes."""

    collector: str
    grids: str
    at: str

    def covers(self, grid: str) -> bool:
        """Tell whether a grid is among them."""
        if self.grids.endswith(_BEGINNING):
            return grid.startswith(self.grids.removesuffix(_BEGINNING))
        return grid == self.grids


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for what: `classes` are what a round should find, each with its place in the file; none for all."""

    beats: tuple[Beat, ...] = ()
    classes: tuple[tuple[str, str], ...] = ()

    def collector_of(self, grid: str, incident_class: str) -> str:
        """Return the username of the collector who should find this class in this grid; empty for nobody."""
        if not grid or (self.classes and all(name != incident_class for name, _ in self.classes)):
            return ""
        return next((beat.collector for beat in self.beats if beat.covers(grid)), "")


def parse_responsibility(text: str, file: str = "responsibility.yaml") -> Responsibility:
    """Read a city's `responsibility.yaml`; an empty text makes nobody responsible.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    if not text.strip():
        return Responsibility()
    found = parse_yaml(text, file).fields(("collectors",), ("classes",))
    beats = tuple(chain.from_iterable(found["collectors"].each(_beats)))
    classes = found["classes"].each(lambda one: (one.text(), one.at)) if "classes" in found else ()
    return Responsibility(beats, tuple(classes))


def _beats(one: Located) -> list[Beat]:
    entry = one.fields(("username", "grids"))
    name = entry["username"].text()
    return [Beat(name, grids.text(), grids.at) for grids in entry["grids"].items()]


def responsibility_mistakes(
    responsibility: Responsibility, grids: Sequence[str], standards: Standards
) -> Iterator[BadCityFile]:
    """Yield what the file says that cannot be: no such grid or class, or a grid of two collectors."""
    for name, at in responsibility.classes:
        if name not in standards:
            yield BadCityFile(expected="a class of case-standards.yaml", got=name, at=at)
    owners: dict[str, str] = {}
    for beat in responsibility.beats:
        here = [grid for grid in grids if beat.covers(grid)]
        if not here:
            yield BadCityFile(expected="grids of grids.geojson", got=beat.grids, at=beat.at)
        other = next((owners[grid] for grid in here if owners.get(grid, beat.collector) != beat.collector), None)
        if other is not None:
            expected = f"grids of one collector each, and these are `{other}`'s"
            yield BadCityFile(expected=expected, got=f"{beat.grids} for `{beat.collector}`", at=beat.at)
        owners |= dict.fromkeys(here, beat.collector)


def unwatched(responsibility: Responsibility, grids: Sequence[str]) -> Collection[str]:
    """Return the grids that nobody walks, where somebody walks any."""
    if not responsibility.beats:
        return ()
    return [grid for grid in grids if not any(beat.covers(grid) for beat in responsibility.beats)]
