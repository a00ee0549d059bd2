"""What the vendors' LoRaWAN codecs call their values, word by word, and the unit that they leave unsaid."""

from collections.abc import Iterable

from ingest.decoders.known import Known


def _all(known: Known, names: str) -> Iterable[tuple[str, Known]]:
    return ((name, known) for name in names.split())


#: Names in lower case, their words parted by `_`: CayenneLPP's and Decentlab's, Dragino's, Elsys', Milesight's,
#: Netvox', Seeed's, MClimate's, as their published decoders print them.
NAMES: dict[str, Known] = dict(
    (
        *_all(Known("temperature", "°C"), "temperature temp tempc tc tem air_temperature airtemp temperatures pt100"),
        *_all(Known("temperature", "°C"), "ambient_temperature leaf_temperature temperature_measure"),
        *_all(
            Known("temperature", "°C", "external"), "externaltemperature external_temperature temp_ext ext_thermistor"
        ),
        *_all(Known("soil_temperature", "°C"), "temp_soil soil_temperature soil_temp soiltemperature"),
        *_all(Known("water_temperature", "°C"), "water_temperature water_temp watertemp"),
        *_all(Known("road_temperature", "°C"), "road_temperature surface_temperature road_surface_temperature"),
        *_all(Known("dew_point", "°C"), "dew_point dewpoint"),
        *_all(Known("device_temperature", "°C"), "mcu_temperature mcu_temp board_temperature temperature_board"),
        *_all(Known("device_temperature", "°C"), "internal_temperature chip_temperature  device_temperature"),
        *_all(Known("device_temperature", "°C"), "cpu_temperature cpu_temp core_temperature"),
        # Dragino has one humidity probe, but two for temperature
        *_all(Known("humidity", "%"), "humidity hum humi hum_sht rh relative_humidity air_humidity humi_air airhum"),
        *_all(Known("soil_moisture", "%"), "water_soil soil_moisture moisture vwc soilmoisture soil_humidity soilhum"),
        *_all(Known("soil_moisture", "%"), "volumetric_water_content soil_volumetric_water_content"),
        *_all(Known("leaf_wetness", "%"), "leaf_moisture leaf_wetness"),
        *_all(Known("conductivity", "µS/cm"), "conduct_soil soil_conductivity ec conductivity soil_ec"),
        *_all(Known("conductivity", "µS/cm"), "electrical_conductivity soilconductivity"),
        *_all(Known("ph", "pH"), "ph ph_value ph1_soil soil_ph water_ph"),
        *_all(Known("dissolved_oxygen", "mg/L"), "dissolved_oxygen do"),
        *_all(Known("dissolved_solids", None), "tds"),
        *_all(Known("turbidity", "NTU"), "turbidity"),
        *_all(Known("redox_potential", "mV"), "orp redox_potential"),
        *_all(Known("wind_speed", "m/s"), "wind_speed windspeed wind_speed_avg average_wind_speed"),
        *_all(Known("wind_gust", "m/s"), "maximum_wind_speed wind_gust gust wind_speed_max windgust peak_wind_gust"),
        *_all(
            Known("wind_direction", "°"), "wind_direction wind_direction_sensor wind_direction_angle winddir wind_dir"
        ),
        *_all(
            Known("rain_intensity", "mm/h"), "rain_gauge rain_intensity rain_rate rainfall_hourly rainfall_intensity"
        ),
        *((f"{side}_wind_speed", Known(f"wind_speed_{side}", "m/s")) for side in ("north", "east")),
        *_all(Known("lightning_count", ""), "lightning_strike_count lightning_count lightning_strikes"),
        *_all(Known("precipitation", "mm"), "precipitation rain rainfall rain_amount"),
        *_all(Known("precipitation_total", "mm"), "rainfall_total rain_total total_rain cumulative_rain"),
        *_all(Known("uv_index", ""), "uv_index uv uvi"),
        *_all(Known("solar_radiation", "W/m²"), "solar_radiation tsr irradiance global_radiation solar_irradiance"),
        *_all(Known("par", None), "par ppfd photosynthetically_active_radiation light_quantum"),
        *_all(
            Known("illuminance", "lux"), "illuminance illumination light_intensity lux ill_lx illum light ambient_light"
        ),
        *_all(Known("light_level", ""), "light_level"),
        *_all(Known("luminosity", None), "luminosity"),
        *_all(Known("visibility", "m"), "visibility"),
        *_all(Known("snow_height", "cm"), "snow_height snow_depth"),
        # what codecs write in other languages
        *_all(
            Known("temperature", "°C"),
            "temperatur temperatuur temperatura température lufttemperatur 温度",
        ),
        *_all(
            Known("humidity", "%"),
            "luchtvochtigheid luftfeuchte luftfeuchtigkeit humedad humidité umidità 湿度",
        ),
        *_all(Known("battery_level", "%"), "batterie batterij bateria batería batteria 电量"),
        *_all(Known("water_level", None), "wasserstand pegel waterstand niveau_eau 水位 液位"),
        *_all(Known("filling_level", "%"), "fuellstand füllstand"),
        *_all(Known("distance", "mm"), "abstand distanz afstand distancia"),
        *_all(Known("wind_speed", "m/s"), "风速 windgeschwindigkeit"),
        *_all(Known("wind_direction", "°"), "风向 windrichtung"),
        *_all(Known("noise_level", "dB(A)"), "噪声 噪音"),
        # air
        *_all(Known("co2", "ppm"), "co2 carbon_dioxide co2_concentration"),
        *_all(Known("eco2", "ppm"), "eco2"),
        *_all(Known("nh3", "ppm"), "nh3"),
        *_all(Known("h2s", "ppm"), "h2s"),
        *_all(Known("ch4", None), "ch4 methane"),
        *_all(Known("hcho", "mg/m³"), "hcho ch2o formaldehyde"),
        *_all(Known("tvoc", None), "tvoc voc"),
        *_all(Known("iaq", ""), "iaq iaq_index"),
        *_all(Known("air_quality_index", ""), "aqi air_quality_index"),
        *((gas, Known(gas, None)) for gas in ("o3", "no2", "no", "so2", "co", "nox")),
        *_all(Known("pm1", "µg/m³"), "pm1 pm1_0 pm01 pm1p0 pm1_0_mass_concentration pm1_mass_concentration pm1_0_atm"),
        *_all(Known("pm25", "µg/m³"), "pm25 pm2_5 pm2p5 pm2_5_mass_concentration pm2_5_atm"),
        *_all(Known("pm4", "µg/m³"), "pm4 pm4_0 pm4p0 pm4_mass_concentration pm4_0_mass_concentration"),
        *_all(Known("pm10", "µg/m³"), "pm10 pm10_0 pm10p0 pm10_mass_concentration pm10_atm"),
        # noise
        *_all(Known("noise_laf", "dB(A)"), "laf"),
        *_all(Known("noise_laeq", "dB(A)"), "laeq leq sound_level_leq noise_avg sound_level_eq"),
        *_all(Known("noise_lafmax", "dB(A)"), "lafmax sound_level_lmax"),
        *_all(Known("noise_lamax", "dB(A)"), "lamax la_max noise_max"),
        *_all(Known("noise_lamin", "dB(A)"), "lamin la_min noise_min"),
        *((f"la{share}", Known(f"noise_l{share}", "dB(A)")) for share in (5, 10, 50, 90, 95)),
        *_all(
            Known("noise_level", "dB(A)"), "noise noise_level sound_level sound sound_pressure_level sound_intensity"
        ),
        *_all(Known("noise_level", "dB(A)", "peak"), "sound_peak soundpeak"),
        *_all(Known("noise_level", "dB(A)", "avg"), "sound_avg soundavg"),
        # water, waste
        *_all(Known("water_level", "cm"), "water_level waterlevel level_water liquid_level"),
        *_all(Known("water_level", None), "water_depth"),
        *_all(Known("water_flow", None), "water_flow water_flow_value flow_rate"),
        *_all(Known("water_flow", "m³/h"), "flow_m3h flow_m3_h"),
        *_all(Known("volume", "m³"), "volume_m3 total_volume_m3"),
        *_all(Known("distance", "mm"), "distance dist ultrasonic_distance"),
        *_all(Known("filling_level", "%"), "fill_level filling_level filllevel fill"),
        *_all(Known("depth", None), "depth"),
        *_all(Known("level", None), "level"),
        # electricity
        *_all(Known("voltage", "V"), "voltage"),  # of a circuit, or of the battery: what stands beside it tells
        *_all(Known("current", "A"), "current electric_current"),
        *_all(Known("power", "W"), "power active_power"),
        *_all(Known("reactive_power", "var"), "reactive_power"),
        *_all(Known("apparent_power", "VA"), "apparent_power"),
        *_all(Known("energy", None), "energy active_energy total_energy energy_total power_consumption power_sum"),
        *_all(Known("power_factor", ""), "power_factor pf factor"),
        *_all(Known("frequency", "Hz"), "frequency grid_frequency"),
        *_all(Known("battery_level", "%"), "battery bat_percentage battery_level battery_percentage soc bat_lvl"),
        *_all(Known("battery_level", "%"), "battery_lifetime_percentage battery_charge batterylevel remaining_battery"),
        *_all(Known("battery_voltage", "V"), "battery_voltage bat batt batv vbat volt bat_volt battery_volt vbatt"),
        *_all(Known("battery_voltage", "mV"), "vdd bat_mv battery_mv"),
        # people and vehicles
        *_all(
            Known("people_count", ""), "people_count people_counter_all people_count_all people_counter person_count"
        ),
        *_all(Known("people_in", ""), "period_in people_in count_in"),
        *_all(Known("people_out", ""), "period_out people_out count_out"),
        *_all(Known("people_in_total", ""), "total_in total_counter_in total_count_in people_in_total"),
        *_all(Known("people_out_total", ""), "total_out total_counter_out total_count_out people_out_total"),
        *_all(Known("vehicle_count", ""), "vehicle_count vehicles cars car_count"),
        *_all(Known("motion_count", ""), "motion_count pir_count"),
        *_all(Known("pulse_count", ""), "total_pulse pulse_count pulses pulse_abs"),
        *_all(Known("count", ""), "count counter pulse"),
        # states
        *_all(
            Known("occupied", ""), "occupied is_occupied presence desk_occupied parking_occupied parking_status parked"
        ),
        *_all(Known("motion", ""), "motion pir motion_detected is_motion pir_status"),
        *_all(Known("water_leak", ""), "water_leak waterleak leak leakage water_leakage water_leek flood"),
        *_all(Known("door_open", ""), "door_open door magnet"),
        *_all(Known("window_open", ""), "window_open window open_window"),
        *_all(Known("smoke", ""), "smoke smoke_detected smoke_alarm"),
        *_all(Known("fire", ""), "fire fire_detected fire_alarm"),
        *_all(Known("tamper", ""), "tamper tampered"),
        *_all(Known("digital_input", ""), "digital_in digital_input gpio_in gpio_input digital gpio"),
        *_all(Known("switch_state", ""), "switch switch_state"),
        # what flowed through a clamp since it was put on, and no current
        *_all(Known("total_current", None), "total_current current_total"),
        # CayenneLPP's
        *_all(Known("analog_input", None), "analog_in analog_input analog adc"),
        *_all(Known("analog_input", "V"), "adv"),
        *_all(Known("tilt", "°"), "tilt angle"),
        *((f"angle_{axis}", Known("tilt", "°", axis)) for axis in "xyz"),
    )
)

