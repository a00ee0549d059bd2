"""Formulas as data (`evaluation.yaml`): rates, items with weights and bands, and grades, checked line by line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from city.yaml_lines import Located, each_of, parse_yaml
from linkage.evaluation.arithmetic import Rate, parse_sum
from linkage.evaluation.vocabulary import COUNTS, Subject

#: What a city without an `evaluation.yaml` of its own is measured by.
DEFAULT_FILE = Path(__file__).with_name("evaluation.yaml")

_SECTIONS = ("rates", "grades", "areas", "subjects")

#: What the weights of one composite add up to.
_WHOLE = 100.0

#: Colours that a grade may have; the console knows a shape for each.
COLOURS = ("green", "blue", "yellow", "red", "black")


class Scoring(StrEnum):
    """How an item becomes a score from 0 to 100."""

    RATE = "rate"  #: the rate times 100
    INVERSE = "inverse"  #: what the rate lacks of 1, times 100
    BANDS = "bands"  #: by the band that a count lies in


class NoData(StrEnum):
    """What a composite does about items without data."""

    SHARE = "share"  #: the others' weights are scaled up to 100
    WITHHOLD = "withhold"  #: there is no score then


@dataclass(frozen=True, slots=True)
class Band:
    """Counts of at least `from_` get `score`, up to where the next band begins."""

    from_: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One part of a composite: a rate's or a count's id, its weight in percent, and how it becomes a score.

    Attributes:
        bands: by class of area; where there is one kind of subject only, all stand under the empty word.
    """

    id: str
    weight: float
    scoring: Scoring
    bands: Mapping[str, tuple[Band, ...]]
    source: str


@dataclass(frozen=True, slots=True)
class Composite:
    """How a kind of subject is scored."""

    subject: Subject
    items: tuple[Item, ...]
    no_data: NoData


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter for scores of at least `from_`."""

    letter: str
    from_: float
    colour: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class Formulas:
    """Everything that turns counts into rates, scores and grades.

    Attributes:
        grades: best first.
        area_classes: the class of each area; one that is not named has the class `default_class`.
    """

    rates: Mapping[str, Rate]
    composites: Mapping[Subject, Composite]
    grades: tuple[Grade, ...]
    area_classes: Mapping[str, str]
    default_class: str

    def class_of(self, area: str) -> str:
        """Return the class that decides which bands an area is measured by."""
        return self.area_classes.get(area, self.default_class)

    def grade(self, score: float) -> Grade:
        """Return the grade of a score from 0 to 100."""
        return next((grade for grade in self.grades if score >= grade.from_), self.grades[-1])


@cache
def default_formulas() -> Formulas:
    """Return the formulas that the program brings along."""
    return parse_formulas("")


def default_text() -> str:
    """Return those formulas as their file has them."""
    return DEFAULT_FILE.read_text("utf-8")


def parse_formulas(text: str, file: str = "evaluation.yaml") -> Formulas:
    """Read a city's formulas; a rate, a subject, grades or areas that it does not write down are the default ones.

    Raises:
        BadCityFile: naming the line, what was expected and what was found.
    """
    usual = parse_yaml(default_text(), DEFAULT_FILE.name).fields(_SECTIONS)
    own = parse_yaml(text, file).fields((), _SECTIONS)
    found = {**usual, **own}
    entries = _merged("rates", usual, own)
    rates = each_of(entries, _rate)
    default_class, areas_of = _area_classes(found["areas"])
    subjects = _merged("subjects", usual, own)
    composites = _composites(subjects, rates, {default_class, *areas_of})
    class_of = {area: name for name, areas in areas_of.items() for area in areas}
    return Formulas(rates, composites, _grades(found["grades"]), class_of, default_class)


def _merged(section: str, usual: Mapping[str, Located], own: Mapping[str, Located]) -> dict[str, Located]:
    return {**usual[section].entries(), **(own[section].entries() if section in own else {})}


def _rate(name: str, entry: Located) -> Rate:
    if name in COUNTS:
        raise entry.wrong(expected="a name that no count has", got=name)
    found = entry.fields(("name", "of", "out_of", "source"))
    return Rate(
        id=name,
        name=found["name"].names(),
        of=parse_sum(found["of"], COUNTS),
        out_of=parse_sum(found["out_of"], COUNTS),
        source=found["source"].text(),
    )


def _area_classes(entry: Located) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return the class of areas that no class names, and the areas of each class."""
    found = entry.fields(("default_class",), ("classes",))
    classes: dict[str, tuple[str, ...]] = {}
    for name, areas in found["classes"].entries().items() if "classes" in found else ():
        for area in areas.items():
            if any(area.text() in others for others in classes.values()):
                raise area.wrong(expected="each area in one class")
        classes[name] = tuple(area.text() for area in areas.items())
    return found["default_class"].text(), classes


