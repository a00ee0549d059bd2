"""Reads the next stretch of the past while the last one is judged: reading and judging keep a core each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from city.history import Past


def ahead(stretches: Iterator[Past]) -> Iterator[Past]:
    """Yield the same stretches, each read in a thread before it is asked for; what goes wrong there is raised here."""
    with ThreadPoolExecutor(1, thread_name_prefix="backtest.reader") as reader:
        coming = reader.submit(next, stretches, None)
        while (past := coming.result()) is not None:
            coming = reader.submit(next, stretches, None)
            yield past
