"""What the variables of uninterruptible power supplies are, in apcaccess, Network UPS Tools and the UPS-MIB."""

import re
from functools import lru_cache

from ingest.decoders.known import Known

#: apcupsd's manual, "Status report fields": what is measured; transfer points, nominals and delays are settings.
APC = {
    "LINEV": Known("input_voltage", "V"),
    "LINEFREQ": Known("frequency", "Hz"),
    "LOADPCT": Known("load", "%"),
    "BCHARGE": Known("battery_level", "%"),
    "BATTV": Known("battery_voltage", "V"),
    "TIMELEFT": Known("battery_runtime", "min"),
    "OUTPUTV": Known("output_voltage", "V"),
    "OUTCURNT": Known("current", "A"),
    "ITEMP": Known("device_temperature", "°C"),
    "AMBTEMP": Known("temperature", "°C"),
    "HUMIDITY": Known("humidity", "%"),
}
#: Variables of Network UPS Tools (its developer guide, appendix A).
NUT = {
    "battery.charge": Known("battery_level", "%"),
    "battery.voltage": Known("battery_voltage", "V"),
    "battery.runtime": Known("battery_runtime", "s"),
    "battery.temperature": Known("battery_temperature", "°C"),
    "battery.current": Known("current", "A", "battery"),
    "input.voltage": Known("input_voltage", "V"),
    "input.frequency": Known("frequency", "Hz"),
    "input.current": Known("current", "A", "input"),
    "input.power": Known("apparent_power", "VA", "input"),
    "input.realpower": Known("power", "W", "input"),
    "output.voltage": Known("output_voltage", "V"),
    "output.frequency": Known("frequency", "Hz", "output"),
    "output.current": Known("current", "A"),
    "output.power": Known("apparent_power", "VA"),
    "output.realpower": Known("power", "W"),
    "ups.load": Known("load", "%"),
    "ups.temperature": Known("device_temperature", "°C"),
    "ups.power": Known("apparent_power", "VA"),
    "ups.realpower": Known("power", "W"),
    "ambient.temperature": Known("temperature", "°C"),
    "ambient.humidity": Known("humidity", "%"),
}
#: Variables of one of several, by the name that they have without its number or its phase.
_OF_SEVERAL = {
    **{name: NUT[name] for name in NUT if name.startswith(("input.", "output.", "ambient."))},
    "output.power.percent": Known("load", "%"),
    "outlet.voltage": Known("output_voltage", "V"),
    "outlet.current": Known("current", "A"),
    "outlet.power": Known("apparent_power", "VA"),
    "outlet.realpower": Known("power", "W"),
}
#: A phase, a phase against the next or the neutral, the bypass, the number of an outlet or a probe.
_WHICH = re.compile(r"L[123](?:-(?:N|L[123]))?|N|bypass|\d{1,3}", re.ASCII)
#: Objects of the UPS-MIB (RFC 1628) as SNMP pollers name them; several are counted in tenths.
UPS_MIB = {
    "upsEstimatedChargeRemaining": Known("battery_level", "%"),
    "upsEstimatedMinutesRemaining": Known("battery_runtime", "min"),
    "upsBatteryVoltage": Known("battery_voltage", "dV"),
    "upsBatteryCurrent": Known("current", "dA", "battery"),
    "upsBatteryTemperature": Known("battery_temperature", "°C"),
    "upsInputFrequency": Known("frequency", "dHz"),
    "upsInputVoltage": Known("input_voltage", "V"),
    "upsInputCurrent": Known("current", "dA", "input"),
    "upsInputTruePower": Known("power", "W", "input"),
    "upsOutputFrequency": Known("frequency", "dHz", "output"),
    "upsOutputVoltage": Known("output_voltage", "V"),
    "upsOutputCurrent": Known("current", "dA"),
    "upsOutputPower": Known("power", "W"),
    "upsOutputPercentLoad": Known("load", "%"),
    "upsBypassVoltage": Known("input_voltage", "V", "bypass"),
    # APC's own (PowerNet-MIB); what is told there with more digits is counted in tenths.
    "upsAdvBatteryCapacity": Known("battery_level", "%"),
    "upsAdvBatteryTemperature": Known("battery_temperature", "°C"),
    "upsAdvBatteryActualVoltage": Known("battery_voltage", "V"),
    "upsAdvInputLineVoltage": Known("input_voltage", "V"),
    "upsAdvInputFrequency": Known("frequency", "Hz"),
    "upsAdvOutputVoltage": Known("output_voltage", "V"),
    "upsAdvOutputFrequency": Known("frequency", "Hz", "output"),
    "upsAdvOutputCurrent": Known("current", "A"),
    "upsAdvOutputLoad": Known("load", "%"),
    "upsAdvOutputActivePower": Known("power", "W"),
    "upsHighPrecBatteryCapacity": Known("battery_level", "d%"),
    "upsHighPrecInputLineVoltage": Known("input_voltage", "dV"),
    "upsHighPrecInputFrequency": Known("frequency", "dHz"),
    "upsHighPrecOutputVoltage": Known("output_voltage", "dV"),
    "upsHighPrecOutputCurrent": Known("current", "dA"),
    "upsHighPrecOutputLoad": Known("load", "d%"),
    # Of many makers' network cards (XPPC-MIB, PPC's), in tenths but for what is a percentage.
    "upsSmartBatteryCapacity": Known("battery_level", "%"),
    "upsSmartBatteryVoltage": Known("battery_voltage", "dV"),
    "upsSmartBatteryRunTimeRemaining": Known("battery_runtime", "s"),
    "upsSmartInputLineVoltage": Known("input_voltage", "dV"),
    "upsSmartInputFrequency": Known("frequency", "dHz"),
    "upsSmartOutputVoltage": Known("output_voltage", "dV"),
    "upsSmartOutputFrequency": Known("frequency", "dHz", "output"),
    "upsSmartOutputLoad": Known("load", "%"),
}
#: Numbers of the UPS-MIB that stand for states, and the words of the other programs for the same.
MIB_STATES = {
    ("upsOutputSource", 3): "ONLINE",
    ("upsOutputSource", 5): "ONBATT",
    ("upsBatteryStatus", 3): "LOWBATT",
    ("upsBatteryStatus", 4): "LOWBATT",
}


@lru_cache(maxsize=1024)
def nut_variable(name: str) -> Known | None:
    """Return what a variable of Network UPS Tools is; of one phase or outlet the label says which."""
    known = NUT.get(name)
    if known is not None:
        return known
    parts = name.split(".")
    which = [part for part in parts[1:] if _WHICH.fullmatch(part)]
    known = _OF_SEVERAL.get(".".join(part for part in parts if part not in which)) if which else None
    if known is None:
        return None
    before = [parts[0]] if parts[0] == "outlet" else []
    return known._replace(label=" ".join(word for word in (known.label, *before, *which) if word))


def mib_object(name: str) -> tuple[str, str]:
    """Return an object's name without its module, and the row of its table; a scalar's row is 0, and no label."""
    plain, _, row = name.rpartition("::")[2].partition(".")
    return plain, "" if row == "0" else row
