"""Times as a template says that its devices write them."""

from datetime import datetime, tzinfo

from city.clock import to_ns
from ingest.decoders.times import EARLIEST_NS, LATEST_NS, time_of


def moment_of(said: str, form: str | None, zone: tzinfo | None) -> int | None:
    """Return the moment that a text names in this form, else in RFC 3339 or as a count since 1970; None for no time."""
    if form is not None:
        return _strptime(said, form, zone)
    try:
        return time_of(float(said) if "." in said else int(said))
    except ValueError:
        return time_of(said, zone)


def _strptime(said: str, form: str, zone: tzinfo | None) -> int | None:
    try:
        moment = datetime.strptime(said, form)  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    if moment.tzinfo is None:
        return None
    time_ns = to_ns(moment)
    return time_ns if EARLIEST_NS <= time_ns < LATEST_NS else None
