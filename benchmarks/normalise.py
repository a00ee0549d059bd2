"""Measures decoding and judging on one core: CPU microseconds a message, by payload family and by size of batch."""

import json
import time
from collections.abc import Iterator

from benchmarks.numbers import Numbers
from benchmarks.report import report
from city.catalogue import default_catalogue
from city.clock import MILLISECOND_NS, SECOND_NS, iso
from city.entry import Context, NumberedSensor
from city.level import Domain
from city.sensor import Sensor
from ingest.config import NormaliseSettings
from ingest.message import Message
from ingest.normalise import Normaliser
from ingest.routes import Routes

SENSORS = 2_000
START_NS = 1_795_161_600 * SECOND_NS
#: Messages measured of each kind, after every sensor has spoken once.
MESSAGES = 40_000
BATCHES = (1, 20, 200, 2_000)


def native(sensor: str, time_ns: int) -> Message:
    """Return three values in about 120 bytes."""
    values = {"temperature": 21.53, "humidity": 45.2, "pm25": 35.25}
    body = json.dumps({"time": iso(time_ns), "values": values, "seq": time_ns % 997}, separators=(",", ":"))
    return _message(f"city/environment/{sensor}/reading", body)


def the_things_stack(sensor: str, time_ns: int) -> Message:
    """Return three values in an uplink as its server sends it."""
    gateway = {
        "gateway_ids": {"gateway_id": "gtw1"},
        "rssi": -35,
        "snr": 5,
        "uplink_token": "ChIKEAoEZ3R3MRIInFyOAAAaBcQ",
    }
    body = {
        "end_device_ids": {
            "device_id": sensor,
            "application_ids": {"application_id": "app1"},
            "dev_eui": "0004A30B001C0530",
        },
        "correlation_ids": ["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ", "gs:conn:01E0WDEC6T5T4XXBAX7S1VMFKE"],
        "uplink_message": {
            "f_port": 2,
            "frm_payload": "gkHe",
            "decoded_payload": {"temperature": 21.53, "humidity": 45.2, "battery": 88},
            "rx_metadata": [gateway],
            "received_at": iso(time_ns),
        },
    }
    return _message(f"v3/app1@city/devices/{sensor}/up", json.dumps(body))


def ngsi(sensor: str, time_ns: int) -> Message:
    """Return three values in a normalized NGSI-LD entity."""
    attributes = {name: {"type": "Property", "value": 21.5} for name in ("temperature", "windSpeed", "no2")}
    body = {"id": sensor, "type": "WeatherObserved", "dateObserved": {"type": "Property", "value": iso(time_ns)}}
    return _message(f"/key/{sensor}/attrs", json.dumps(body | attributes))


def line_protocol(sensor: str, time_ns: int) -> Message:
    """Return three values of a UPS as Telegraf writes them."""
    return _message(
        "telegraf/ups", f"upsd,ups_name={sensor} load_percent=13i,input_voltage=228,output_voltage=228 {time_ns}"
    )


FAMILIES = {"native": native, "tts_v3": the_things_stack, "fiware": ngsi, "influx_line": line_protocol}


def _message(topic: str, body: str) -> Message:
    return Message(topic, topic.encode(), body.encode())


def _normaliser() -> Normaliser:
    numbers = Numbers()
    normaliser = Normaliser(Routes.parse(""), default_catalogue(), numbers, NormaliseSettings())
    names = [f"s-{number:05d}" for number in range(SENSORS)]
    sensors = [
        NumberedSensor(numbers.sensor_number(name), Sensor(name, name, Domain.ENVIRONMENT, "station")) for name in names
    ]
    normaliser.use(Context(0, "", (), tuple(sensors), {}))
    return normaliser


def _batches(family: str, size: int) -> Iterator[list[Message]]:
    make = FAMILIES[family]
    messages = [make(f"s-{number % SENSORS:05d}", START_NS + number * MILLISECOND_NS) for number in range(MESSAGES)]
    return (messages[start : start + size] for start in range(0, MESSAGES, size))


def measure(family: str, size: int) -> float:
    """Return CPU microseconds a message in batches of `size`."""
    normaliser = _normaliser()
    warm = [FAMILIES[family](f"s-{number:05d}", START_NS - SECOND_NS) for number in range(SENSORS)]
    normaliser.batch(warm, START_NS)
    batches = list(_batches(family, size))
    begun = time.process_time()
    readings = sum(len(normaliser.batch(batch, START_NS + 60 * SECOND_NS).arrivals.readings) for batch in batches)
    spent = time.process_time() - begun
    if readings != 3 * MESSAGES:
        print(f"{family}: expected {3 * MESSAGES} readings, got {readings}")
        raise SystemExit(1)
    return spent / MESSAGES * 1e6


def main() -> None:
    """Measure every family, and the native one in every size of batch."""
    by_size = {f"batches_of_{size}": measure("native", size) for size in BATCHES}
    by_family = {family: measure(family, BATCHES[-1]) for family in FAMILIES}
    report("normalise", {"cpu_us_per_message": {"native": by_size, "by_family": by_family}, "values_per_message": 3})


if __name__ == "__main__":
    main()
