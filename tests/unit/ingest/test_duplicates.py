from hypothesis import given
from hypothesis import strategies as st

from ingest.duplicates import DuplicateWindow
from ingest.journal_codec import Digests, Record
from ingest.message import Message


def message(text: str, *, dup: bool = False, topic: bytes = b"a") -> Message:
    return Message(topic.decode(), topic, text.encode(), dup=dup)


def committed(window: DuplicateWindow, position: int, *texts: str) -> Record:
    digests = window.sift([message(text) for text in texts]).digests
    window.remember(position, digests)
    return Record(position, Digests(digests))


def texts(messages: list[Message]) -> list[str]:
    return [one.payload.decode() for one in messages]


def test_marked_message_that_was_committed_is_left_out():
    window = DuplicateWindow(100)
    committed(window, 1, "one", "two")

    sifted = window.sift([message("two", dup=True), message("three", dup=True), message("four")])

    assert (texts(sifted.messages), sifted.repeated) == (["three", "four"], 1)
    assert len(sifted.digests) == 16


def test_unmarked_message_is_new_even_when_it_says_the_same():
    window = DuplicateWindow(100)
    committed(window, 1, "same")

    assert window.sift([message("same"), message("same")]).repeated == 0


def test_marked_message_repeats_one_of_the_same_batch():
    sifted = DuplicateWindow(100).sift([message("one"), message("one", dup=True), message("two", dup=True)])

    assert (texts(sifted.messages), sifted.repeated) == (["one", "two"], 1)


def test_same_payload_on_another_topic_is_another_message():
    window = DuplicateWindow(100)
    committed(window, 1, "one")

    assert window.sift([message("one", dup=True, topic=b"b")]).repeated == 0


def test_topic_and_payload_are_not_run_together():
    window = DuplicateWindow(100)
    window.remember(1, window.sift([message("bc", topic=b"a")]).digests)

    assert window.sift([message("c", dup=True, topic=b"ab")]).repeated == 0


def test_rebuilt_window_knows_what_the_last_run_committed():
    before, after = DuplicateWindow(100), DuplicateWindow(100)
    records = [committed(before, 1, "one"), committed(before, 3, "two", "three")]

    after.rebuild(records)

    assert after.sift([message(text, dup=True) for text in ("one", "two", "three", "four")]).repeated == 3
    assert after.needed_after == 0


def test_window_forgets_the_oldest_and_says_what_it_needs():
    window = DuplicateWindow(3)
    committed(window, 5, "one", "two")
    committed(window, 7, "three", "four")

    assert window.sift([message("one", dup=True), message("four", dup=True)]).repeated == 1
    assert window.needed_after == 6


def test_window_of_no_size_knows_nothing():
    window = DuplicateWindow(0)
    committed(window, 1, "one")

    assert window.sift([message("one", dup=True)]).repeated == 0


words = st.sampled_from("abcdefgh")


@given(st.lists(st.lists(words, max_size=5), max_size=8), st.lists(st.tuples(words, st.booleans()), max_size=12))
def test_sift_agrees_with_a_plain_set(batches, arriving):
    window, known = DuplicateWindow(1000), set()
    for position, batch in enumerate(batches, 1):
        committed(window, position, *batch)
        known.update(batch)

    expected = []
    for word, dup in arriving:
        if not (dup and word in known):
            expected.append(word)
        known.add(word)

    assert texts(window.sift([message(word, dup=dup) for word, dup in arriving]).messages) == expected


def test_window_holds_as_many_as_it_may_and_forgets_the_oldest_of_more():
    window = DuplicateWindow(4)
    for position, pair in enumerate((("a", "b"), ("c", "d"), ("e", "f")), 1):
        committed(window, position, *pair)

    sifted = window.sift([message(text, dup=True) for text in "abcdef"])

    assert texts(sifted.messages) == ["a", "b"]
    assert window.needed_after == 1
