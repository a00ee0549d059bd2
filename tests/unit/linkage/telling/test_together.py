from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from threading import Event

import pytest

from city.errors import StoreUnavailable
from linkage.telling.together import Together


class Writer:
    """Writes a group when it is let, and notes what was in it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.began: Queue[int] = Queue()
        self.may_end = Event()
        self.errors: list[Exception] = []

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.groups.append(list(items))
        self.began.put(items[0])
        assert self.may_end.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        return [10 * item for item in items]


def joined(writer: Writer, together: Together[int, int], threads: ThreadPoolExecutor) -> list[Future[int]]:
    """Let one join, and once it acts four more, one after the other."""
    first = threads.submit(together.join, 0)
    writer.began.get(timeout=10)
    others = []
    for number in range(1, 5):
        others.append(threads.submit(together.join, number))
        while len(together) < number:
            pass
    writer.may_end.set()
    return [first, *others]


def test_one_who_comes_alone_is_served_alone():
    writer = Writer()
    writer.may_end.set()
    together = Together(writer, 3)
    results = [together.join(1), together.join(2)]

    assert results == [10, 20]
    assert writer.groups == [[1], [2]]


def test_those_who_come_meanwhile_are_the_next_groups_in_order():
    writer = Writer()
    with ThreadPoolExecutor(5) as threads:
        results = [one.result(10) for one in joined(writer, Together(writer, 3), threads)]

    assert results == [0, 10, 20, 30, 40]
    assert writer.groups == [[0], [1, 2, 3], [4]]


def test_what_a_group_meets_all_of_it_are_told_and_nobody_else():
    writer = Writer()
    writer.errors = [StoreUnavailable("database", "away"), StoreUnavailable("database", "still away")]
    with ThreadPoolExecutor(5) as threads:
        futures = joined(writer, Together(writer, 3), threads)
        errors = [str(future.exception(10)) for future in futures]

    assert ["still" in error for error in errors] == [False, True, True, True, False]
    assert futures[4].result() == 40


def test_a_mistake_is_the_leaders_and_the_others_are_served():
    writer = Writer()
    writer.errors = [ValueError("a mistake")]
    with ThreadPoolExecutor(5) as threads:
        first, *others = joined(writer, Together(writer, 4), threads)
        results = [one.result(10) for one in others]

    with pytest.raises(ValueError, match="a mistake"):
        first.result()
    assert results == [10, 20, 30, 40]


def test_a_mistake_in_a_group_leaves_its_others_in_front():
    writer = Writer()
    writer.errors = [StoreUnavailable("database", "away"), ValueError("a mistake")]
    with ThreadPoolExecutor(5) as threads:
        futures = joined(writer, Together(writer, 3), threads)
        assert isinstance(futures[1].exception(10), ValueError)
        results = [future.result(10) for future in futures[2:]]

    assert results == [20, 30, 40]
    assert writer.groups == [[0], [1, 2, 3], [2, 3, 4]]