#: Quantities that are states: they may come as a truth, or as a word.
STATES = frozenset(
    {
        "occupied", "motion", "water_leak", "door_open", "window_open", "smoke", "fire", "tamper", "digital_input",
        "switch_state",
    }
)  # fmt: skip

#: What codecs write for a state that holds, and for one that does not.
STATE_WORDS = {
    **dict.fromkeys(
        ("open", "opened", "leak", "leaking", "trigger", "triggered", "occupied", "on", "true", "yes"), 1.0
    ),
    **dict.fromkeys(("detected", "motion", "alarm", "active", "water leak", "tampered", "uninstalled", "high"), 1.0),
    **dict.fromkeys(("closed", "close", "normal", "no leak", "idle", "vacant", "free", "off", "false", "no"), 0.0),
    **dict.fromkeys(("undetected", "none", "inactive", "untriggered", "unoccupied", "installed", "low"), 0.0),
}

#: Endings that say the unit.
UNITS = {
    "c": "°C", "degc": "°C", "celsius": "°C", "f": "°F", "degf": "°F", "fahrenheit": "°F",
    "%": "%", "pct": "%", "percent": "%", "percentage": "%", "perc": "%",
    "v": "V", "volt": "V", "volts": "V", "mv": "mV", "a": "A", "amp": "A", "ma": "mA", "w": "W", "kw": "kW",
    "wh": "Wh", "kwh": "kWh", "hz": "Hz", "ppm": "ppm", "ppb": "ppb", "ugm3": "µg/m³", "mgm3": "mg/m³",
    "mm": "mm", "cm": "cm", "m": "m", "hpa": "hPa", "pa": "Pa", "kpa": "kPa", "mbar": "mbar", "bar": "bar",
    "lux": "lux", "lx": "lux", "db": "dB", "dba": "dB(A)", "kmh": "km/h", "kph": "km/h", "mps": "m/s", "deg": "°",
    "kmph": "km/h", "mmh": "mm/h", "ntu": "NTU", "uscm": "µS/cm", "mgl": "mg/L",
}  # fmt: skip

