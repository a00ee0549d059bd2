"""Machine rooms and roads in further shapes: power shelves, cooling, UPS as printed, car parks; in our own numbers."""

import pytest

from ingest.decoders.times import parse_time
from tests.support.decoding import decoded, told

XSI = 'xmlns="http://datex2.eu/schema/2/2_0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
NOON = "2026-03-04T12:00:00Z"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            {"PowerWatts": {"Reading": 410, "ApparentVA": 430, "ReactiveVAR": 61, "PowerFactor": 0.95}},
            {
                "power": (410.0, "W"),
                "apparent_power": (430.0, "VA"),
                "reactive_power": (61.0, "var"),
                "power_factor": (0.95, ""),
            },
            id="a power with its parts",
        ),
        pytest.param(
            {"Voltage": {"Reading": 229.5}, "CurrentAmps": {"Reading": 2.5}, "RatedCurrentAmps": 16},
            {"voltage": (229.5, "V"), "current": (2.5, "A")},
            id="a circuit, without what it is made for",
        ),
        pytest.param(
            {"SupplyTemperatureCelsius": {"Reading": 17.5}, "DeltaTemperatureCelsius": {"Reading": 8.5}},
            {"temperature/supply": (17.5, "°C"), "temperature_difference": (8.5, "K")},
            id="a loop's water",
        ),
        pytest.param(
            {"CellVoltages": [{"Reading": 3.25}, {"Reading": 3.5, "DataSourceUri": "/x/Sensors/Cell2"}]},
            {"cell_voltage": (3.25, "V"), "cell_voltage/Cell2": (3.5, "V")},
            id="cells",
        ),
        pytest.param(
            {"OutputVoltages": [{"Reading": 12.25}], "OutputCurrentAmps": [{"Reading": 7.5}]},
            {"output_voltage": (12.25, "V"), "current/output": (7.5, "A")},
            id="what a battery gives",
        ),
    ],
)
def test_redfish_power_and_cooling(said: dict[str, object], expected: object):
    body = {"@odata.id": "/redfish/v1/PowerEquipment/x", "Id": "x", "Name": "Part", **said}

    assert told(decoded("auto", "dc/pdu-3", body).measurements) == expected


def test_leaks_are_told_by_detector_and_dampness_by_group():
    rope, tray = {"DeviceName": "Rope", "DetectorState": "Warning"}, {"DeviceName": "Tray", "DetectorState": "OK"}
    group = {"GroupName": "Floor", "HumidityPercent": {"Reading": 44}, "Detectors": [rope, tray]}
    body = {"@odata.id": "/redfish/v1/x", "Name": "Leaks", "LeakDetectorGroups": [group]}

    found = decoded("auto", "dc/cdu-3", body).measurements

    assert [(one.sensor, one.quantity, one.value) for one in found] == [
        ("dc/cdu-3/Floor", "humidity", 44.0),
        ("dc/cdu-3/Rope", "water_leak", 1.0),
        ("dc/cdu-3/Tray", "water_leak", 0.0),
    ]


def test_ups_is_read_as_apcaccess_prints_it():
    lines = [
        "APC      : 001,036,0881",
        "DATE     : 2026-03-04 12:00:00 +0000  ",
        "UPSNAME  : cellar",
        "STATUS   : ONBATT ",
    ]
    lines += ["LINEV    : 0.0 Volts", "BCHARGE  : 71.0 Percent", "NOMINV   : 230 Volts", "END APC  : 2026-03-04"]

    found = decoded("auto", "x/y", "\n".join(lines).encode()).measurements

    assert told(found) == {"input_voltage": (0.0, "V"), "battery_level": (71.0, "%"), "on_battery": (1.0, "")}
    assert {(one.sensor, one.time_ns) for one in found} == {("cellar", parse_time(NOON))}


def test_ups_is_read_as_upsc_prints_it():
    text = b"Init SSL without certificate database\nbattery.charge: 55\nbattery.charge.low: 10\nups.status: OL\n"

    assert told(decoded("auto", "rack/7", text).measurements) == {"battery_level": (55.0, "%")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("input.L2-N.voltage", "input_voltage/L2-N", id="a phase against the neutral"),
        pytest.param("output.L3.current", "current/L3", id="a phase"),
        pytest.param("output.L1.power.percent", "load/L1", id="a phase's share"),
        pytest.param("input.bypass.voltage", "input_voltage/bypass", id="the bypass"),
        pytest.param("outlet.2.realpower", "power/outlet 2", id="an outlet"),
        pytest.param("ambient.1.temperature", "temperature/1", id="a probe"),
    ],
)
def test_ups_variables_of_one_of_several(name: str, expected: str):
    said = told(decoded("auto", "rack/7", {"ups.status": "OL", name: "12.5", f"{name}.nominal": 9}).measurements)

    assert [(key, value) for key, (value, _) in said.items()] == [(expected, 12.5)]


