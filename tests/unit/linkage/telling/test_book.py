import pytest

from city.errors import BadCityFile
from linkage.telling.book import Quotas, parse_messages
from linkage.telling.contact import Contact
from linkage.telling.wording import Wording

TEXT = """
templates:
  dispatch:
    subject: {zh: "【{number}】派遣：{title}", en: "Task: {title}"}
  default:
    body: {zh: "{title}", en: "{title} at {place}"}
groups:
  - id: flood
    name: {zh: 防汛组, en: Flood group}
    departments: [water]
    people: [{name: Wang, phone: "13800000001", channels: [sms]}]
quotas: {per_hour: 50, departments: {water: 5}}
"""

FACTS = {"zh": {"number": "7", "title": "{place}", "place": "东门"}, "en": {"title": "Flood", "place": "East Gate"}}


def test_messages_are_read_whole():
    book = parse_messages(TEXT, departments={"water"})

    assert book.groups["flood"].people == (Contact("Wang", "Wang", "13800000001", ("sms",)),)
    assert (book.quotas.of("water"), book.quotas.of("police")) == (5, 50)


def test_words_of_a_city_replace_the_usual_ones_in_both_languages():
    words = parse_messages(TEXT).wording

    assert words.body("open", FACTS, "usual") == "{place}\nFlood at East Gate"
    assert words.subject("open", FACTS, "usual") == "usual"


def test_value_is_put_in_once_and_never_read_again():
    assert parse_messages(TEXT).wording.subject("dispatch", FACTS, "") == "【7】派遣：{place} / Task: Flood"


def test_subject_is_one_bounded_line():
    assert Wording().subject("open", FACTS, "a\r\nBcc: x\n" + "b" * 500).startswith("a Bcc: x bbb")
    assert len(Wording().subject("open", FACTS, "b" * 500)) == 300


def test_city_that_says_nothing_has_the_usual():
    assert parse_messages("").quotas == Quotas()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{number}", "{nubmer}", r"fields among .*, got `\{nubmer\}`"),
        ("dispatch:", "dispach:", "one of `default`"),
        ("departments: [water]", "departments: [wter]", "a department of departments.yaml, got `wter`"),
        ("water: 5", "water: 0", "1 to 100000 messages an hour"),
        ("water: 5", "fire: 5", "a department of departments.yaml, got `fire`"),
    ],
    ids=["field", "kind", "department", "quota", "quota's department"],
)
def test_mistake_is_named_with_its_line(old: str, new: str, message: str):
    with pytest.raises(BadCityFile, match=message) as caught:
        parse_messages(TEXT.replace(old, new), departments={"water"})

    assert caught.value.at.startswith("messages.yaml:")
