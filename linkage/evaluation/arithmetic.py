"""The arithmetic that formulas may use: sums of named counts, and rates that keep what they were made of."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from city.yaml_lines import Located

#: A sum as it is written: `handled_in_time + exempt - voided`.
_SUM = re.compile(r"\s*[a-z_]+(?:\s*[+-]\s*[a-z_]+)*\s*")
_TERM = re.compile(r"([+-]?)\s*([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Sum:
    """Named counts added to, or taken from, each other; `text` is how the city wrote it."""

    text: str
    terms: tuple[tuple[int, str], ...]

    def of(self, counts: Mapping[str, int]) -> int:
        """Return the sum; a count that is not there is 0."""
        return sum(sign * counts.get(name, 0) for sign, name in self.terms)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate with numerator and denominator kept; its value is None, no data, where there is nothing to divide by."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Return the rate; None for 0/0 and for anything over nothing."""
        return self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Rate:
    """One sum as a share of another."""

    id: str
    name: dict[str, str]
    of: Sum
    out_of: Sum
    source: str

    def from_counts(self, counts: Mapping[str, int]) -> Ratio:
        """Return the rate that these counts give."""
        return Ratio(self.of.of(counts), self.out_of.of(counts))


def parse_sum(entry: Located, known: Collection[str]) -> Sum:
    """Read a sum of counts that are all `known`.

    Raises:
        BadCityFile: it is written otherwise, or names a count that there is not.
    """
    text = entry.text()
    if not _SUM.fullmatch(text):
        raise entry.wrong(expected="counts joined by + and -, such as `closed + exempt`")
    terms = tuple(_terms(text))
    for _, name in terms:
        if name not in known:
            raise entry.wrong(expected="one of " + ", ".join(f"`{one}`" for one in known), got=name)
    return Sum(text.strip(), terms)


def _terms(text: str) -> Iterator[tuple[int, str]]:
    for sign, name in _TERM.findall(text):
        yield (-1 if sign == "-" else 1), name
