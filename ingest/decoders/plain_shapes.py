"""The shapes in which strangers tell values: what members name, hold and surround one, and which are passed over."""

import re

#: In a record of one value: what names the quantity, the value and the unit.
WORDS = (
    "quantity", "parameter", "param", "metric", "measurement", "observedproperty", "property", "sensortype", "type",
    "kind", "indicatortype", "measurementtype", "readingtype", "indicator",
    "resourcename", "parametername", "metricname", "formula", "pollutant",
    "pointname", "itemname", "varname", "variablename", "identifier", "dataname", "fieldname", "signalname",
    "measurand", "comp", "tagpath",
    "name", "n", "key", "tag", "tagname", "variable", "field", "channel", "label", "sensor", "code", "id", "sensorid",
    "名称", "指标", "参数", "类型", "k", "nome", "nom", "nombre", "parametro", "paramètre",
    "inquinante", "contaminante", "m",
)  # fmt: skip
#: And what describes it, where nothing names it.
DESCRIBED = ("desc", "description")
VALUES = (
    "value", "v", "val", "reading", "result", "currentvalue", "currentreading", "measuredvalue", "detected", "actual",
    "valor", "valeur", "wert", "messwert", "waarde", "valore", "值", "数值", "d", "data", "rawdata",
    "presentvalue", "hassimpleresult",
)  # fmt: skip
#: Names of types, in which some wrap each value: Kura's `{"float": 27.5}`, protobuf's and DynamoDB's.
TYPES = frozenset(
    {
        "float", "double", "int", "int32", "int64", "integer", "long", "number", "bool", "boolean", "string",
        "floatvalue", "doublevalue", "intvalue", "integervalue", "longvalue", "numbervalue", "stringvalue",
        "boolvalue", "booleanvalue", "n",
    }
)  # fmt: skip
#: Members of a list that holds one quantity's values with their times.
POINT = frozenset({*VALUES, "time", "ts", "timestamp", "t", "at", "unit"})
#: Members around values that tell nothing of whose they are.
AROUND = frozenset(
    {
        "data", "values", "value", "readings", "reading", "payload", "measurements", "measurement", "params", "fields",
        "state", "reported", "current", "properties", "telemetry", "metrics", "body", "d", "attributes", "content",
        "message", "msg", "object", "decoded", "decodedpayload", "uplinkmessage", "observations", "items", "records",
        "services", "result", "results", "sensordata", "sensors", "devices", "nodes", "stations", "meters", "event",
        "report", "status", "environment", "env", "weather", "air", "airquality", "climate", "dashboarddata",
        "conditions", "uplink", "after", "sensordatas", "characteristics", "features", "livedata", "sensorreadings",
        "vals", "points", "pointset", "datas", "entity", "vehicle", "position",
    }
)  # fmt: skip
#: Those whose members are named by who measured.
MANY = frozenset(
    {
        "sensors", "devices", "nodes", "stations", "meters", "rooms", "zones", "subdevices", "subdevicedata", "bins",
        "containers", "tanks", "pumps", "lamps", "elevators", "lifts", "chargers", "poles", "gauges", "wells",
        "machines", "racks", "inverters", "vehicles", "buses", "cameras", "spots", "slots",
    }
)  # fmt: skip
#: Members in which numbers are no measurements of now: wishes, limits, other times, the way that the message took.
PASSED_OVER = re.compile(
    r"desired|delta|previous|config|setting|threshold|limit|target|setpoint|forecast|hourly|daily|history|calib"
    r"|meta|location|position|gateway|rxinfo|txinfo|command|request|min|max|average|statistic|alarm|offset|schedule"
    r"|aqi$|subindex|predict|expected|reference|nominal|rated|toleran|hyster|alert|yesterday|trend|baseline|default"
    r"|indices|precision|accurac|resolution|uncertaint|comfort|optimal|ideal|wish|allowed|permitted|warning|outdated|sensorstatus"
    r"|intervals?$|program|timetable|^(?:periods|plans?|actions?|scenes?|query|write|writes)$|^(?:ids|pins?|gpios?|rules?|quality|units?|weights|errors?|ranges?|simulations?)$"
)
#: In a point's own name: what was asked for or crossed, in either language.
NO_VALUE = re.compile(
    r"越限|越上限|越下限|上限|下限|阈值|报警|告警|设定|额定|budget|capacity|offered|" + PASSED_OVER.pattern
)
#: Units that stand for one quantity wherever they stand.
TELLING = frozenset(
    {
        "°C", "Cel", "degC", "%RH", "lx", "lux", "V", "mV", "A", "mA", "W", "kW", "VA", "kVA", "var", "kvar", "Wh",
        "kWh", "MWh", "Hz", "pH", "NTU",
    }
)  # fmt: skip
#: Told as whole percents or as a fraction; only what is above 1 says which.
PERCENTS = frozenset({"humidity", "soil_moisture"})
#: Units by whose names one value is told in each; the first that is there is taken.
BY_UNIT_NAME = {
    "celsius": "°C", "fahrenheit": "°F", "kelvin": "K", "percentage": "%", "percent": "%", "hpa": "hPa", "mbar": "mbar",
    "inhg": "inHg", "mps": "m/s", "kph": "km/h", "kmh": "km/h", "mph": "mph", "mm": "mm", "inches": "in",
}  # fmt: skip
#: Words that no topic's word stands for: a lamp's colour on a topic `temperature`.
OTHERWISE = frozenset({"colortemp", "colourtemp", "colortemperature", "colourtemperature"})
#: Members of a twin that hold what a device said of one property.
SAID = ("actual", "reported")
