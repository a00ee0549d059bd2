"""Which attributes of the Smart Data Models are measurements, and in which unit they are when `unitCode` is absent."""

from typing import NamedTuple


class Attribute(NamedTuple):
    """What an attribute of an entity measures.

    Attributes:
        unit: of the data model; None where the model leaves it open; RATIO where it is 0 to 1 by the model.
        label: which of several of a kind.
    """

    quantity: str
    unit: str | None = None
    label: str = ""


#: The model says 0 to 1, some platforms send percent: 0.54 can only be the one, 54 only the other.
RATIO = "ratio?"

_WEATHER = {
    "temperature": Attribute("temperature", "°C"),
    "relativeHumidity": Attribute("humidity", RATIO),
    "humidity": Attribute("humidity", RATIO),
    "atmosphericPressure": Attribute("atmospheric_pressure", "hPa"),
    "pressureTendency": Attribute("pressure_tendency"),
    "airTemperature": Attribute("temperature", "°C"),
    "airTemperature.instValue": Attribute("temperature", "°C"),
    "ambientTemperature": Attribute("temperature", "°C"),
    "dewPoint": Attribute("dew_point", "°C"),
    "windSpeed": Attribute("wind_speed", "m/s"),
    "gustSpeed": Attribute("wind_gust", "m/s"),
    "windDirection": Attribute("wind_direction", "°"),
    "precipitation": Attribute("precipitation", "mm"),
    "solarRadiation": Attribute("solar_radiation", "W/m²"),
    "illuminance": Attribute("illuminance", "lux"),
    "visibility": Attribute("visibility", "m"),
    "streamGauge": Attribute("stream_gauge", "cm"),
    "snowHeight": Attribute("snow_height", "cm"),
    "uVIndexMax": Attribute("uv_index", ""),
    "uvIndexMax": Attribute("uv_index", ""),
    "uvIndex": Attribute("uv_index", ""),
}
_GASES = ("so2", "no", "no2", "nox", "o3", "pm1", "pm10")
_AIR = {
    **{name: Attribute(name, "µg/m³") for name in _GASES},
    **{name.upper(): Attribute(name, "µg/m³") for name in _GASES},
    "pm25": Attribute("pm25", "µg/m³"),
    "pm2_5": Attribute("pm25", "µg/m³"),
    "PM2.5": Attribute("pm25", "µg/m³"),
    "PM25": Attribute("pm25", "µg/m³"),
    "NOx": Attribute("nox", "µg/m³"),
    "co": Attribute("co", "mg/m³"),
    "CO": Attribute("co", "mg/m³"),
    "co2": Attribute("co2", "ppm"),
    "CO2": Attribute("co2", "ppm"),
    "airQualityIndex": Attribute("air_quality_index", ""),
    "pm4": Attribute("pm4"),
    "tsp": Attribute("tsp"),
    "tpc": Attribute("tpc"),
}
_NOISE = {
    "LAeq": Attribute("noise_laeq", "dB(A)"),
    "LAeq_d": Attribute("noise_laeq_d", "dB(A)"),
    "LAmax": Attribute("noise_lamax", "dB(A)"),
    "LAS": Attribute("noise_las", "dB(A)"),
    "LAF": Attribute("noise_laf", "dB(A)"),
}
_TRAFFIC = {
    "vehicleCount": Attribute("vehicle_count", ""),
    "averageVehicleSpeed": Attribute("speed", "km/h"),
    "averageSpeed": Attribute("speed", "km/h"),
    "averageCrowdSpeed": Attribute("speed", "km/h", "crowd"),
    "maxSpeed": Attribute("max_speed", "km/h"),
    "minSpeed": Attribute("min_speed", "km/h"),
    "averageHeadwayTime": Attribute("headway_time", "s"),
    "averageGapDistance": Attribute("gap_distance", "m"),
    "averageVehicleLength": Attribute("vehicle_length", "m"),
    "occupancy": Attribute("occupancy", RATIO),
    "peopleCount": Attribute("people_count", ""),
    "peopleCountTowards": Attribute("people_in", ""),
    "peopleCountAway": Attribute("people_out", ""),
    "availableSpotNumber": Attribute("available_spots", ""),
    "occupiedSpotNumber": Attribute("occupied_spots", ""),
    "percentageOccupancy": Attribute("occupancy", "%"),
    "availableBikeNumber": Attribute("available_bikes", ""),
    "freeSlotNumber": Attribute("available_spots", ""),
    "fourWheelerSlots.availableSpotNumber": Attribute("available_spots", "", "fourWheeler"),
    "twoWheelerSlots.availableSpotNumber": Attribute("available_spots", "", "twoWheeler"),
}
_WATER = {
    "currentLevel": Attribute("water_level", "m"),
    "waterLevel": Attribute("water_level", "m"),
    "measuredDistance": Attribute("distance", "m"),
    "waterTable": Attribute("water_table", "m"),
    "investigationDepth": Attribute("investigation_depth", "m"),
    "waterDischarge": Attribute("water_discharge", "m³/s"),
    "fillingLevel": Attribute("filling_level", RATIO),
    "soilTemperature": Attribute("soil_temperature", "°C"),
    "soilMoistureVwc": Attribute("soil_moisture", RATIO),
    "soilMoisture": Attribute("soil_moisture", RATIO),
    "soilMoistureEc": Attribute("conductivity", None, "soil"),
    "eMF": Attribute("emf", ""),
    "batteryLevel": Attribute("battery_level", RATIO),
}

