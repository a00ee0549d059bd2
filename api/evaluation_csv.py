"""Tables of an evaluation as CSV, with every numerator and denominator, to be worked on elsewhere."""

from collections.abc import Iterable, Iterator, Sequence

from api.spreadsheet import csv_text
from linkage.evaluation.evaluation import FALSE_ALARMS, RuleLine, Sheet
from linkage.evaluation.formulas import Formulas
from linkage.evaluation.timing import Spread
from linkage.evaluation.vocabulary import COUNTS, Subject


def sheet_csv(subject: Subject, sheet: Sheet, formulas: Formulas) -> str:
    """Return a sheet: one row per subject, the last one all together."""
    rates = list(formulas.rates)
    items = [item.id for item in formulas.composites[subject].items]
    head = ["subject", "name", "score", "grade", "score_before", "score_year_before", *COUNTS]
    head += [f"{rate}:{part}" for rate in rates for part in ("numerator", "denominator", "value")]
    head += [f"{item}:{part}" for item in items for part in ("score", "used_weight")]
    return csv_text(head, _sheet_rows(sheet, rates))


def rules_csv(lines: Iterable[RuleLine]) -> str:
    """Return how each rule's incidents ended."""
    told = list(lines)
    ends = sorted({*(str(end) for end in FALSE_ALARMS), *(end for line in told for end in line.ended)})
    head = ["rule", "incidents", *ends, "false:numerator", "false:denominator", "false:value"]
    rows = (
        [
            line.rule,
            line.opened,
            *(line.ended.get(end, 0) for end in ends),
            line.false_share.numerator,
            line.false_share.denominator,
            line.false_share.value,
        ]
        for line in told
    )
    return csv_text(head, rows)


def times_csv(spreads: Iterable[Spread]) -> str:
    """Return how long answers took, in seconds."""
    head = ["department", "priority", "measure", "number", "p50_s", "p90_s", "p99_s"]
    rows = (
        [
            one.department,
            one.priority,
            one.measure,
            one.number,
            *(round(span_ns / 1e9, 3) for span_ns in (one.p50_ns, one.p90_ns, one.p99_ns)),
        ]
        for one in spreads
    )
    return csv_text(head, rows)


def _sheet_rows(sheet: Sheet, rates: Sequence[str]) -> Iterator[list[object]]:
    for line in (*sheet.lines, sheet.whole):
        now = line.now
        grade = now.verdict.grade
        earlier = None if line.year_before is None else line.year_before.verdict.score
        row: list[object] = [line.id, line.name, now.verdict.score, None if grade is None else grade.letter]
        row += [line.before.verdict.score, earlier, *(now.counts.get(name, 0) for name in COUNTS)]
        for rate in rates:
            ratio = now.rates[rate]
            row += [ratio.numerator, ratio.denominator, ratio.value]
        row += [cell for part in now.verdict.parts for cell in (part.score, round(part.used_weight, 2))]
        yield row
