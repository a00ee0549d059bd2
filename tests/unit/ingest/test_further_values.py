"""Values and times of named families as some of their senders write them, each in numbers of our own."""

import struct

from tests.support.decoding import decoded, told


def test_a_field_that_measures_may_be_a_text():
    fields = {"temperature": "21.5", "firmware": "04.10", "value": "7.25", "mode": "3"}
    metric = {"name": "plc", "tags": {"host": "edge4"}, "fields": fields, "timestamp": 1772586900}

    found = told(decoded("telegraf_json", "telegraf/x", metric).measurements)

    assert {key.partition("/")[0]: value for key, (value, _) in found.items()} == {"temperature": 21.5, "plc": 7.25}


def test_sparkplug_below_a_bridges_prefix_is_sparkplug():
    metric = b"\x0a\x04Temp" + b"\x20\x0a" + b"\x69" + struct.pack("<d", 8.5)
    payload = b"\x12" + bytes([len(metric)]) + metric

    (found,) = decoded("auto", "remote/site/spBv1.0/water/DDATA/pump1/tank", payload).measurements

    assert (found.sensor, found.quantity, found.value) == ("water/pump1/tank", "Temp", 8.5)
