import csv
from pathlib import Path

from city.catalogue import Catalogue, default_catalogue
from city.clock import SECOND_NS, iso
from ingest.message import Message
from simulators.fleet import load_fleet
from simulators.payload import encode
from tests.support.normalising import Desk

HAIBIN = Path(__file__).resolve().parents[3] / "examples" / "haibin"
NOW = 1_795_161_600 * SECOND_NS


def test_whatever_the_demo_sends_becomes_its_registered_series():
    fleet = load_fleet(HAIBIN)
    desk = Desk(*(sensor.id for sensor in fleet), routes=(HAIBIN / "sources.toml").read_text("utf-8"))
    told = [encode(sensor, dict.fromkeys(sensor.quantities, 1.0), iso(NOW)) for sensor in fleet]

    batch = desk.batch(*(Message(topic, topic.encode(), payload) for topic, payload in told), at_ns=NOW)

    assert batch.quarantined == []
    assert batch.discovered == []
    registered = {(sensor.id, quantity) for sensor in fleet for quantity in sensor.quantities}
    assert {row[:2] for row in desk.rows(batch)} == registered


def test_every_quantity_of_the_demo_is_in_the_catalogue():
    catalogue = Catalogue.parse((HAIBIN / "quantities.toml").read_text("utf-8"), base=default_catalogue())

    with (HAIBIN / "sensors.csv").open(encoding="utf-8-sig") as file:
        named = {name for row in csv.DictReader(file) for name in row["quantities"].split(";") if name}

    assert named <= set(catalogue.quantities)
