"""What ingest tells the other processes: history, latest values, the alarm outbox, what it could not understand."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from city.alarm import AlarmTransition, Shadow
from city.entry import Connection
from city.history import KeptEvent, LatestReading, Series, SeriesQuery
from city.intake import BrokerStatus, Shed
from city.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Heard:
    """The beginning of a message of a sensor that is not registered."""

    time_ns: int
    topic: str
    sample: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """A sensor that sends but is not registered.

    Attributes:
        heard: its last messages, the newest first.
        proposed: what it could be registered as, by what it sent.
    """

    sensor: str
    first_ns: int
    last_ns: int
    messages: int
    topic: str
    quantities: tuple[str, ...] = ()
    sample: str = ""
    heard: tuple[Heard, ...] = ()
    proposed: Sensor | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be understood; `payload` is cut to 64 KiB.

    Attributes:
        tries: how often it was replayed and not understood again; `reason` is the last one.
        replayed_ns: when it was replayed and understood; None while it was not.
        broker: the name of the broker that it came from; empty for messages that an earlier version kept.
    """

    id: int
    time_ns: int
    topic: str
    reason: str
    detail: str
    size: int
    payload: bytes = b""
    tries: int = 0
    replayed_ns: int | None = None
    broker: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Which quarantined messages; what is empty asks for nothing in particular.

    Attributes:
        source: the beginning of the topic that `quarantine_counts` tells.
        topic: an MQTT topic filter.
        broker: a broker's name.
    """

    reason: str = ""
    source: str = ""
    topic: str = ""
    broker: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineCount:
    """How many messages of one reason and source are kept: those not understood yet, and those replayed since."""

    reason: str
    source: str
    waiting: int
    replayed: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of replaying some messages.

    Attributes:
        refused: still not understood; they stay, with the reason they now have.
        cut: never to be replayed, as not all their bytes were kept.
        upto: the last one that was looked at; go on behind it while there is `more`.
    """

    understood: int
    refused: int
    cut: int
    upto: int
    more: bool


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """An alarm transition waiting for linkage; `number` rises by at least one."""

    number: int
    transition: AlarmTransition


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule of the book in force.

    Attributes:
        shadow: how it runs in shadow; None for one that tells people.
        switch: file and line that put it into shadow; empty for one that is not.
    """

    id: str
    name: dict[str, str]
    kind: str
    source: str
    file: str
    line: int
    domain: str
    quantity: str
    levels: dict[str, str]
    sensors: int
    active: int
    incident_class: str
    priority: dict[str, int]
    departments: tuple[str, ...]
    text: str = ""
    shadow: Shadow | None = None
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Concerned:
    """What a rule in force looks at where it judges one sensor, or the place of a group of them.

    Attributes:
        sensors: the one asked about, if it is registered, and all those by which its targets are judged.
        series: sensor and quantity of what is read; no quantity where it is events, `*` for whatever the sensor says.
        book: the rule files in force, with the calendar they go by; put in force at `book_since_ns`.
        levels: of each target with an alarm that stands open now, the level's word.
        connections: when ingest began and ceased to hear the broker, as far as the journal reaches back:
            `heard_since_ns`, 0 where it holds everything since the first start.
        forgotten_ns: readings older than this are kept no longer; None where all are.
    """

    rule: str
    registered: bool
    sensors: tuple[Sensor, ...]
    series: tuple[tuple[str, str], ...]
    book: tuple[tuple[str, str], ...]
    book_version: str
    book_since_ns: int
    zone: str
    holidays: str
    levels: dict[str, str] = field(default_factory=dict)
    connections: tuple[Connection, ...] = ()
    heard_since_ns: int = 0
    forgotten_ns: int | None = None


#: Kinds of damage and loss, which are told until somebody has looked.
DAMAGE_KINDS = ("journal_damaged", "history_set_aside", "history_misses", "points_refused", "side_file_damaged")

#: Kinds of what does not work now, which are told while they last.
AILMENT_KINDS = (
    "broker_away", "subscription_refused", "intake_stopped", "reading_paused", "not_caught_up", "history_away",
    "side_store_away", "restored",
)  # fmt: skip
TROUBLE_KINDS = DAMAGE_KINDS + AILMENT_KINDS

#: Kinds that judging tells, until ingest is started again.
JUDGING_KINDS = ("rules_fault",)

#: Kinds that the desk tells of itself, while they last.
DESK_KINDS = ("alarm_set_aside", "desk_fault")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is damaged or lost, or that does not work now.

    Attributes:
        kind: one of `TROUBLE_KINDS`, `JUDGING_KINDS` or `DESK_KINDS`.
        detail: a file, a span of time, or what a broker or store said itself, so that it needs no language.
        name: the broker, with its topic filter where it is about one, the store, the rule or kind of rules; empty where
            there is none.
    """

    kind: str
    since_ns: int
    detail: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """How ingest is: connection, depths, ages and counts."""

    listening: bool
    broker: str
    since_ns: int
    journal_position: int
    history_position: int
    judged_position: int
    history_error: str
    book_version: str
    book_error: str
    counters: dict[str, float] = field(default_factory=dict)
    brokers: tuple[BrokerStatus, ...] = ()
    troubles: tuple[Trouble, ...] = ()


