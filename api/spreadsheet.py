"""Tables as CSV that a spreadsheet opens rightly and safely."""

import csv
import io
from collections.abc import Iterable, Sequence

#: Excel takes a file for UTF-8 only with this mark.
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

#: A cell that begins like this is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV (RFC 4180) that spreadsheets open as UTF-8; None is an empty cell."""
    text = io.StringIO()
    text.write(_MARK)
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a cell: nothing for no data, and no text that a spreadsheet would work out."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
