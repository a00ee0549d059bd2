"""Whatever bytes arrive, the feeds and gateways give readings or a reason, and never anything else."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.decoders.options import DecoderOptions
from tests.support.decoding import DECODERS
from tests.support.whatever_bytes import assert_readings_or_reason

FAMILIES = (
    "datex2", "digitraffic", "hj212", "hsl_hfp", "milesight_gateway", "modbus_gateway", "purpleair", "redfish",
    "rtl_433", "sensor_community", "sparkplug_b", "thingpark_loriot", "ups", "wmbus", "one_m2m",
    "ais", "owntracks", "lwm2m",
)  # fmt: skip
TOPICS = st.sampled_from(
    [
        "maintenance-v2/routes/a",
        "tms-v2/1/2", "vessels-v2/1/location", "sse-v2/site/1", "traffic-message-v3/x", "nut/u", "SN/1/gps", "a/b", "",
        "spBv1.0/g/DDATA/n/d", "spBv1.0/g/NBIRTH/n", "spBv1.0/g/NDEATH/n", "redfish/h/Thermal",
        "/hfp/v2/journey/ongoing/vp/ferry/1/2", "rtl_433/h/events", "rtl_433/h/devices/m/1/temperature_C",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "registers", "GPS", "latitude", "longitude", "altitude", "sensordatavalues", "value_type", "value", "P1",
        "STATUS", "UPSNAME", "LINEV", "battery.charge", "battery", "charge", "@odata.id", "/redfish/v1/Chassis/1",
        "Temperatures", "Fans", "Reading", "ReadingCelsius", "Name", "MemberId", "Status", "State", "ReadingType",
        "SpeedPercent", "DevEUI_uplink", "DevEUI", "payload", "cmd", "rx", "EUI", "ts", "properties", "situationId",
        "type", "Feature", "geometry", "coordinates", "Point", "lat", "lon", "sog", "time", "timestamp", "sensor", "id",
        "sensor_type", "DevEUI_location", "DevLAT", "DevLON", "addr", "unit", "router_sn", "date_iso_8601",
        "VP", "oper", "veh", "tst", "desi", "occu", "model", "channel", "temperature_C", "wind_avg_km_h", "SensorId",
        "pm2_5_atm", "pm2_5_atm_b", "api_version", "fields", "data", "sensor_index", "devEUI",
        "applicationID", "object", "media", "meter", "total_m3", "m2m:sgn", "m2m:cin", "nev", "rep", "sur", "con", "to",
        "mmsi", "speed", "course", "heading", "rxtime", "_type", "location", "244660000", "Members",
        "DetectorState", "Critical", "FanSpeedPercent", "SpeedRPM", "MetricValues", "MetricProperty", "MetricValue",
        "params", "r_data", "name", "err", "vars", "ups.status", "OB LB", "OL", "ups_id", "ups.load", "x", "y", "tasks",
        "ep", "res", "/3303/0/5700", "val", "path", "resources",
        "siteMeasurements", "measurementSiteReference", "idG", "@id", "measuredValue", "@index", "indexG",
        "vehicleFlow",
        "vehicleFlowRate", "$", "_", "#text", "roaTrafficFlow",
    ]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | WORDS
    | st.sampled_from([10**400, "2026-11-20T08:00:00Z", "21 °C", "1e999", "12.5 Percent Load", 1667972911])
)  # fmt: skip
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
TAGS = st.sampled_from(
    [
        "siteMeasurements", "measurementSiteReference", "measurementTimeDefault", "measuredValue", "speed",
        "vehicleFlow", "vehicleFlowRate", "averageVehicleSpeed", "dataError", "elaboratedData",
        "predefinedLocationReference",
    ]
)  # fmt: skip
TREES = st.recursive(
    st.sampled_from(["", "-1", "5.5", "true", "2026-11-20T08:00:00Z"]),
    lambda inner: st.lists(st.builds("<{0} id='{1}' index='{1}'>{2}</{0}>".format, TAGS, st.integers(0, 3), inner)).map(
        "".join
    ),
    max_leaves=15,
)


#: One each for all examples, as a decoder that learns has one for all messages.
READY = [DECODERS[name](DecoderOptions()) for name in FAMILIES]
DATEX = DECODERS["datex2"](DecoderOptions())


@settings(max_examples=60)
@given(topic=TOPICS, payload=st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(topic: str, payload: bytes):
    for decoder in READY:
        assert_readings_or_reason(decoder, topic, payload)


@settings(max_examples=100)
@given(topic=TOPICS, body=BODIES)
def test_any_json_is_decoded_or_refused(topic: str, body: Any):
    payload = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    for decoder in READY:
        assert_readings_or_reason(decoder, topic, payload)


@settings(max_examples=50)
@given(inner=TREES)
def test_any_xml_is_decoded_or_refused(inner: str):
    assert_readings_or_reason(DATEX, "t", f"<siteMeasurements>{inner}</siteMeasurements>".encode())
    assert_readings_or_reason(DATEX, "t", f"<d>{inner}</d>".encode())
