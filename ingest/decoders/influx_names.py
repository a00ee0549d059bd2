"""Which tags name the sensor and which fields are measurements, for the Telegraf plugins that a city meets."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple


class Field(NamedTuple):
    """What a field measures; unit None: the plugin does not say."""

    quantity: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Plugin:
    """How one plugin writes.

    Attributes:
        sensor: parts of the sensor's name, joined with `/`; of each part the first tag that is there. A word that
            begins with `=` stands for itself.
        fields: what is measured.
        only: other fields are no measurements; else those that look like none are left out.
    """

    sensor: tuple[tuple[str, ...], ...]
    fields: dict[str, Field] = field(default_factory=dict)
    only: bool = False


_UPS_FIELDS = {
    "battery_charge_percent": Field("battery_level", "%"),
    "battery_runtime": Field("battery_runtime", "s"),
    "battery_voltage": Field("battery_voltage", "V"),
    "battery_temperature": Field("battery_temperature", "°C"),
    "internal_temp": Field("device_temperature", "°C"),
    "ups_temperature": Field("device_temperature", "°C"),
    "input_voltage": Field("input_voltage", "V"),
    "input_frequency": Field("frequency", "Hz"),
    "load_percent": Field("load", "%"),
    "output_voltage": Field("output_voltage", "V"),
    "output_current": Field("current", "A"),
    "real_power": Field("power", "W"),
    "time_left_ns": Field("battery_runtime", "ns"),
    "time_left_minutes": Field("battery_runtime", "min"),
}

#: Telegraf's default leaves `usage_active` out; what it is made of is told always.
_CPU_SHARES = ("idle", "user", "system", "iowait", "irq", "softirq", "nice", "steal", "guest", "guest_nice")

_REDFISH = (("address", "source"), ("name",))
#: Measurement -> how its plugin writes (Telegraf's documentation of each input plugin).
PLUGINS = {
    "upsd": Plugin((("ups_name", "serial"),), _UPS_FIELDS, only=True),
    "apcupsd": Plugin((("ups_name", "serial", "host"),), _UPS_FIELDS, only=True),
    "sensors": Plugin(
        (("chip",), ("feature",)),
        {
            "temp_input": Field("temperature", "°C"),
            "power_average": Field("power", "W"),
            "power_input": Field("power", "W"),
            "fan_input": Field("fan_speed", "rpm"),
            "in_input": Field("voltage", "V"),
            "curr_input": Field("current", "A"),
            "humidity_input": Field("humidity", "%"),
        },
        only=True,
    ),
    "snmp": Plugin((("sysName", "hostname", "agent_host", "source"),), {"uptime": Field("uptime", "s")}),
    "interface": Plugin(
        (("sysName", "hostname", "agent_host", "source"), ("ifDescr", "ifName", "ifIndex")),
        {
            "ifInOctets": Field("in_octets", "B"),
            "ifHCInOctets": Field("in_octets", "B"),
            "ifOutOctets": Field("out_octets", "B"),
            "ifHCOutOctets": Field("out_octets", "B"),
            "ifOperStatus": Field("oper_status", ""),
        },
        only=True,
    ),
    "modbus": Plugin((("name",), ("slave_id",))),
    "cpu": Plugin(
        (("host",), ("cpu",)),
        {"usage_active": Field("cpu_usage", "%"), **{f"usage_{one}": Field(f"cpu_{one}", "%") for one in _CPU_SHARES}},
        only=True,
    ),
    "mem": Plugin((("host",),), {"used_percent": Field("memory_usage", "%")}, only=True),
    "disk": Plugin((("host",), ("path", "device")), {"used_percent": Field("disk_usage", "%")}, only=True),
    "net": Plugin(
        (("host",), ("interface",)),
        {"bytes_recv": Field("in_octets", "B"), "bytes_sent": Field("out_octets", "B")},
        only=True,
    ),
    "system": Plugin(
        (("host",),),
        {"uptime": Field("uptime", "s"), **{name: Field(name, "") for name in ("load1", "load5", "load15")}},
        only=True,
    ),
    "temp": Plugin((("host",), ("sensor",)), {"temp": Field("device_temperature", "°C")}, only=True),
    "ping": Plugin(
        (("url",),),
        {"average_response_ms": Field("response_time", "ms"), "percent_packet_loss": Field("packet_loss", "%")},
        only=True,
    ),
    "redfish_thermal_temperatures": Plugin(_REDFISH, {"reading_celsius": Field("temperature", "°C")}, only=True),
    "redfish_thermal_fans": Plugin(
        _REDFISH,
        {"reading_rpm": Field("fan_speed", "rpm"), "reading_percent": Field("fan_speed", "%")},
        only=True,
    ),
    "redfish_power_powersupplies": Plugin(
        _REDFISH,
        {
            "power_input_watts": Field("power_input", "W"),
            "power_output_watts": Field("power_output", "W"),
            "last_power_output_watts": Field("power_output", "W"),
            "line_input_voltage": Field("input_voltage", "V"),
        },
        only=True,
    ),
    "redfish_power_voltages": Plugin(_REDFISH, {"reading_volts": Field("voltage", "V")}, only=True),
    "redfish_power_powercontrol": Plugin(_REDFISH, {"power_consumed_watts": Field("power", "W")}, only=True),
    "redfish_thermalsubsys_temperatures": Plugin(_REDFISH, {"reading_celsius": Field("temperature", "°C")}, only=True),
    "redfish_thermalsubsys_fans": Plugin(
        _REDFISH, {"reading_rpm": Field("fan_speed", "rpm"), "reading_percent": Field("fan_speed", "%")}, only=True
    ),
    "redfish_powersubsys_powersupplies": Plugin(
        _REDFISH,
        {
            "power_input_watts": Field("power_input", "W"),
            "power_output_watts": Field("power_output", "W"),
            "line_input_voltage": Field("input_voltage", "V"),
        },
        only=True,
    ),
    "redfish_powersubsys_redundancy": Plugin(_REDFISH, only=True),
    "redfish_storage": Plugin(_REDFISH, only=True),
    "openweathermap": Plugin((("city", "city_id"),)),
    "hddtemp": Plugin((("source", "host"), ("device",)), {"temperature": Field("device_temperature", "°C")}, only=True),
    "smart_device": Plugin((("host",), ("device",)), {"temp_c": Field("device_temperature", "°C")}, only=True),
    "nvidia_smi": Plugin(
        (("host",), ("uuid", "index")),
        {
            "temperature_gpu": Field("device_temperature", "°C"),
            "power_draw": Field("power", "W"),
            "fan_speed": Field("fan_speed", "%"),
        },
        only=True,
    ),
}

#: IPMI says the unit in a tag and nothing else of what it measures.
IPMI_SENSOR = (("server", "=local"), ("name",))
IPMI_QUANTITIES = {
    "watts": "power",
    "percent": "fan_speed",
    "rpm": "fan_speed",
    "degrees_c": "temperature",
    "volts": "voltage",
    "amps": "current",
}

#: Tags that name a sensor in measurements that we do not know, the more particular first.
SENSOR_TAGS = (
    "sensor", "sensor_id", "device", "device_id", "dev_eui", "deveui", "ups_name", "station", "station_id", "meter",
    "groupaddress", "id", "name", "topic", "location", "site", "sysName", "agent_host", "server", "source", "url",
    "host",
)  # fmt: skip

#: Fields that are settings, limits, identities or counters of the device itself.
NO_READING = re.compile(
    r"(^|_)(crit|max|min|hyst|low|high|warning|nominal|threshold|limit|interval|delay|timer|serial|productid|vendorid|id"
    r"|version|flags|index|port|status|type|code|driver|errors?|alarm|beep|parameter)(_|$)"
)