#: Ends of the types of entities that tell of what may come, or what things are: none of it was measured.
NOT_MEASURED = ("Forecast", "Alert", "Model", "Ordinance")

#: Attributes that mean the same in every model.
GENERIC = {**_WEATHER, **_AIR, **_NOISE, **_TRAFFIC, **_WATER}

#: Concentrations in the model of water quality, each in milligrams a litre.
_IN_WATER = {
    "O2": "dissolved_oxygen",
    "tss": "suspended_solids",
    "tds": "dissolved_solids",
    "NH4": "ammonium",
    "NH3": "dissolved_ammonia",
    "NO3": "nitrate",
    "Cl-": "chloride",
    "bod": "bod5",
    "cod": "cod",
}
_PHASES = ("L1", "L2", "L3", "N")
#: Values that the model of a meter gives for each phase.
_OF_PHASES = {
    "phaseVoltage": Attribute("voltage", "V"),
    "current": Attribute("current", "A"),
    "activePower": Attribute("power", "kW"),
    "reactivePower": Attribute("reactive_power", "kvar"),
    "apparentPower": Attribute("apparent_power", "kVA"),
    "powerFactor": Attribute("power_factor", ""),
}

#: Of a lamp or a group of lamps.
_LAMP = {
    "powerState": Attribute("switch_state", ""),
    "powerConsumption": Attribute("power"),
    "current": Attribute("current"),
    "voltage": Attribute("voltage", "V"),
    "powerFactor": Attribute("power_factor", ""),
    "illuminanceLevel": Attribute("lamp_level", RATIO),
}
#: Models of which each entity is one value, whose quantity is a value of its own.
SINGLE = frozenset({"DeviceMeasurement", "Measurement"})
#: A model whose attributes are the plants' own names; each has its level beside it.
POLLEN, POLLEN_LEVEL = "AeroAllergenObserved", "_Level"
#: A model of which each entity is a vehicle that a camera saw: its plate and make go no further.
PASSED = "AnprFlowObserved"

