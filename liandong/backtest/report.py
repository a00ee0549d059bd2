"""What a back-test found, as the table, the JSON and the page show it."""

import msgspec


class ByRule(msgspec.Struct, frozen=True):
    """One rule: the incidents that it would have opened, how bad they became, and how often it was raised at all."""

    rule: str
    name: dict[str, str]
    incidents: int
    levels: dict[str, int]
    alarms: int


class ByDepartment(msgspec.Struct, frozen=True):
    """One department: the incidents that would have been its business, and how they fall on its shifts.

    Attributes:
        shifts: in the span; `mean` and `most` are incidents of one of them, `most_at` when the busiest began.
        by_shift: the mean of the shifts that begin at one time of day, by that time (`08:00`).
    """

    department: str
    name: dict[str, str]
    incidents: int
    shifts: int
    mean: float
    most: int
    most_at: str
    by_shift: dict[str, float]


class Decided(msgspec.Struct, frozen=True):
    """How many changes of alarms admission decided on one way, for one reason."""

    action: str
    reason: str
    changes: int


class Side(msgspec.Struct, frozen=True):
    """What one book would have done; hours are of the city's day, 24 of them."""

    rules: int
    incidents: int
    alarms: int
    by_rule: list[ByRule]
    by_level: dict[str, int]
    by_hour: list[int]
    by_department: list[ByDepartment]
    decided: list[Decided]


class Differing(msgspec.Struct, frozen=True):
    """One incident that the two books do not open alike.

    Attributes:
        what: `new`, `gone`, `earlier`, `later`, or `level` for one that only becomes worse or less bad.
        at, live_at: when it is opened by the proposed book and by the one in force; empty where it is not.
        seconds: by how much the proposed book is later.
    """

    what: str
    rule: str
    target: str
    at: str
    live_at: str
    seconds: float
    level: str
    live_level: str


class Difference(msgspec.Struct, frozen=True):
    """How the proposed book differs from the one in force; `items` are the first of each kind in the span."""

    counts: dict[str, int]
    items: list[Differing]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One back-test.

    Attributes:
        from_, until: the span, RFC 3339; `history_from` where what is kept begins, empty where nothing is.
        closes_after_s: an incident was closed so long after its last alarm cleared.
        unheard_s: time in which nothing at all arrived: no silence counts in it.
        strangers: readings and events of sensors that are registered no more, which nobody judged.
        took_s: how long it took.
        notes: what a reader must know, in words.
    """

    from_: str = msgspec.field(name="from")
    until: str
    history_from: str
    readings: int
    events: int
    strangers: int
    unheard_s: float
    closes_after_s: float
    took_s: float
    proposed: Side
    live: Side | None = None
    difference: Difference | None = None
    notes: list[str] = msgspec.field(default_factory=list)
