"""Strangers' messages of monitoring programs, servers and boards: typed values, moments in texts, units beside."""

from typing import Any

import pytest

from city.errors import UndecodableMessage
from tests.support.auto import decode, told

SECOND_NS = 10**9


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "acme/gw7/cellar",
            {"metrics": {"temperature": {"float": 19.25}, "code": {"string": "A2"}, "humidity": {"int32": 61}}},
            {("acme/gw7/cellar", "temperature"): (19.25, None), ("acme/gw7/cellar", "humidity"): (61.0, "%")},
            id="a value within the name of its type",
        ),
        pytest.param(
            "nb/all",
            {"Message": {"IMEI": "867723030711633", "num": 4}, "Telemetry": {"temp": 17.5}},
            {("867723030711633", "temperature"): (17.5, None)},
            id="a modem's number beside what was measured",
        ),
        pytest.param(
            "boards/all",
            {"system": {"serial_number": 4711, "voltage_rest": 4.8}, "thermometer": {"temperature": 22.5}},
            {("4711", "temperature/thermometer"): (22.5, None)},
            id="a board's number beside what was measured",
        ),
        pytest.param(
            "power/all",
            {"host": {"host": "ups-b", "name": "UPS B"}, "name": "Output voltage", "value": 231.5},
            {("ups-b", "output_voltage"): (231.5, None)},
            id="a host that is an object, by its technical name",
        ),
        pytest.param(
            "server/all",
            {
                "topic": {"edgeNodeDescriptor": "G7/E2", "deviceId": "D5", "type": "DDATA"},
                "payload": {"metrics": [{"name": "Temperature", "value": 20.5}]},
            },
            {("G7/E2/D5", "temperature"): (20.5, None)},
            id="a topic of Sparkplug's within a server's message",
        ),
        pytest.param(
            "metrics/all",
            {"name": "node_hwmon_temp_celsius", "value": "51.5", "labels": {"instance": "node3:9100"}},
            {("node3:9100", "temperature/node_hwmon_temp"): (51.5, "°C")},
            id="a metric that has its unit written out",
        ),
        pytest.param(
            "meter/m-5",
            {"serial": "M-5", "psupply": 812.5, "psupplyunit": "W", "u1": 229.5, "u1unit": "V", "cosphi1": 0.96},
            {
                ("M-5", "power/psupply"): (812.5, "W"),
                ("M-5", "voltage/u1"): (229.5, "V"),
                ("M-5", "power_factor/1"): (0.96, ""),
            },
            id="units beside values whose names say too little",
        ),
        pytest.param(
            "roof/flow",
            {"Site": {"P_Grid": -412.5, "P_PV": 981.25, "P_Load": -568.75, "P_Akku": None, "E_Day": 4310}},
            {
                ("roof/flow", "power/grid"): (-412.5, None),
                ("roof/flow", "power/pv"): (981.25, None),
                ("roof/flow", "power/load"): (-568.75, None),
                ("roof/flow", "energy_today"): (4310.0, None),
            },
            id="an inverter's symbols and the ends of its circuit",
        ),
        pytest.param(
            "roof/store",
            {"Consumption_W": 512, "Production_W": 903, "GridFeedIn_W": 391},
            {
                ("roof/store", "power"): (512.0, "W"),
                ("roof/store", "power/production"): (903.0, "W"),
                ("roof/store", "power/grid_feed_in"): (391.0, "W"),
            },
            id="what flows which way, with its unit",
        ),
        pytest.param(
            "meter/p1",
            {"active_voltage_l1_v": 231.5, "active_current_l1_a": 2.5, "total_power_import_kwh": 912.5},
            {
                ("meter/p1", "voltage/l1"): (231.5, "V"),
                ("meter/p1", "current/l1"): (2.5, "A"),
                ("meter/p1", "energy"): (912.5, "kWh"),
            },
            id="a meter's members with line and unit",
        ),
        pytest.param(
            "air/c-3",
            {"relHumid": {"value": 58.5}, "pm2_5ConcMass": {"value": 9.75}, "mass_concentration_pm4p0": 4.5},
            {
                ("air/c-3", "humidity"): (58.5, "%"),
                ("air/c-3", "pm25"): (9.75, "µg/m³"),
                ("air/c-3", "pm4"): (4.5, "µg/m³"),
            },
            id="concentrations by mass",
        ),
        pytest.param(
            "door/d-3",
            {"magnet_status": "open", "battery": 90},
            {("door/d-3", "door_open"): (1.0, ""), ("door/d-3", "battery_level"): (90.0, None)},
            id="a magnet's word is its door's",
        ),
        pytest.param(
            "doors/all",
            {"doorId": "d-9", "status": "closed"},
            {("d-9", "door_open"): (0.0, "")},
            id="the state of what opens, by its id",
        ),
        pytest.param(
            "plant/all",
            {"device_id": "p-9", "water_flow": 1, "flow_rate_lpm": 7.5, "tank_level_pct": 41.5, "avg_speed_kmph": 38.5},
            {
                ("p-9", "water_flow"): (7.5, "L/min"),
                ("p-9", "filling_level"): (41.5, "%"),
                ("p-9", "speed"): (38.5, "km/h"),
            },
            id="a flag beside its amount, and units in short",
        ),
        pytest.param(
            "fleet/all",
            {"vehicle_id": "bus-9", "passenger_count": 41},
            {("bus-9", "people_count"): (41.0, "")},
            id="passengers are people",
        ),
        pytest.param(
            "lamp/l-3",
            {"lampPowerWatts": 58.5, "Generator voltage L1-N": 232.5},
            {("lamp/l-3", "power/lamp"): (58.5, "W"), ("lamp/l-3", "voltage/Generator_l1_n"): (232.5, None)},
            id="a thing's power with its unit, a line against neutral",
        ),
    ],
)  # fmt: skip
def test_monitors_message_is_read(
    topic: str, body: Any, expected: dict[tuple[str, str], tuple[float, str | None]]
) -> None:
    found = told(decode(topic, body))

    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        pytest.param(
            "collectd/web3/thermal-zone0/temperature",
            "1714962432.5:43.25",
            [("collectd/web3/thermal-zone0", 43.25, 1_714_962_432_500_000_000)],
            id="a value behind its moment",
        ),
        pytest.param(
            "graphite/in",
            "rack.r3.temperature 24.5 1532385129\nrack.r4.temperature 25.5 1532385139",
            [("rack.r3", 24.5, 1_532_385_129 * SECOND_NS), ("rack.r4", 25.5, 1_532_385_139 * SECOND_NS)],
            id="carbon's lines",
        ),
        pytest.param(
            "kura/k3",
            {"sentOn": 1491298822000, "metrics": {"temperature": 11.5}},
            [("kura/k3", 11.5, 1_491_298_822 * SECOND_NS)],
            id="when a message was sent",
        ),
        pytest.param(
            "boards/b3",
            {"message": {"timestamp": 1714637700}, "thermometer": {"temperature": 12.5}},
            [("boards/b3", 12.5, 1_714_637_700 * SECOND_NS)],
            id="a message's own time beside what was measured",
        ),
        pytest.param(
            "beats/b3",
            {"@timestamp": "2024-05-02T08:15:00Z", "sensor": {"temperature": 41.5}},
            [("beats/b3", 41.5, 1_714_637_700 * SECOND_NS)],
            id="a shipper's name for its time",
        ),
        pytest.param(
            "nb/n3",
            {"time": "2024/05/02 08:15:00", "temp": 13.5, "1": {"temp": 14.5, "timestamp": "2024/05/02 08:00:00"}},
            [("nb/n3", 13.5, None)],
            id="what was at another time is not of now, where nobody knows when",
        ),
        pytest.param(
            "nb/n4",
            {"1": {"temp": 14.5, "timestamp": "2024/05/02 08:00:00"}},
            [("nb/n4", 14.5, None)],
            id="a numbered part alone may be of now",
        ),
    ],
)
def test_moment_is_what_the_message_says(topic: str, body: Any, expected: list[tuple[str, float, int | None]]) -> None:
    found = [(m.sensor, m.value, m.time_ns) for m in decode(topic, body).measurements]

    assert found == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"name": "node_hwmon_temp_crit_celsius", "value": 100}, id="a limit with its unit written out"),
        pytest.param({"nominal_volts": 230}, id="what a plate says"),
        pytest.param({"fan_on_celsius": 60, "charger_float_volts": 13.5}, id="when something is switched"),
        pytest.param({"setting": 20, "settingunit": "°C", "price": 3, "priceunit": "kWh"}, id="a wish's and a price's"),
        pytest.param({"power_import": 3, "total_export": 4}, id="an import of what nobody says"),
        pytest.param({"lamp_power": 1}, id="a thing's switch"),
        pytest.param({"ubat": 12, "mode": 3}, id="one symbol alone"),
        pytest.param({"total": 0.31, "energy": 0.24, "tax": 0.07}, id="what energy costs without its tax"),
        pytest.param({"magnet": 3, "reed": 1}, id="a magnet's number"),
        pytest.param("1714962432:21.5", id="a moment and a value of what nobody says"),
        pytest.param("rack.temperature_max 21 1532385129", id="a limit in carbon's line"),
    ],
)  # fmt: skip
def test_what_is_no_reading_is_refused(body: Any) -> None:
    with pytest.raises(UndecodableMessage):
        decode("a/b", body)


def test_value_of_a_symbol_that_is_an_object_is_told_once() -> None:
    body = {
        "UAC": {"Unit": "V", "Value": 232.5},
        "IAC": {"Unit": "A", "Value": 3.5},
        "FAC": {"Unit": "Hz", "Value": 50.5},
    }

    found = [(m.quantity, m.value, m.unit) for m in decode("roof/inv", body).measurements]

    assert found == [("voltage", 232.5, "V"), ("current", 3.5, "A"), ("frequency", 50.5, "Hz")]


def test_short_number_of_a_board_is_nobodys_name() -> None:
    decoded = decode("box/k-4", {"system": {"sn": "0"}, "temperature": 20.5})

    assert told(decoded) == {("box/k-4", "temperature"): (20.5, None)}


def test_power_factor_is_no_per_mille() -> None:
    found = told(decode("box/k-3", {"PF": 998, "U1": 231, "I1": 2, "U2": 230}))

    assert ("box/k-3", "voltage/1") in found
    assert all(not name.startswith("power_factor") for _, name in found)
