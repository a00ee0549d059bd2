"""What a city has computed: `derived.toml` read and checked, and the derivations made from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from city.errors import BadCityFile
from city.faults import Faults
from city.toml_lines import parse_toml
from ingest.derived import air_cn, air_us, dew_point, noise, rate, traffic, ups
from ingest.derived.section import Choice, Section, Selection
from ingest.derived.surroundings import Surroundings
from ingest.derived.told import Derivation


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of derivation: its table in the file, how that is read, what is made of it, and what it tells."""

    name: str
    read: Callable[[Section], Any]
    make: Callable[[Any, Surroundings], Derivation]
    outputs: tuple[str, ...]
    by_default: bool = True


#: All kinds; a new one is a file and a line here.
KINDS = (
    Kind(dew_point.NAME, dew_point.read, dew_point.DewPoint, dew_point.OUTPUTS),
    Kind(air_cn.NAME, air_cn.read, air_cn.make, air_cn.OUTPUTS),
    Kind(air_us.NAME, air_us.read, air_us.make, air_us.OUTPUTS, by_default=False),
    Kind(noise.NAME, noise.read, noise.Noise, noise.OUTPUTS),
    Kind(traffic.NAME, traffic.read, traffic.Traffic, traffic.OUTPUTS),
    Kind(ups.NAME, ups.read, ups.Ups, ups.OUTPUTS),
    Kind(rate.NAME, rate.read, rate.Rate, rate.OUTPUTS),
)

#: All that is computed, rates left out: a sensor that tells it itself is believed.
OUTPUTS = frozenset(name for kind in KINDS for name in kind.outputs)


@dataclass(frozen=True, slots=True)
class DerivedBook:
    """The derivations that a city wants, each with what the city says about it."""

    chosen: tuple[tuple[Kind, Any], ...]

    @classmethod
    def parse(cls, text: str, file: str = "derived.toml") -> "DerivedBook":
        """Return what `text` says; an empty one is what every city begins with.

        Raises:
            BadCityFile: with file and line.
        """
        document, faults = parse_toml(text, file), Faults()
        names = [kind.name for kind in KINDS]
        expected = f"tables of {', '.join(names)}"
        faults.found += [
            BadCityFile(expected=expected, got=name, at=document.at(f"[{name}]"))
            for name in document.content
            if name not in names
        ]
        chosen = []
        for kind in KINDS:
            with faults:
                section = Section(document, f"[{kind.name}]", document.content.get(kind.name, {}), faults=faults)
                settings = kind.read(section)
                if section.flag("enabled", default=kind.by_default):
                    chosen.append((kind, settings))
        faults.raise_found()
        return cls(tuple(chosen))

    def selections(self) -> Iterator[Selection]:
        """Yield each selection of sensors that the city made."""
        for _, settings in self.chosen:
            for choice in _choices(settings):
                yield from (selection for selection, _ in choice.entries if selection.at)

    def make(self, around: Surroundings) -> dict[str, Derivation]:
        """Return the derivations by their names, which have heard nothing yet."""
        return {kind.name: kind.make(settings, around) for kind, settings in self.chosen}


def _choices(settings: Any) -> Iterator[Choice[Any]]:  # noqa: ANN401 - what a kind's `read` returns
    if isinstance(settings, Choice):
        yield settings
    elif is_dataclass(settings):
        for part in fields(settings):
            yield from _choices(getattr(settings, part.name))