class SensorChange(msgspec.Struct, frozen=True, gc=False):
    """What is new about one sensor: latest readings, and alarm level, silence and status as it stands now."""

    sensor: str
    readings: tuple[LatestReading, ...] = ()
    state: str = ""


#: Sensors whose states are told at once.
STATES_AT_ONCE = 50_000


class StatesPage(msgspec.Struct, frozen=True):
    """The states of some sensors, those that are registered or that alarms stand on, in order of id.

    Attributes:
        version: what `Feed.changes` is asked with, so that it tells all that changed after this page.
        ids, codes: the sensors, and of each a byte that is the place of its state among `words`.
        more: whether there are more behind the last of them.
    """

    version: int
    ids: tuple[str, ...] = ()
    codes: bytes = b""
    words: tuple[str, ...] = ()
    more: bool = False

    def states(self) -> dict[str, str]:
        """Return the word of each sensor."""
        return {sensor: self.words[code] for sensor, code in zip(self.ids, self.codes, strict=True)}


class Feed(Protocol):
    """Ingest, as the desk and the API see it. Every call raises StoreUnavailable while ingest is away."""

    async def latest(self, sensors: Sequence[str]) -> list[LatestReading]:
        """Return the newest readings of these sensors."""
        ...

    async def series_heard(self, after: int, limit: int) -> list[tuple[str, str]]:
        """Return sensor and quantity of series heard lately, in order of first hearing, behind the `after` first."""
        ...

    async def states(self, after: str, limit: int) -> StatesPage:
        """Return the states of the first `limit` sensors with ids beyond `after`.

        A state is `normal`, `notice`, `major`, `critical`, `silent`, `offline` or `unknown`.
        """
        ...

    async def readings(self, query: SeriesQuery) -> Series:
        """Return one series from history, with what is not yet written there."""
        ...

    async def events(self, sensor: str, start_ns: int, end_ns: int, limit: int) -> list[KeptEvent]:
        """Return a sensor's events, newest first."""
        ...

    async def discovered(self, after: str, limit: int) -> list[Discovered]:
        """Return sensors that send but are not registered, by id, from after `after`."""
        ...

    async def stranger(self, sensor: str) -> Discovered:
        """Return one sensor that sends but is not registered; raises NotFound."""
        ...

    async def quarantined(self, before: int, limit: int, wanted: Refusals) -> list[Quarantined]:
        """Return quarantined messages, newest first, with ids below `before` (0: from the newest), without bytes."""
        ...

    async def quarantine_counts(self) -> list[QuarantineCount]:
        """Return how many messages are in quarantine, by reason and source."""
        ...

    async def replay_quarantined(self, wanted: Refusals, after: int, limit: int) -> Replayed:
        """Understand wanted messages with ids beyond `after` anew, as if they came when they came, each at most once.

        Raises Conflict while what an earlier call brought is still being noted.
        """
        ...

    async def quarantined_bytes(self, number: int) -> Quarantined:
        """Return one quarantined message whole; raises NotFound."""
        ...

    async def shed(self, before: int, limit: int) -> list[Shed]:
        """Return what was shed by hour, source and reason, newest first, with ids below `before` (0: the newest)."""
        ...

    async def outbox(self, limit: int, wait_s: float) -> list[OutboxItem]:
        """Return the oldest unsettled transitions; when there are none, wait up to `wait_s` for one."""
        ...

    async def settle(self, upto: int) -> None:
        """Forget outbox items up to and including this number: linkage has decided on them."""
        ...

    async def rules(self) -> list[RuleSummary]:
        """Return the rule book in force."""
        ...

    async def concerning(self, sensor: str) -> list[str]:
        """Return the ids of the rules in force that judge a sensor, or a place that alarms of theirs are about."""
        ...

    async def concerned(self, rule: str, sensor: str) -> Concerned:
        """Return what a rule in force looks at for a sensor or a place; raises NotFound for an unknown rule or name."""
        ...

    async def status(self) -> IngestStatus:
        """Return how ingest is."""
        ...

    async def refresh(self) -> None:
        """Read registry and rule book again; a bad book leaves the one in force and is told in `status`."""
        ...

    def changes(self, version: int) -> AsyncIterator[list[SensorChange]]:
        """Yield what changed, at most four times a second; who falls behind misses values in between, never states.

        States are those that changed after `version`, as `states` told it.
        """
        ...
