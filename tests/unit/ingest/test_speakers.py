import numpy as np

from ingest.meaning import Told
from ingest.speakers import Speakers, SpeakingSensor


def speaking(*numbers: int) -> Speakers:
    speakers = Speakers()
    for number in numbers:
        speakers.meet(number, registered=True, recorded=False)
    return speakers


def test_what_a_sensor_tells_together_and_besides_has_its_slots() -> None:
    speakers = speaking(7)
    sensor, layout = SpeakingSensor(speakers, 7, "a"), speakers.new_layout(["t", "h"])
    sensor.add("t", 3)
    sensor.add(Told("rain", "mm"), 5)

    layout.know(sensor, [3, 4])

    assert [sensor.slot(words) for words in ("t", "h", Told("rain", "mm"), "p")] == [3, 4, 5, None]
    assert sorted(sensor.slots) == [3, 4, 5]
    assert layout.row_besides(7) is None, "it is what the sensor usually tells"


def test_a_second_layout_is_known_besides_the_usual_one() -> None:
    speakers = speaking(1, 2)
    usual, other = speakers.new_layout(["t"]), speakers.new_layout(["h"])
    for number in (1, 2):
        usual.know(SpeakingSensor(speakers, number, ""), [number])

    other.know(SpeakingSensor(speakers, 2, ""), [9])

    row = other.row_besides(2)
    assert row is not None
    assert other.slots([row]).tolist() == [[9]]
    assert SpeakingSensor(speakers, 2, "").layout is usual


def test_many_sensors_have_rows_of_their_own() -> None:
    numbers = range(1, 5_000)
    speakers = speaking(*numbers)
    layout = speakers.new_layout(["t"])

    for number in numbers:
        layout.know(SpeakingSensor(speakers, number, ""), [10 * number])

    assert [SpeakingSensor(speakers, number, "").slot("t") for number in (1, 4_999)] == [10, 49_990]


def test_the_registry_is_taken_over_of_those_that_speak() -> None:
    speakers = speaking(1, 2, 3_000)
    registered, recorded = np.array([False, True, True]), np.array([False, True, False])

    changed = list(speakers.regard(registered, recorded))

    assert changed == [1]
    assert [SpeakingSensor(speakers, number, "").registered for number in (1, 2, 3_000)] == [True, True, False]
    assert (speakers.strangers, speakers.has(3), speakers.has(99_999)) == (1, False, False)


def test_what_is_known_already_takes_no_room_again() -> None:
    speakers = speaking(1)
    usual, other = speakers.new_layout(["t"]), speakers.new_layout(["h"])
    for _ in range(3):
        usual.know(SpeakingSensor(speakers, 1, ""), [3])
        other.know(SpeakingSensor(speakers, 1, ""), [9])

    assert (usual._count, other._count, other.row_besides(1)) == (1, 1, 0)
