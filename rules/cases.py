"""Cases for rules, as YAML writes them: what sensors say when, and the alarms that must come of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from city.alarm import Change
from city.catalogue import Catalogue, Quantity
from city.clock import SECOND_NS, to_ns
from city.errors import BadCityFile
from city.level import Domain, Level
from city.place import Place
from city.quality import Quality
from city.sensor import Sensor
from city.yaml_lines import Located, parse_yaml
from rules.duration import read_duration_ns
from rules.faults import BadRuleBook, Faults
from rules.measure import read_scale
from rules.selection import read_corner

#: A Friday, a working day, at ten in the morning in China.
_STARTS_NS = to_ns(datetime(2026, 11, 20, 2, tzinfo=UTC))

#: A case is judged to the end at every second; longer ones are a slip of the pen.
LONGEST_NS = 40 * 86_400 * SECOND_NS

_OF_A_SENSOR = (
    *("interval", "district", "site", "grid", "upstream", "tags", "quantities", "recorded"),
    *("place", "code", "installed"),
)
_READING = (("sensor", "quantity"), ("at", "value", "values", "every", "until", "unit", "quality", "arrives"))
_EVENT = (("sensor", "event"), ("at", "every", "until", "confidence", "arrives"))
_EXPECTED = (("at", "rule"), ("sensor", "change", "level", "value"))
_CASE = (("name", "expect"), ("starts", "until", "rule", "readings", "events"))


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One reading or event, by when it arrives; times count from the start of the case."""

    arrives_ns: int
    at_ns: int
    sensor: str
    quantity: str = ""
    value: float = 0.0
    quality: int = 0
    event: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One change of an alarm; `value` only where the case says one."""

    at_ns: int
    rule: str
    target: str
    change: Change
    level: Level
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case; with `rule`, only what that rule does is compared; `sensors` stand beside those of the city."""

    name: str
    file: str
    line: int
    starts_ns: int
    until_ns: int
    rule: str = ""
    sensors: tuple[Sensor, ...] = ()
    said: tuple[Said, ...] = ()
    expected: tuple[Expected, ...] = ()


def read_cases(text: str, file: str, catalogue: Catalogue) -> list[Case]:
    """Return the cases in `text`.

    Raises:
        BadRuleBook: it holds mistakes; all of them are in it.
    """
    faults = Faults()
    cases: list[Case] = []
    sensors: list[Sensor] = []
    with faults:
        fields = parse_yaml(text, file).fields(("cases",), ("sensors",))
        for written in fields["sensors"].items() if "sensors" in fields else ():
            with faults:
                sensors.append(_sensor(written))
        for written in fields["cases"].items():
            with faults:
                cases.append(replace(_case(written, catalogue), sensors=tuple(sensors)))
    if faults.found:
        raise BadRuleBook(tuple(faults.found))
    return cases


def _sensor(written: Located) -> Sensor:
    """Return a sensor that only these cases have."""
    fields = written.fields(("id", "domain", "kind"), _OF_A_SENSOR)
    return Sensor(
        id=fields["id"].text(),
        name=fields["id"].text(),
        domain=Domain(fields["domain"].word(list(Domain))),
        kind=fields["kind"].text(),
        interval_s=read_duration_ns(fields["interval"]) / SECOND_NS if "interval" in fields else None,
        quantities=tuple(one.text() for one in fields["quantities"].items()) if "quantities" in fields else (),
        tags=frozenset(one.text() for one in fields["tags"].items()) if "tags" in fields else frozenset(),
        recorded=fields["recorded"].flag() if "recorded" in fields else False,
        district=_text(fields, "district"),
        site=_text(fields, "site"),
        grid=_text(fields, "grid"),
        upstream=_text(fields, "upstream"),
        place=Place(*read_corner(fields["place"])) if "place" in fields else None,
        code=_text(fields, "code"),
        installed=_day(fields["installed"]) if "installed" in fields else None,
    )


def _day(written: Located) -> date:
    """Return a day, which YAML reads as one where it has no quotes."""
    if isinstance(written.value, date) and not isinstance(written.value, datetime):
        return written.value
    try:
        return date.fromisoformat(written.text())
    except (BadCityFile, ValueError) as error:
        raise written.wrong(expected="a day such as `2026-11-20`") from error


def _text(fields: dict[str, Located], key: str) -> str:
    return fields[key].text() if key in fields else ""


def _case(written: Located, catalogue: Catalogue) -> Case:
    fields = written.fields(*_CASE)
    rule = fields["rule"].text() if "rule" in fields else ""
    readings = fields["readings"].items() if "readings" in fields else ()
    events = fields["events"].items() if "events" in fields else ()
    said = [one for reading in readings for one in _readings(reading, catalogue)]
    said += [one for event in events for one in _events(event)]
    expected = tuple(_expected(one, said) for one in fields["expect"].items())
    last_ns = max([0, *(one.arrives_ns for one in said), *(one.at_ns for one in expected)])
    until_ns = _at(fields["until"]) if "until" in fields else last_ns
    return Case(
        name=fields["name"].text(),
        file=written.file,
        line=written.line,
        starts_ns=_starts(fields["starts"]) if "starts" in fields else _STARTS_NS,
        until_ns=until_ns,
        rule=rule,
        said=tuple(sorted(said, key=lambda one: one.arrives_ns)),
        expected=expected,
    )


