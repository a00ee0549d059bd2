"""One template as it is written: which topics it reads, and which values of a body are readings."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from city.units import is_known
from ingest.templates.errors import BadPattern
from ingest.templates.path import Path
from ingest.templates.text import Text
from ingest.templates.topic import TopicPattern


def _path(text: str) -> str:
    try:
        Path.parse(text)
    except BadPattern as error:
        raise _wrong(error) from error
    return text


def _pattern(text: str) -> str:
    try:
        TopicPattern.parse(text)
    except BadPattern as error:
        raise _wrong(error) from error
    return text


def _text(text: str) -> str:
    try:
        Text.parse(text)
    except BadPattern as error:
        raise _wrong(error) from error
    return text


def _unit(text: str) -> str:
    if "{" not in text and not is_known(text):
        raise PydanticCustomError("unit", "Expected a unit that can be converted")
    return _text(text)


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("zone", "Expected an IANA time zone") from error


#: A moment that no form mistakes for the one it stands for where it leaves the year out.
_SOME_DAY = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)


def _form(form: str) -> str:
    try:
        read = datetime.strptime(_SOME_DAY.strftime(form), form)  # noqa: DTZ007 - only the day is looked at
    except ValueError as error:
        raise PydanticCustomError("form", "Expected a time as `strptime` writes it, such as `%Y-%m-%d`") from error
    if read.date() != _SOME_DAY.date():
        raise PydanticCustomError("form", "Expected a time with year, month and day")
    return form


def _wrong(error: BadPattern) -> PydanticCustomError:
    return PydanticCustomError("template", "Expected {said}", {"said": error.expected, "got": error.got})


JsonPath = Annotated[str, AfterValidator(_path)]
Words = Annotated[str, AfterValidator(_text)]
Unit = Annotated[str, AfterValidator(_unit)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Naming(_Part):
    """What a device's word for a quantity means."""

    quantity: str = Field(description="Quantity of the catalogue, or a name of its own", min_length=1)
    unit: Unit | None = Field(None, description="Unit of the values; none where the device does not say")
    label: Words | None = Field(None, description="Which of several of the kind; none: as the reading says")


class ReadingRule(_Part):
    """One value of a body that is a reading."""

    path: JsonPath = Field("$", description="Where the value lies, from the item that `each` finds")
    quantity: Words = Field(description="Quantity; `{name}` inserts what topic or path captured")
    unit: Unit | None = Field(None, description="Unit of the value; `{$.path}` takes it from the body")
    label: Words = Field("", description="Which of several of the kind")
    words: dict[str, float] = Field({}, description="Number for each word, where the value is one")
    absent: tuple[float, ...] = Field((), description="Values that stand for no value, such as -1 or 9999")
    when: dict[str, str] = Field({}, description="Glob patterns, with `|` between, for captured names")
    requires: JsonPath | None = Field(None, description="Only where this lies in the item, and is not `false`")
    without: JsonPath | None = Field(None, description="Only where this does not lie in the item")


class EventRule(_Part):
    """A value of a body that tells an event."""

    path: JsonPath = Field(description="Where the event's word lies; `false`, null, 0 and empty text are none")
    event: Words = Field(description="Name of the event; `{value}` inserts its word")
    attributes: dict[str, JsonPath] = Field({}, description="Name of each attribute, and where it lies in the item")
    when: dict[str, str] = Field({}, description="Glob patterns, with `|` between, for captured names")


class Template(_Part):
    """How the messages of some topics are read."""

    topic: Annotated[str, AfterValidator(_pattern)] = Field(
        description="Topic, with `{name}` for a level and `{name...}` for several"
    )
    body: Literal["scalar", "json", "either", "lines", "nothing"] = Field(
        "scalar", description="One value, a JSON document, either of them, line protocol, or nothing of interest"
    )
    sensor: Words = Field("{sensor}", description="The sensor; `{name}` and `{$.path}` insert captures and members")
    quantity: Words | None = Field(None, description="Quantity of a scalar")
    unit: Unit | None = Field(None, description="Unit of a scalar")
    label: Words = Field("", description="Which of several of the kind, of a scalar")
    each: tuple[JsonPath, ...] = Field(
        (), description="Where the items lie, each path from the items of the one before"
    )
    time: tuple[Words, ...] = Field((), description="Where the time lies, the first that is there")
    time_format: Annotated[str, AfterValidator(_form)] | None = Field(
        None, description="As strptime writes it; without it RFC 3339 or s, ms, µs, ns since 1970"
    )
    timezone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None, description="IANA zone of times without an offset"
    )
    decimal: Literal[".", ","] = Field(".", description="Sign before the decimals of numbers in text")
    words: dict[str, float] = Field({}, description="Number for each word that stands for a value")
    absent: tuple[float, ...] = Field((), description="Values that stand for no value, such as -1 or 9999")
    readings: tuple[ReadingRule, ...] = Field((), description="The values that are readings")
    names: dict[str, Naming] = Field({}, description="What the device's words for quantities mean, by glob pattern")
    units: dict[str, str] = Field({}, description="Unit for each word by which the body names one")
    only_named: bool = Field(default=False, description="Whether a word that `names` lacks is no reading")
    events: tuple[EventRule, ...] = Field((), description="The values that are events")
    status: dict[str, bool] = Field({}, description="Whether each word of a body, or of `status_paths`, means online")
    status_paths: tuple[JsonPath, ...] = Field(("$",), description="Where the word of `status` lies, the first there")
    requires: tuple[JsonPath, ...] = Field((), description="What must lie in the body; else it says nothing to us")
    sensor_tags: tuple[str, ...] = Field((), description="Line protocol: the tags that name the sensor")
    partial: bool = Field(default=False, description="Whether a message may hold none of the readings")

    @model_validator(mode="after")
    def _complete(self) -> "Template":
        says = bool(self.readings or self.events or self.status)
        if self.body == "scalar" and self.quantity is None and not (self.status or self.events):
            raise PydanticCustomError("template", "Expected `quantity` of a scalar", {"got": "nothing"})
        self._check_names()
        if self.body in {"json", "either"} and not says:
            raise PydanticCustomError("template", "Expected `readings`, `events` or `status`", {"got": "nothing"})
        return self

    def _check_names(self) -> None:
        """Refuse a name that neither topic nor path ever captures."""
        paths = [*self.each, *(rule.path for rule in self.readings), *(rule.path for rule in self.events)]
        known = set(TopicPattern.parse(self.topic).names).union(*(Path.parse(path).names for path in paths))
        if self.body in {"lines", "nothing"}:
            return
        texts = [self.sensor, self.quantity or "", self.label, *(rule.quantity for rule in self.readings)]
        for text in texts:
            unknown = Text.parse(text).names - known
            if unknown:
                raise PydanticCustomError("template", "Expected names that topic or paths capture", {"got": text})