#: Attributes that mean something only in one model.
BY_TYPE = {
    "WaterQualityObserved": {
        **GENERIC,
        **{name: Attribute(quantity, "mg/L") for name, quantity in _IN_WATER.items()},
        "temperature": Attribute("water_temperature", "°C"),
        "pH": Attribute("ph", "pH"),
        "conductivity": Attribute("conductivity", "S/m"),
        "turbidity": Attribute("turbidity", "NTU"),
        "salinity": Attribute("salinity", "‰"),
        "orp": Attribute("redox_potential", "mV"),
        "Chla": Attribute("chlorophyll_a", "µg/L"),
        "flow": Attribute("water_flow"),
    },
    "ACMeasurement": {
        **{
            f"{name}.{phase}": Attribute(known.quantity, known.unit, phase)
            for name, known in _OF_PHASES.items()
            for phase in _PHASES
        },
        "frequency": Attribute("frequency", "Hz"),
        "totalActivePower": Attribute("power", "kW"),
        "totalReactivePower": Attribute("reactive_power", "kvar"),
        "totalApparentPower": Attribute("apparent_power", "kVA"),
        "totalPowerFactor": Attribute("power_factor", ""),
        "totalActiveEnergyImport": Attribute("energy", "kWh"),
        "totalActiveEnergyExport": Attribute("energy_returned", "kWh"),
    },
    "NoisePollution": {
        "Laeq2": Attribute("noise_laeq", "dB(A)"),
        "Lamax2": Attribute("noise_lamax", "dB(A)"),
        "Lanight": Attribute("noise_ln", "dB(A)"),
        "NoiseAnnoyanceIndex": Attribute("noise_annoyance_index", ""),
    },
    "NightSkyQuality": {
        "ambientTemperature": Attribute("temperature", "°C"),
        "skyTemperature": Attribute("temperature", "°C", "sky"),
        "skyMagnitude": Attribute("sky_magnitude"),
        "battery": Attribute("battery_voltage", "mV"),
    },
    "Vehicle": {
        "speed": Attribute("speed", "km/h"),
        "heading": Attribute("heading", "°"),
        "mileageFromOdometer": Attribute("mileage", "km"),
        "cargoWeight": Attribute("weight", "kg", "cargo"),
        "fuelLevel": Attribute("fuel_level", RATIO),
        "batteryLevel": Attribute("battery_level", RATIO),
    },
    "FleetVehicleStatus": {
        "speed": Attribute("speed", "km/h"),
        "bearing": Attribute("heading", "°"),
        "battery": Attribute("battery_level", RATIO),
        "restFuelAmount": Attribute("fuel_amount"),
        "mileageFromOdometer": Attribute("mileage", "km"),
    },
    "WaterConsumptionObserved": {"waterConsumption": Attribute("water_consumption")},
    "ParkingSpot": {"status": Attribute("occupied", "")},
    "Streetlight": _LAMP,
    "StreetlightGroup": _LAMP,
    "StreetlightControlCabinet": {
        "energyConsumed": Attribute("energy", "kWh"),
        "lastMeterReading": Attribute("meter_reading"),
        **{f"intensity{phase}": Attribute("current", "A", phase) for phase in "RST"},
        **{f"activePower{phase}": Attribute("power", None, phase) for phase in "RST"},
        **{f"reactivePower{phase}": Attribute("reactive_power", None, phase) for phase in "RST"},
        **{f"powerFactor{phase}": Attribute("power_factor", "", phase) for phase in "RST"},
    },
    "SeaConditions": {
        "surfaceTemperature": Attribute("water_temperature", "°C"),
        "waveHeight": Attribute("wave_height", "m"),
        "wavePeriod": Attribute("wave_period", "s"),
        "waveLevel": Attribute("wave_level", ""),
        "pH": Attribute("ph", "pH"),
        "salinity": Attribute("salinity", "‰"),
    },
    "SmartMeteringObservation": {
        "totalConsumption": Attribute("consumption"),
        "peakConsumption": Attribute("consumption", None, "peak"),
        "offPeakConsumption": Attribute("consumption", None, "off-peak"),
        "powerFactor": Attribute("power_factor", ""),
    },
    "Device": {"batteryLevel": Attribute("battery_level", RATIO), "rssi": Attribute("signal_strength")},
    "WasteObserved": {"weight": Attribute("weight", "kg"), "grossWeight": Attribute("weight", "kg", "gross")},
    "MosquitoDensity": {
        **{f"{name}Total": Attribute("mosquito_count", "", name) for name in ("species", "female", "male")},
        "airTemperature.instValue": Attribute("temperature", "°C"),
        "precipitation": Attribute("precipitation", "mm"),
    },
    "WasteContainer": {
        **GENERIC,
        "methaneConcentration": Attribute("ch4"),
        "cargoWeight": Attribute("weight", "kg"),
    },
    "EVChargingStation": {"availableCapacity": Attribute("available_spots", "")},
    "AirQualityObserved": {**GENERIC, "pressure": Attribute("atmospheric_pressure")},
    "TrafficFlowObserved": {**GENERIC, "intensity": Attribute("vehicle_count", "")},
    "ItemFlowObserved": {
        **GENERIC,
        "intensity": Attribute("item_count", ""),
        "averageLength": Attribute("item_length", "m"),
    },
    "PhreaticObserved": {**GENERIC, "depth": Attribute("depth", "m"), "pressure": Attribute("pressure")},
    "WaterObserved": {
        **GENERIC,
        "flow": Attribute("water_flow"),
        "height": Attribute("water_height", "m"),
    },
    # The Indian model: of each value its average, extremes and the momentary one.
    "AirQualityMonitoring": {
        "airQualityIndex": Attribute("air_quality_index", ""),
        "airTemperatureTSA.instValue": Attribute("temperature", "°C"),
        "ambientNoiseTSA.instValue": Attribute("noise_level", "dB(A)"),
        "atmosphericPressureTSA.instValue": Attribute("atmospheric_pressure", "hPa"),
        "relativeHumidityTSA.instValue": Attribute("humidity", "%"),
        "pm25TSA.instValue": Attribute("pm25", "µg/m³"),
        "pm10TSA.instValue": Attribute("pm10", "µg/m³"),
        "no2TSA.instValue": Attribute("no2", "µg/m³"),
        "o3TSA.instValue": Attribute("o3", "µg/m³"),
        "so2TSA.instValue": Attribute("so2", "µg/m³"),
        "coTSA.instValue": Attribute("co", "mg/m³"),
        "co2TSA.instValue": Attribute("co2", "ppm"),
    },
}
#: What the model of a meter was called before.
BY_TYPE["ThreePhaseAcMeasurement"] = BY_TYPE["ACMeasurement"]
