"""The words that mean one quantity whoever wrote them, and the endings that say a unit: tables, and nothing else."""

from ingest.decoders.known import Known

#: Quantities whose bare name, or one of its aliases, is a measurement wherever it stands before a number.
PLAIN = frozenset(
    {
        "temperature", "humidity", "dew_point", "absolute_humidity", "atmospheric_pressure", "pressure",
        "wind_speed", "wind_gust", "wind_direction", "precipitation", "precipitation_total", "rain_intensity",
        "snow_height", "visibility", "solar_radiation", "uv_index", "road_temperature", "illuminance", "pm25",
        "pm10", "pm1", "pm4", "tsp", "so2", "no2", "nox", "o3", "co", "co2", "eco2", "nh3", "h2s", "ch4", "hcho",
        "tvoc", "air_quality_index", "noise_laeq", "noise_level", "noise_lamax", "noise_lamin", "noise_l10",
        "noise_l50", "noise_l90", "water_level", "water_table", "water_flow", "water_discharge",
        "water_temperature", "soil_temperature", "soil_moisture", "ph", "turbidity", "dissolved_oxygen",
        "conductivity", "dissolved_solids", "salinity", "redox_potential", "ammonia_nitrogen", "filling_level",
        "vehicle_count", "people_count", "people_in", "people_out", "occupied", "occupancy", "available_spots",
        "occupied_spots",
        "inlet_temperature", "outlet_temperature", "supply_air_temperature", "device_temperature",
        "battery_temperature", "voltage", "input_voltage", "output_voltage", "supply_voltage", "current", "power",
        "power_input", "power_output", "apparent_power", "reactive_power", "power_factor", "frequency", "energy",
        "energy_today", "energy_returned", "battery_level", "battery_voltage", "fan_speed", "water_leak", "smoke",
        "door_open", "window_open", "motion", "cpu_usage", "memory_usage", "disk_usage", "load", "battery_runtime",
        "distance", "speed", "tilt", "particulate_matter", "oxygen", "sea_level_pressure", "apparent_temperature",
        "heat_index", "wind_chill", "wet_bulb_temperature", "precipitation_today", "benzene", "toluene", "xylene",
        "ppfd", "mass", "elevator_floor", "lightning_count", "queue_length", "vehicle_density", "chlorophyll_a",
        "ammonium", "nitrate", "chloride", "residual_chlorine", "suspended_solids", "cod", "bod5", "toc",
        "total_nitrogen", "total_phosphorus", "dissolved_ammonia", "residual_current", "harmonic_distortion",
        "water_volume", "gas_volume", "air_flow", "dose_rate", "water_film", "road_friction", "on_battery", "tamper",
        "vibration_velocity", "pressure_difference", "carbon_monoxide_alarm", "sulfur_hexafluoride", "cell_voltage",
    }
)  # fmt: skip
#: Quantities of the device's radio and clock: kept beside a measurement, and no reading of the city's alone.
ASIDE = frozenset({"rssi", "snr", "link_quality", "wifi_quality", "uptime", "battery_ok"})
#: Words that in a stranger's message may as well be a switch or a mode, unless a unit follows.
AMBIGUOUS = frozenset(
    {
        "fan",
        "noise",
        "presence",
        "flood",
        "door",
        "leak",
        "angle",
        "light",
        "sound",
        "lamp",
        "radiation",
        "load",
        "runtime",
        "power_consumption", "power_usage", "total_power", "consumption", "light_intensity", "light_level",
        "luminosity", "brightness", "cod", "power_total", "total_power_consumption", "energy_consumed",
        "moisture", "battery_capacity", "remaining_capacity", "battery_remaining_capacity",
    }
)  # fmt: skip
#: Words of weather consoles that end in a unit of another sense than elsewhere (inches of mercury, not of length).
WHOLE = {
    "baromrelin": Known("atmospheric_pressure", "inHg"),
    "baromabsin": Known("atmospheric_pressure", "inHg", "absolute"),
    "baromrel": Known("atmospheric_pressure", None), "baromabs": Known("atmospheric_pressure", None, "absolute"),
    "tempin": Known("temperature", None, "in"), "totalrainin": Known("precipitation_total", "in"),
    "tempinf": Known("temperature", "°F", "in"), "humidityin": Known("humidity", "%", "in"),
    "kwh": Known("energy", "kWh"), "watts": Known("power", "W"), "amps": Known("current", "A"),
    "flow_temperature": Known("temperature", None, "flow"), "flow_temp": Known("temperature", None, "flow"),
    "watt": Known("power", "W"), "celsius": Known("temperature", "°C"), "fahrenheit": Known("temperature", "°F"),
    "kilowatts": Known("power", "kW"),
    "thdu": Known("harmonic_distortion", "%", "voltage"), "thdi": Known("harmonic_distortion", "%", "current"),
    "rainratein": Known("rain_intensity", "in/h"), "rain_rate_cm_per_hour": Known("rain_intensity", "cm/h"),
    "battery_mv": Known("battery_voltage", "mV"), "batt_mv": Known("battery_voltage", "mV"),
}  # fmt: skip
#: What is told in one unit only, whoever tells it.
SURE = {
    "co2": "ppm", "eco2": "ppm", "pm1": "µg/m³", "pm25": "µg/m³", "pm4": "µg/m³", "pm10": "µg/m³",
    "illuminance": "lux", "wind_direction": "°", "ph": "pH", "rssi": "dBm", "noise_laeq": "dB(A)",
}  # fmt: skip
#: Words that the catalogue lacks: Awair, AirGradient, weather consoles (Ecowitt, Ambient, WeeWX), BLE gateways.
MORE = {
    "humid": "humidity", "rhum": "humidity", "atmp": "temperature", "abs_humid": "absolute_humidity",
    "rco2": "co2", "pm01": "pm1", "pm02": "pm25", "pm2p5": "pm25", "lux": "illuminance",
    "outtemp": "temperature", "out_humidity": "humidity", "solarradiation": "solar_radiation", "uv": "uv_index",
    "windspd": "wind_speed", "wind_avg": "wind_speed", "windgust": "wind_gust", "wind_dir": "wind_direction",
    "barom": "atmospheric_pressure", "baro": "atmospheric_pressure", "vbat": "battery_voltage",
    "vbatt": "battery_voltage", "battery_v": "battery_voltage", "batt_v": "battery_voltage", "light": "illuminance",
    "rainrate": "rain_intensity", "batt": "battery_level", "bat": "battery_level", "battery_pct": "battery_level",
    "volt": "voltage", "soil_moist": "soil_moisture", "sound": "noise_level", "spl": "noise_level",
    "ec": "conductivity", "wind_deg": "wind_direction", "radiation": "solar_radiation", "humi": "humidity",
    "soil_humidity": "soil_moisture", "soil_hum": "soil_moisture", "battery_percentage": "battery_level",
    "battery_soc": "battery_level", "state_of_charge": "battery_level", "battery_state_of_charge": "battery_level",
    "power_delivered": "power", "water_temp": "water_temperature", "soil_temp": "soil_temperature",
    "tds": "dissolved_solids", "cpu_temp": "device_temperature", "cpu_temperature": "device_temperature",
    "chip_temp": "device_temperature", "board_temp": "device_temperature", "mcu_temp": "device_temperature",
    "power_active": "power", "power_reactive": "reactive_power", "power_apparent": "apparent_power",
    "water_height": "water_level", "cpu_load": "cpu_usage", "cpuload": "cpu_usage", "cpu_percent": "cpu_usage",
    "mem_usage": "memory_usage", "ram_usage": "memory_usage", "power_consumption": "power", "power_usage": "power",
    "total_power": "power", "power_total": "power", "consumption": "power", "total_power_consumption": "power",
    "light_intensity": "illuminance", "light_level": "illuminance", "luminosity": "illuminance",
    "brightness": "illuminance", "soil_ph": "ph", "water_ph": "ph", "soil_ec": "conductivity",
    "water_ec": "conductivity",
    "electrical_conductivity": "conductivity", "station_pressure": "atmospheric_pressure",
    "lightning_strike_count": "lightning_count", "energy_consumption": "energy", "energy_usage": "energy",
    "active_power": "power", "orp": "redox_potential", "soc": "battery_level",
    "total_rainfall": "precipitation_total", "rainfall_total": "precipitation_total",
    "total_rain": "precipitation_total", "rainfall_increment": "precipitation", "cellv": "cell_voltage",
    "inverter_temperature": "device_temperature", "heatsink_temperature": "device_temperature",
    "input_power": "power_input", "output_power": "power_output", "moisture": "soil_moisture",
    "battery_capacity": "battery_level", "remaining_capacity": "battery_level",
    "battery_remaining_capacity": "battery_level",
    "energy_consumed": "energy", "energy_total": "energy", "total_energy": "energy",
}  # fmt: skip
#: Chinese words beside the catalogue's own names.
CHINESE = {
    "电压": "voltage", "电流": "current", "功率": "power", "有功功率": "power", "实时功率": "power", "总功率": "power",
    "无功功率": "reactive_power", "视在功率": "apparent_power", "功率因数": "power_factor", "电能": "energy",
    "总电能": "energy", "有功电能": "energy", "正向有功总电能": "energy", "正向有功电能": "energy",
    "总能耗": "energy", "剩余电流": "residual_current", "漏电流": "residual_current", "水温": "water_temperature",
    "氨氮": "ammonia_nitrogen",
    "溶解氧": "dissolved_oxygen", "溶氧": "dissolved_oxygen", "电导率": "conductivity", "浊度": "turbidity",
    "余氯": "residual_chlorine", "总磷": "total_phosphorus", "总氮": "total_nitrogen", "降水量": "precipitation",
    "瞬时流量": "water_flow", "当前楼层": "elevator_floor", "气温": "temperature", "室外温度": "temperature",
    "相对湿度": "humidity", "温湿度温度": "temperature",
    "湿度": "humidity", "空气温度": "temperature", "环境温度": "temperature", "空气湿度": "humidity",
    "环境湿度": "humidity", "大气压": "atmospheric_pressure", "大气压力": "atmospheric_pressure",
    "噪声": "noise_level", "光照": "illuminance", "光照强度": "illuminance", "土壤湿度": "soil_moisture",
    "土壤温度": "soil_temperature", "电量": "battery_level", "电池电量": "battery_level", "雨量": "precipitation",
    "降雨量": "precipitation", "液位": "water_level", "水位": "water_level",
}  # fmt: skip
#: Ending of a word -> unit; the ending must convert into the quantity's unit, else it is none.
ENDINGS = {
    "degreescelsius": "°C", "degreesfahrenheit": "°F",
    "c": "°C", "celsius": "°C", "degc": "°C", "f": "°F", "fahrenheit": "°F", "degf": "°F", "k": "K", "kelvin": "K",
    "pct": "%", "percent": "%", "perc": "%", "rh": "%", "hpa": "hPa", "kpa": "kPa", "pa": "Pa", "mbar": "mbar",
    "bar": "bar", "psi": "psi", "inhg": "inHg", "mmhg": "mmHg", "mps": "m/s", "ms": "m/s", "m_s": "m/s",
    "kmh": "km/h", "kph": "km/h", "km_h": "km/h", "mph": "mph", "mi_h": "mph", "knots": "kn", "kn": "kn", "deg": "°",
    "degrees": "°", "mm": "mm", "cm": "cm", "m": "m", "in": "in", "ft": "ft", "mm_h": "mm/h", "mmh": "mm/h",
    "v": "V", "volts": "V", "mv": "mV", "a": "A", "amps": "A", "ma": "mA", "w": "W", "watts": "W", "kw": "kW",
    "va": "VA", "kva": "kVA", "var": "var", "wh": "Wh", "kwh": "kWh", "mwh": "MWh", "hz": "Hz", "ppm": "ppm",
    "ppb": "ppb", "ugm3": "µg/m³", "ug_m3": "µg/m³", "mgm3": "mg/m³", "mg_m3": "mg/m³", "mg_l": "mg/L", "ntu": "NTU",
    "lux": "lux", "lx": "lux", "db": "dB", "dba": "dB(A)", "dbm": "dBm", "wpm2": "W/m²", "wm2": "W/m²",
    "w_m2": "W/m²", "us_cm": "µS/cm", "seconds": "s", "sec": "s", "m3h": "m³/h", "m3_h": "m³/h", "lpm": "L/min",
    "rpm": "rpm", "%": "%", "percentage": "%", "ms_cm": "mS/cm", "us_per_cm": "µS/cm", "ms_per_cm": "mS/cm",
    "mgl": "mg/L",
    "mg_per_l": "mg/L", "ug_l": "µg/L", "ug_per_l": "µg/L", "kg": "kg", "mm_s": "mm/s", "mm_per_s": "mm/s",
    "umol_m2_s": "µmol/m²/s", "usv_h": "µSv/h", "m3": "m³", "liters": "L", "litres": "L", "l_min": "L/min",
    "l_s": "L/s", "m3_s": "m³/s", "mpa": "MPa", "kvar": "kvar", "kvarh": "kvarh", "minutes": "min",
    "hours": "h", "ohm": "ohm", "s": "s",
}  # fmt: skip