#: Words that say which of several: probes, places, statistics.
LABELS = frozenset(
    {
        "sht", "sht31", "sht20", "ds", "ds18b20", "ext", "external", "int", "internal", "in", "out", "inside",
        "outside", "indoor", "outdoor", "min", "max", "avg", "average", "mean", "minimum", "maximum", "probe", "total",
        "period", "l1", "l2", "l3", "ir", "cf1", "air", "water",
    }
)  # fmt: skip
#: Words that say nothing; `status` and `state` only of what is a state.
FILLERS = frozenset({"sensor", "value", "val", "measurement", "measured", "reading", "actual", "current", "ambient"})
STATE_FILLERS = frozenset({"status", "state", "detected", "report"})

#: Words of settings, identities and what concerns the device itself; some are numbers and none is a measurement.
NO_READING = frozenset(
    {
        "status", "state", "time", "timestamp", "systimestamp", "datetime", "date", "type", "mode", "mod", "model",
        "version", "ver", "firmware", "hardware", "fw", "hw", "sw", "swver", "hwver", "datecode", "sn", "serial", "id",
        "uuid", "eui", "port", "fport", "band", "bytes", "payload", "raw", "interval", "config", "cmd", "command",
        "flag", "flags", "threshold", "limit", "trigger", "event", "events", "error", "err", "reset", "index", "node",
        "valid", "alarm", "alert", "target", "setpoint", "offset", "calibration", "set", "units", "hysteresis",
        "display", "settings", "delta", "diff", "nominal", "rated", "default", "desired", "uplink", "downlink",
        "reboot", "boot", "rssi", "signal", "csq", "rsrp", "rsrq", "imei", "imsi", "snr", "sinr", "lsnr", "fcnt",
        "frame", "frames", "seq", "sequence", "uptime", "unixtime", "unix", "epoch", "sats", "satellites", "sat",
        "hdop", "accuracy", "age", "reason", "code", "length", "size", "mac", "address", "addr", "channel_mask",
        "profile", "sensitivity", "range", "delay", "timeout", "rejoin", "adr", "dr", "sf", "tdc", "ext", "bw", "freq",
        "crc", "checksum", "variant", "tx", "rx", "gateway", "num", "last", "calculate", "connect", "connected", "out",
        "output", "acc", "accel", "acceleration", "accelerometer", "gyro", "history", "start", "region", "ipso",
        "retries", "protocol", "weight_type", "message", "msg", "multiplier", "conv", "divisor", "factory", "install",
        "installation", "mounting", "alive",
    }
)  # fmt: skip
#: Words of the above that as a part hold what was measured.
PARTS = frozenset({"status", "payload", "message", "msg", "period", "date", "range", "events", "event"})
#: Axes, by which nobody knows of what.
NO_NAME = frozenset({"x", "y", "z", "xaxis", "yaxis", "zaxis"})
#: What is told by axes, and is raw where nobody knows its name: `magnet_x`, `accX`.
AXES = ("x", "y", "z")
#: Vectors and colours, whose members are called by single letters; and parts about the radio.
NO_PART = frozenset(
    {
        "accelerometer", "acceleration", "accel", "gyrometer", "gyroscope", "colour", "color", "zclheader", "header",
        "rxinfo", "txinfo", "radio", "lora", "metadata", "network", "settings", "configuration", "thresholds", "limits",
        "alarms", "processalarms", "technicalalarms", "units", "info", "firmware", "grideye",
    }
)  # fmt: skip

#: SenseCAP's numbers of measurements (Seeed, "SenseCAP measurement ID list").
MEASUREMENT_IDS = {
    "4097": "air_temperature", "4098": "air_humidity", "4099": "light_intensity", "4100": "co2", "4101": "pressure",
    "4102": "soil_temperature", "4103": "soil_moisture", "4104": "wind_direction", "4105": "wind_speed", "4106": "ph",
    "4107": "light_quantum", "4108": "electrical_conductivity", "4113": "rainfall_hourly", "4190": "uv_index",
    "4191": "peak_wind_gust",
}  # fmt: skip