def _starts(written: Located) -> int:
    moment = written.value if isinstance(written.value, datetime) else None
    if isinstance(written.value, str):
        try:
            moment = datetime.fromisoformat(written.value)
        except ValueError:
            moment = None
    if moment is None:
        raise written.wrong(expected="a time such as `2026-11-20T08:00:00+08:00`")
    return to_ns(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def _at(written: Located) -> int:
    at_ns = read_duration_ns(written)
    if at_ns > LONGEST_NS:
        raise written.wrong(expected="at most 40 days")
    return at_ns


def _readings(written: Located, catalogue: Catalogue) -> Iterator[Said]:
    fields = written.fields(*_READING)
    if ("value" in fields) == ("values" in fields):
        raise written.wrong(expected="either `value` or `values`", got="both or neither")
    scale = read_scale(fields["quantity"], fields.get("unit"), catalogue)
    values = fields["values"].items() if "values" in fields else None
    times = list(_times(fields, None if values is None else len(values)))
    quality = _quality(fields["quality"]) if "quality" in fields else 0
    late_ns = read_duration_ns(fields["arrives"]) if "arrives" in fields else None
    told = values if values is not None else [fields["value"]] * len(times)
    name = fields["quantity"].text()
    for at_ns, written_value in zip(times, told, strict=True):
        value, arrives_ns = scale.read(written_value), at_ns if late_ns is None else late_ns
        flags = quality | (0 if _plausible(value, catalogue.of_series(name)) else int(Quality.OUT_OF_RANGE))
        for sensor in _sensors(fields["sensor"]):
            yield Said(arrives_ns, at_ns, sensor, name, value, flags)


def _plausible(value: float, quantity: Quantity | None) -> bool:
    """Return whether a value is within its quantity's range; ingest flags what is not."""
    if quantity is None:
        return True
    least, most = quantity.minimum, quantity.maximum
    return (least is None or value >= least) and (most is None or value <= most)


def _events(written: Located) -> Iterator[Said]:
    fields = written.fields(*_EVENT)
    confidence = fields["confidence"].number() if "confidence" in fields else None
    late_ns = read_duration_ns(fields["arrives"]) if "arrives" in fields else None
    for at_ns in _times(fields, None):
        arrives_ns = at_ns if late_ns is None else late_ns
        for sensor in _sensors(fields["sensor"]):
            yield Said(arrives_ns, at_ns, sensor, event=fields["event"].text(), confidence=confidence)


def _sensors(written: Located) -> list[str]:
    """Return the sensor that speaks, or all of a list that say the same."""
    return [one.text() for one in written.items()] if isinstance(written.value, tuple) else [written.text()]


def _times(fields: dict[str, Located], count: int | None) -> Iterable[int]:
    """Return when something is said: once, at each of a list, `count` times, or until a time."""
    start = fields.get("at")
    _check_times(fields, count)
    if start is not None and isinstance(start.value, tuple):
        return [_at(one) for one in start.items()]
    first_ns = _at(start) if start is not None else 0
    if "every" not in fields:
        return [first_ns]
    every_ns = read_duration_ns(fields["every"])
    if every_ns <= 0:
        raise fields["every"].wrong(expected="a duration above 0")
    if count is not None:
        return [first_ns + number * every_ns for number in range(count)]
    if "until" not in fields:
        raise fields["every"].wrong(expected="`until` beside `every`", got="nothing")
    return range(first_ns, _at(fields["until"]) + 1, every_ns)


def _check_times(fields: dict[str, Located], count: int | None) -> None:
    """Raise where it is not said when each value is, or said twice."""
    start, every, until = (fields.get(key) for key in ("at", "every", "until"))
    moments = len(start.items()) if start is not None and isinstance(start.value, tuple) else None
    if moments is not None and every is not None:
        raise every.wrong(expected="one time in `at` beside `every`", got=f"{moments}")
    if until is not None and every is None:
        raise until.wrong(expected="`until` beside `every`")
    if count is not None and every is None and count != (1 if moments is None else moments):
        said = "`every`, or as many times in `at`, beside `values`"
        raise fields["values"].wrong(expected=said, got=f"{count} values and {moments or 1} times")


def _quality(written: Located) -> int:
    words = {flag.name.lower(): int(flag) for flag in Quality if flag.name is not None and flag}
    members = written.items() if isinstance(written.value, tuple) else (written,)
    return sum({words[member.word(words)] for member in members})


def _expected(written: Located, said: Iterable[Said]) -> Expected:
    fields = written.fields(*_EXPECTED)
    sensors = {one.sensor for one in said}
    if "sensor" not in fields and len(sensors) != 1:
        raise written.wrong(expected="`sensor`, where several speak", got="nothing")
    return Expected(
        at_ns=_at(fields["at"]),
        rule=fields["rule"].text(),
        target=fields["sensor"].text() if "sensor" in fields else next(iter(sensors)),
        change=Change(fields["change"].word([change.value for change in Change]))
        if "change" in fields
        else Change.RAISED,
        level=Level.of(fields["level"].word([level.word for level in Level])) if "level" in fields else Level.NOTICE,
        value=fields["value"].number() if "value" in fields else None,
    )
