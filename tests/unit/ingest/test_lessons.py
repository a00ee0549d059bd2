from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from city.errors import StoreUnavailable, UndecodableMessage
from ingest.decoders.memory import Lesson, Memory
from ingest.journal_codec import Learned, Record
from ingest.lessons import Lessons


class Fact(msgspec.Struct):
    words: list[str]


class OtherFact(msgspec.Struct):
    number: int


@pytest.fixture
def lessons(tmp_path: Path) -> Iterator[Lessons]:
    with closing(Lessons(tmp_path / "lessons.sqlite")) as lessons:
        yield lessons


def learned(position: int, *told: Lesson) -> Record:
    return Record(position, Learned(told))


def test_last_word_of_each_lesson_is_kept(lessons: Lessons):
    first, last = Lesson("a", b"1", 1), Lesson("a", b"2", 5)

    lessons.keep([learned(3, first, Lesson("b", b"x", 1)), learned(4, last)], 4)
    lessons.keep([learned(6, Lesson("b", b"", 0))], 9)

    assert list(lessons.all()) == [last]
    assert lessons.position() == 9


def test_repeated_drain_changes_nothing(lessons: Lessons):
    records = [learned(3, Lesson("a", b"1", 1)), learned(4, Lesson("a", b"", 0), Lesson("c", b"3", 2))]

    lessons.keep(records, 4)
    lessons.keep(records, 4)

    assert list(lessons.all()) == [Lesson("c", b"3", 2)]


def test_damaged_file_is_set_aside(tmp_path: Path):
    path = tmp_path / "lessons.sqlite"
    path.write_bytes(b"no database" * 1000)

    with closing(Lessons(path)) as lessons:
        assert list(lessons.all()) == []
        assert lessons.position() == 0
    assert (tmp_path / "lessons.damaged-1").exists()


def test_file_that_turns_out_damaged_at_the_start_is_set_aside(tmp_path: Path):
    path = tmp_path / "lessons.sqlite"
    with closing(Lessons(path)) as lessons:
        lessons.keep([learned(1, Lesson("a key", b"1", 1))], 1)
    path.write_bytes(path.read_bytes().replace(b"a key", b"a \xffey"))

    with closing(Lessons(path)) as lessons:
        assert (list(lessons.all()), lessons.position()) == ([], 0)
    assert (tmp_path / "lessons.damaged-1").exists()


def test_file_that_cannot_be_read_at_the_start_is_waited_for(lessons: Lessons):
    lessons._file.writer.execute("DROP TABLE lesson")

    with pytest.raises(StoreUnavailable, match="no such table"):
        list(lessons.all())


def test_store_that_cannot_be_written_says_so(lessons: Lessons):
    lessons._file.writer.execute("DROP TABLE drained")

    with pytest.raises(StoreUnavailable):
        lessons.keep([learned(1, Lesson("a", b"1", 1))], 1)

    assert list(lessons.all()) == []


def test_memory_tells_each_change_once_and_restores_it():
    memory = Memory()
    memory.learn("a", Fact(["x"]), entries=3)
    memory.learn("b", Fact(["y"]))
    memory.forget("b")

    told = memory.lessons()
    restored = Memory()
    restored.restore(told)

    assert {lesson.key: bool(lesson.content) for lesson in told} == {"a": True, "b": False}
    assert memory.lessons() == ()
    assert restored.recall("a", Fact) == Fact(["x"])
    assert restored.lessons() == ()
    assert restored.recall("b", Fact) is None


def test_memory_of_another_release_is_forgotten():
    memory = Memory()
    memory.learn("a", Fact(["x"]))
    restored = Memory()
    restored.restore(memory.lessons())

    assert restored.recall("a", OtherFact) is None
    assert len(restored) == 0
    assert restored.lessons() == (Lesson("a", b"", 0),)


@pytest.mark.parametrize(
    ("key", "entries"), [pytest.param("c", 1, id="too many things"), pytest.param("a", 99, id="too many entries")]
)
def test_memory_refuses_what_is_too_much_and_keeps_what_it_has(key: str, entries: int):
    memory = Memory(max_keys=2, max_entries=10)
    memory.learn("a", Fact(["x"]), entries=4)
    memory.learn("b", Fact(["y"]), entries=4)
    memory.lessons()

    with pytest.raises(UndecodableMessage) as caught:
        memory.learn(key, Fact(["z"]), entries=entries)

    assert caught.value.reason == "too_many_names"
    assert memory.recall("a", Fact) == Fact(["x"])
    assert memory.lessons() == ()


def test_forgetting_makes_room():
    memory = Memory(max_keys=1, max_entries=4)
    memory.learn("a", Fact(["x"]), entries=4)

    memory.forget("a")
    memory.learn("b", Fact(["y"]), entries=4)

    assert memory.recall("b", Fact) == Fact(["y"])
