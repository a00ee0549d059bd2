"""From counts to rates, scores and a grade, each with what it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.evaluation.arithmetic import Ratio
from linkage.evaluation.formulas import Composite, Formulas, Grade, Item, NoData, Scoring


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a composite: its score, None without data, and the weight that it really had."""

    item: str
    weight: float
    used_weight: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a composite comes to; score and grade are None where there was no data."""

    score: float | None
    grade: Grade | None
    parts: tuple[Part, ...]


def ratios(formulas: Formulas, counts: Mapping[str, int]) -> dict[str, Ratio]:
    """Return every rate of these counts."""
    return {name: rate.from_counts(counts) for name, rate in formulas.rates.items()}


def judged(formulas: Formulas, composite: Composite, counts: Mapping[str, int], *, area_class: str = "") -> Verdict:
    """Return what `composite` makes of these counts.

    An item without data takes no part: its weight is shared out among the others, or withholds the score, as the
    composite says. Without any activity at all there is no score, be a count of nothing worth 100 or not.
    """
    scores = [_score(formulas, item, counts, area_class) for item in composite.items]
    known = sum(item.weight for item, score in zip(composite.items, scores, strict=True) if score is not None)
    # A count is never without data, so it alone is no reason for a score: nobody is graded for having had no work.
    worked = any(
        score is not None
        for item, score in zip(composite.items, scores, strict=True)
        if item.scoring is not Scoring.BANDS
    )
    complete = all(score is not None for score in scores)
    scored = worked and (complete or composite.no_data is NoData.SHARE)
    scale = 100.0 / known if scored else 0.0
    parts = tuple(
        Part(item.id, item.weight, item.weight * scale if score is not None else 0.0, score)
        for item, score in zip(composite.items, scores, strict=True)
    )
    if not scored:
        return Verdict(None, None, parts)
    total = sum(part.score * part.used_weight for part in parts if part.score is not None) / 100.0
    # Rounded first, so that the letter is that of the figure people read.
    total = round(total, 2)
    return Verdict(total, formulas.grade(total), parts)


def _score(formulas: Formulas, item: Item, counts: Mapping[str, int], area_class: str) -> float | None:
    if item.scoring is Scoring.BANDS:
        bands = item.bands[area_class]
        return next(band.score for band in reversed(bands) if counts.get(item.id, 0) >= band.from_)
    value = formulas.rates[item.id].from_counts(counts).value
    if value is None:
        return None
    share = value if item.scoring is Scoring.RATE else 1.0 - value
    return min(max(share, 0.0), 1.0) * 100.0