def _composites(
    found: Mapping[str, Located], rates: Mapping[str, Rate], classes: Collection[str]
) -> dict[Subject, Composite]:
    for name, entry in found.items():
        if name not in tuple(Subject):
            raise entry.wrong(expected="one of " + ", ".join(f"`{subject}`" for subject in Subject), got=name)
    return {
        subject: _composite(subject, found[subject], rates, classes if subject.is_area else ("",))
        for subject in Subject
    }


def _composite(subject: Subject, entry: Located, rates: Mapping[str, Rate], classes: Collection[str]) -> Composite:
    found = entry.fields(("items",), ("no_data",))
    items = tuple(_item(item, rates, classes) for item in found["items"].items())
    total = sum(item.weight for item in items)
    if abs(total - _WHOLE) > 1e-6:
        raise found["items"].wrong(expected="weights that add up to 100", got=f"{total:g}")
    names = [item.id for item in items]
    if len(set(names)) < len(names):
        raise found["items"].wrong(expected="each item once", got=", ".join(names))
    return Composite(
        subject, items, NoData(found["no_data"].word(tuple(NoData))) if "no_data" in found else NoData.SHARE
    )


def _item(entry: Located, rates: Mapping[str, Rate], classes: Collection[str]) -> Item:
    found = entry.fields(("item", "weight", "score", "source"), ("bands",))
    scoring = Scoring(found["score"].word(tuple(Scoring)))
    of_counts = scoring is Scoring.BANDS
    item = found["item"].word(tuple(COUNTS) if of_counts else tuple(rates))
    weight = found["weight"].number()
    if not 0 < weight <= _WHOLE:
        raise found["weight"].wrong(expected="a weight above 0, at most 100")
    if of_counts is not ("bands" in found):
        raise entry.wrong(expected="`bands` with `score: bands` and only there", got=scoring)
    bands = _bands_by_class(found["bands"], classes) if of_counts else {}
    return Item(id=item, weight=weight, scoring=scoring, bands=bands, source=found["source"].text())


def _bands_by_class(entry: Located, classes: Collection[str]) -> dict[str, tuple[Band, ...]]:
    """Read bands, which may differ by class of area; a plain list stands for every class."""
    if isinstance(entry.value, dict):
        found = entry.fields(tuple(sorted(classes)))
        return {name: _bands(bands) for name, bands in found.items()}
    return dict.fromkeys(classes, _bands(entry))


def _bands(entry: Located) -> tuple[Band, ...]:
    bands = []
    for one in entry.items():
        found = one.fields(("from", "score"))
        bands.append(Band(found["from"].whole(), _score(found["score"])))
        if bands[-1].from_ <= (bands[-2].from_ if len(bands) > 1 else -1):
            raise found["from"].wrong(expected="a count above that of the band before")
    if not bands or bands[0].from_ != 0:
        raise entry.wrong(expected="bands that begin at 0")
    return tuple(bands)


def _grades(entry: Located) -> tuple[Grade, ...]:
    grades = [_grade(one) for one in entry.items()]
    falling = all(better.from_ > worse.from_ for better, worse in pairwise(grades))
    if not grades or not falling or grades[-1].from_ != 0:
        raise entry.wrong(expected="grades from the best down to one from 0")
    return tuple(grades)


def _grade(entry: Located) -> Grade:
    found = entry.fields(("grade", "from", "colour", "name"))
    colour = found["colour"].word(COLOURS)
    return Grade(found["grade"].text(), _score(found["from"]), colour, found["name"].names())


def _score(entry: Located) -> float:
    score = entry.number()
    if not 0 <= score <= _WHOLE:
        raise entry.wrong(expected="0 to 100")
    return score