def test_ups_mib_tells_its_source_and_rows():
    body = {"UPS-MIB::upsOutputSource.0": 5, "UPS-MIB::upsInputVoltage.2": 231, "upsBatteryStatus.0": 3, "host": "u7"}

    assert told(decoded("auto", "snmp/x", {**body, "upsEstimatedChargeRemaining.0": 18}).measurements) == {
        "input_voltage/2": (231.0, "V"),
        "battery_level": (18.0, "%"),
        "on_battery": (1.0, ""),
        "battery_low": (1.0, ""),
    }


def _site(within: str) -> str:
    site = f'<measurementSiteReference id="S7"/><measurementTimeDefault>{NOON}</measurementTimeDefault>'
    inner = f'<measuredValue index="1"><measuredValue>{within}</measuredValue></measuredValue>'
    return f"<d2LogicalModel {XSI}><siteMeasurements>{site}{inner}</siteMeasurements></d2LogicalModel>"


def test_a_usual_value_beside_the_measured_one_is_no_reading():
    usual = "<basicDataReferenceValue><travelTime><duration>61.5</duration></travelTime></basicDataReferenceValue>"
    text = _site(f"<basicData><travelTime><duration>83.5</duration></travelTime></basicData><ext>{usual}</ext>")

    assert told(decoded("auto", "x", text.encode()).measurements) == {"travel_time/1": (83.5, "s")}


def test_xml_in_two_bytes_a_letter_is_read():
    text = _site("<basicData><occupancy><percentage>6.5</percentage></occupancy></basicData>")

    for payload in (text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
        assert told(decoded("auto", "x", payload).measurements) == {"occupancy/1": (6.5, "%")}


@pytest.mark.parametrize(
    ("state", "reference", "time", "said", "expected"),
    [
        pytest.param(
            "parkingRecordStatus", "parkingRecordReference", "parkingStatusOriginTime",
            "<parkingOccupancy><parkingNumberOfVacantSpaces>31</parkingNumberOfVacantSpaces>"
            "<parkingOccupancy>62.5</parkingOccupancy></parkingOccupancy>"
            "<parkingNumberOfSpacesOverride>90</parkingNumberOfSpacesOverride>",
            {"available_spots": (31.0, ""), "occupancy": (62.5, "%")},
            id="the extension",
        ),
        pytest.param(
            "parkingFacilityStatus", "parkingFacilityReference", "parkingFacilityStatusTime",
            "<parkingFacilityOccupancy>0.25</parkingFacilityOccupancy>"
            "<totalNumberOfVacantParkingSpaces>60</totalNumberOfVacantParkingSpaces>"
            "<totalParkingCapacityOverride>80</totalParkingCapacityOverride>",
            {"occupancy": (0.25, "1"), "available_spots": (60.0, "")},
            id="the model before it",
        ),
    ],
)  # fmt: skip
def test_car_parks_tell_what_is_free(state: str, reference: str, time: str, said: str, expected: object):
    inner = f'<{state}><{reference} id="P7"/><{time}>{NOON}</{time}>{said}</{state}>'
    found = decoded("auto", "x", f"<d2LogicalModel {XSI}>{inner}</d2LogicalModel>".encode()).measurements

    assert told(found) == expected
    assert {(one.sensor, one.time_ns) for one in found} == {("P7", parse_time(NOON))}


@pytest.mark.parametrize(
    ("metric", "quantity"),
    [("MeanConsumedWatts", "power"), ("CardCelsius", "temperature"), ("PowerLimitWatts", "PowerLimitWatts")],
)
def test_a_metric_is_known_by_its_ending_unless_it_is_a_limit(metric: str, quantity: str):
    body = {
        "@odata.type": "#MetricReport.v1_4_2.MetricReport",
        "MetricValues": [{"MetricId": metric, "MetricValue": "7"}],
    }

    (found,) = decoded("auto", "dc/bmc-7", {**body, "Id": "r"}).measurements

    assert found.quantity == quantity


def test_ups_by_its_makers_own_objects():
    body = {"sysName": "rack-7", "upsAdvOutputLoad": 21, "upsAdvBatteryNominalVoltage": 24}
    body["upsHighPrecInputLineVoltage"] = 2305

    assert told(decoded("auto", "snmp/x", body).measurements) == {"load": (21.0, "%"), "input_voltage": (2305.0, "dV")}


def test_ups_by_the_objects_of_many_makers_cards():
    body = {"sysName": "rack-7", "upsSmartOutputLoad": 21, "upsSmartBatteryVoltage": 271}

    assert told(decoded("auto", "snmp/x", body).measurements) == {"load": (21.0, "%"), "battery_voltage": (271.0, "dV")}
