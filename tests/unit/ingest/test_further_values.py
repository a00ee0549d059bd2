"""Values and times of named families as some of their senders write them, each in numbers of our own."""

from tests.support.decoding import decoded, told


def test_a_field_that_measures_may_be_a_text():
    fields = {"temperature": "21.5", "firmware": "04.10", "value": "7.25", "mode": "3"}
    metric = {"name": "plc", "tags": {"host": "edge4"}, "fields": fields, "timestamp": 1772586900}

    found = told(decoded("telegraf_json", "telegraf/x", metric).measurements)

    assert {key.partition("/")[0]: value for key, (value, _) in found.items()} == {"temperature": 21.5, "plc": 7.25}
