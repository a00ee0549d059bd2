from concurrent.futures import ThreadPoolExecutor

import pytest

from linkage.config import MessageSettings
from linkage.states import Step
from linkage.telling.couriers import Letter, Letterbox, Receipt
from linkage.telling.post import Post
from tests.support.linkage import ACCEPTOR, DISPATCHER, MONITOR, Town

DOWN = Receipt(delivered=False, answer="connection refused")


def post(town: Town, box: Letterbox, **settings: float) -> Post:
    chosen = MessageSettings.model_validate({"rate_per_min": 6000, **settings})
    return Post(town.database, town.ledger.clock, chosen, box)


def states(town: Town) -> list[tuple[str, str, int, str]]:
    return [(one.channel, one.state, one.attempts, one.error) for one in reversed(town.live.messages(MONITOR))]


def test_message_is_sent_once_and_recorded(town: Town):
    town.reported()
    box = Letterbox()
    sender = post(town, box)
    delivered = [sender.send("duty"), sender.send("duty")]

    assert delivered == [1, 0]
    assert len(box.letters) == 1
    assert states(town) == [("duty", "sent", 1, "")]
    assert sender.waiting() == []


def test_each_channel_of_a_department_gets_its_own_message(town: Town):
    number = town.reported().id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water", "power"))
    box = Letterbox()
    sender = post(town, box)
    for channel in sender.waiting():
        sender.send(channel)

    assert sorted(letter.channel for letter in box.letters) == ["duty", "duty", "duty", "mail"]
    assert len({letter.key for letter in box.letters}) == 4


def test_failure_is_tried_again_later_under_the_same_key(town: Town):
    town.reported()
    box = Letterbox({"duty": DOWN})
    sender = post(town, box)
    sender.send("duty")
    sender.send("duty")
    town.wait(seconds=2)
    box.answers.clear()
    sender.send("duty")

    assert [letter.key for letter in box.letters] == [box.letters[0].key] * 2
    assert states(town) == [("duty", "sent", 2, "")]


def test_wait_between_attempts_grows(town: Town):
    town.reported()
    box = Letterbox({"duty": DOWN})
    sender = post(town, box)
    for _ in range(60):
        sender.send("duty")
        town.wait(seconds=1)

    # After 0, 2, 6, 14 and 30 s.
    assert len(box.letters) == 5
    assert states(town) == [("duty", "waiting", 5, "connection refused")]


def test_what_was_taken_with_a_letter_that_failed_is_as_it_was(town: Town):
    for _ in range(3):
        town.reported()
    box = Letterbox({"duty": DOWN})
    sender = post(town, box)
    sender.send("duty")
    box.answers.clear()
    at_once = sender.send("duty")

    assert at_once == 2
    assert states(town) == [
        ("duty", "waiting", 1, "connection refused"),
        ("duty", "sent", 1, ""),
        ("duty", "sent", 1, ""),
    ]


def test_letter_that_meets_a_fault_is_an_attempt_and_holds_up_no_other(town: Town):
    class Poisoned(Letterbox):
        def carry(self, letter: Letter) -> Receipt:
            receipt = super().carry(letter)
            if letter.key == self.letters[0].key:
                raise ZeroDivisionError
            return receipt

    for _ in range(3):
        town.reported()
    sender = post(town, Poisoned())
    sent = [sender.send("duty") for _ in range(2)]

    assert sent == [0, 2]
    assert states(town)[0] == ("duty", "waiting", 1, "a fault, described in the log: ZeroDivisionError")


def test_what_cannot_succeed_is_given_up_at_once(town: Town):
    town.reported()
    box = Letterbox({"duty": Receipt(delivered=False, answer="no such channel", final=True)})
    sender = post(town, box)
    sender.send("duty")

    assert states(town) == [("duty", "failed", 1, "no such channel")]
    assert sender.waiting() == []


def test_what_is_too_old_is_given_up(town: Town):
    town.reported()
    sender = post(town, Letterbox({"duty": DOWN}), give_up_after_s=60)
    town.wait(seconds=61)
    sender.send("duty")

    assert states(town) == [("duty", "failed", 1, "connection refused")]


def test_dead_channel_is_not_hammered_and_holds_up_no_other(town: Town):
    number = town.reported().id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    box = Letterbox({"duty": DOWN})
    sender = post(town, box)
    for channel in sender.waiting():
        sender.send(channel)

    assert [(letter.channel) for letter in box.letters].count("duty") == 1
    assert [(letter.channel) for letter in box.letters].count("mail") == 1


def test_channel_keeps_its_rate(town: Town):
    for _ in range(5):
        town.reported()
    box = Letterbox()
    sender = post(town, box, rate_per_min=2)
    sent = []
    for _ in range(3):
        sent.append(sender.send("duty"))
        town.wait(seconds=61)

    assert sent == [2, 2, 1]


def test_those_who_send_at_once_send_each_letter_once(town: Town):
    for _ in range(12):
        town.reported()
    box = Letterbox()
    sender = post(town, box, at_once=5)
    with ThreadPoolExecutor(5) as threads:
        delivered = list(threads.map(sender.send, ["duty"] * 5))

    assert len(box.letters) == len({letter.key for letter in box.letters}) == sum(delivered) == 12
    assert {state for _, state, _, _ in states(town)} == {"sent"}


def test_channel_keeps_its_rate_whoever_sends_at_once(town: Town):
    for _ in range(5):
        town.reported()
    sender = post(town, Letterbox(), rate_per_min=3, at_once=20)
    with ThreadPoolExecutor(4) as threads:
        delivered = list(threads.map(sender.send, ["duty"] * 4))

    assert sum(delivered) == 3


def test_message_taken_by_a_sender_that_died_is_sent_again_under_its_key(town: Town):
    town.reported()

    class Dying:
        letters: list[Letter] = []  # noqa: RUF012 - one instance

        def carry(self, letter: Letter) -> Receipt:
            self.letters.append(letter)
            raise KeyboardInterrupt

    dying, box = Dying(), Letterbox()
    with pytest.raises(KeyboardInterrupt):
        Post(town.database, town.ledger.clock, MessageSettings(), dying).send("duty")
    at_once = post(town, box).send("duty")
    town.wait(seconds=61)
    later = post(town, box).send("duty")

    assert (at_once, later) == (0, 1)
    assert box.letters == dying.letters


def test_channels_are_named_on_which_something_is_due_now(town: Town):
    number = town.reported().id
    town.act(number, Step.VERIFY, ACCEPTOR)
    town.act(number, Step.FILE, ACCEPTOR)
    town.act(number, Step.DISPATCH, DISPATCHER, departments=("water",))
    sender = post(town, Letterbox({"duty": DOWN}))
    before = sender.waiting()
    while sender.send("duty") or "duty" in sender.waiting():
        pass

    assert (before, sender.waiting()) == (["duty", "mail"], ["mail"])
