"""How readings become a minute's bucket and minutes an hour's, in SQL: each quantity by its own mean."""

from city.catalogue import Aggregation
from city.clock import SECOND_NS
from city.history import Resolution

#: Width of a bucket of each rolled-up resolution, in nanoseconds.
WIDTH_NS = {Resolution.MINUTE: 60 * SECOND_NS, Resolution.HOUR: 3600 * SECOND_NS}

#: What a bucket holds, in the order of its table.
COLUMNS = ("count", "minimum", "maximum", "value", "last", "quality", "steadiness")

#: The aggregations as numbers, which is how statements are told them.
KINDS = {aggregation: number for number, aggregation in enumerate(Aggregation)}

_ENERGETIC, _CIRCULAR = KINDS[Aggregation.ENERGETIC], KINDS[Aggregation.CIRCULAR]
_SUM, _LAST = KINDS[Aggregation.SUM], KINDS[Aggregation.LAST]

#: The power of a level, never 0, whose logarithm is an error.
_POWER = "greatest(pow(10, value / 10), 1e-300)"
_BEARING = "(degrees(atan2({y}, {x})) + 360) % 360"


def start_of(time: str, width_ns: int) -> str:
    """Return the SQL of the start of the bucket that holds `time`; floors before 1970 too."""
    return f"({time} - ({time} % {width_ns} + {width_ns}) % {width_ns})"


def minutes_of(readings: str) -> str:
    """Return the SELECT of the minutes of `readings`, an SQL source that holds each reading once.

    It has the columns `sensor`, `quantity`, `kind`, `time_ns`, `value` and `quality`.
    """
    minute = start_of("time_ns", WIDTH_NS[Resolution.MINUTE])
    return f"""
        SELECT sensor, quantity, kind, minute AS time_ns, count(*) AS count, min(value) AS minimum,
            max(value) AS maximum,
            CASE kind
                WHEN {_ENERGETIC} THEN 10 * log10(avg(x))
                WHEN {_CIRCULAR} THEN {_BEARING.format(x="avg(x)", y="avg(y)")}
                WHEN {_SUM} THEN sum(x)
                WHEN {_LAST} THEN arg_max(value, time_ns)
                ELSE avg(x)
            END AS value,
            arg_max(value, time_ns) AS last, bit_or(quality) AS quality,
            CASE kind WHEN {_CIRCULAR} THEN sqrt(pow(avg(x), 2) + pow(avg(y), 2)) END AS steadiness
        FROM (
            SELECT sensor, quantity, kind, {minute} AS minute, time_ns, value, quality,
                CASE kind
                    WHEN {_ENERGETIC} THEN {_POWER}
                    WHEN {_CIRCULAR} THEN cos(radians(value))
                    ELSE value
                END AS x,
                CASE kind WHEN {_CIRCULAR} THEN sin(radians(value)) ELSE 0 END AS y
            FROM {readings}
        )
        GROUP BY sensor, quantity, kind, minute
    """


def hours_of(minutes: str) -> str:
    """Return the SELECT of the hours of `minutes`, an SQL source of buckets with the column `kind` besides."""
    hour = start_of("time_ns", WIDTH_NS[Resolution.HOUR])
    return f"""
        SELECT sensor, quantity, kind, hour AS time_ns, sum(count)::BIGINT AS count, min(minimum) AS minimum,
            max(maximum) AS maximum,
            CASE kind
                WHEN {_ENERGETIC} THEN 10 * log10(sum(x) / sum(count))
                WHEN {_CIRCULAR} THEN {_BEARING.format(x="sum(x)", y="sum(y)")}
                WHEN {_SUM} THEN sum(value)
                WHEN {_LAST} THEN arg_max(value, time_ns)
                ELSE sum(x) / sum(count)
            END AS value,
            arg_max(last, time_ns) AS last, bit_or(quality) AS quality,
            CASE kind WHEN {_CIRCULAR} THEN sqrt(pow(sum(x), 2) + pow(sum(y), 2)) / sum(count) END AS steadiness
        FROM (
            SELECT *, {hour} AS hour,
                count * CASE kind
                    WHEN {_ENERGETIC} THEN {_POWER}
                    WHEN {_CIRCULAR} THEN cos(radians(value)) * steadiness
                    ELSE value
                END AS x,
                CASE kind WHEN {_CIRCULAR} THEN count * sin(radians(value)) * steadiness ELSE 0 END AS y
            FROM {minutes}
        )
        GROUP BY sensor, quantity, kind, hour
    """
