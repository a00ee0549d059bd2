"""Four scales that are never derived from one another: priority, event grade, warning level and response level.

An event is graded by its harm (Emergency Response Law 2024 Art. 3), a warning is levelled before harm (Art. 63), and a
response is started by the government (Art. 71); priority only orders the queue. Here are their words and their order.
"""

from dataclasses import dataclass

#: Event grades and response levels, mildest first; an empty word stands for none.
LEVELS = ("IV", "III", "II", "I")

#: Warning levels, mildest first.
COLOURS = ("blue", "yellow", "orange", "red")

#: State Council Order 493 Art. 3, worst first: deaths, serious injuries and direct loss in CNY from which a grade
#: holds ("以上" includes the number). What is below every line of III is grade IV.
_ORDER_493 = (
    ("I", 30, 100, 100_000_000),
    ("II", 10, 50, 50_000_000),
    ("III", 3, 10, 10_000_000),
)


def rank(level: str) -> int:
    """Return the place of a level or colour on its scale, 1 for the mildest; 0 for none."""
    for scale in (LEVELS, COLOURS):
        if level in scale:
            return scale.index(level) + 1
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What an event has done; `loss_cny` is direct economic loss in yuan."""

    deaths: int = 0
    injuries: int = 0
    loss_cny: int = 0


@dataclass(frozen=True, slots=True)
class GradeProposal:
    """A grade that the numbers speak for, and which of them do; a person sets the grade."""

    grade: str
    because: tuple[str, ...]


def proposed_grade(harm: Harm) -> GradeProposal:
    """Return the grade that Order 493 gives an accident with this harm, and the numbers that give it."""
    found = {"deaths": harm.deaths, "injuries": harm.injuries, "loss_cny": harm.loss_cny}
    for grade, *lines in _ORDER_493:
        because = tuple(name for (name, number), line in zip(found.items(), lines, strict=True) if number >= line)
        if because:
            return GradeProposal(grade, because)
    return GradeProposal("IV", tuple(name for name, number in found.items() if number))
