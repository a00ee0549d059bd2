"""What ingest and desk complain of, in plain words for machines' watchers: names and times, no addresses, no paths."""

from city.clock import iso
from city.feed import Trouble

_WORDS = {
    "broker_away": "broker `{name}` is not connected",
    "subscription_refused": "a subscription is refused: `{name}`",
    "intake_stopped": "nothing is committed: the {name} takes nothing",
    "reading_paused": "reading is paused: more is waiting than may",
    "not_caught_up": "more arrives than is taken in, or the start is not over",
    "history_away": "the history store takes nothing",
    "side_store_away": "the store of `{name}` takes nothing",
    "restored": "this is a restored copy that nobody has called the city",
    "journal_damaged": "journal rows or segments were set aside",
    "history_set_aside": "a history file was set aside",
    "history_misses": "the history misses what arrived",
    "points_refused": "the history store refused points",
    "side_file_damaged": "a file beside the journal was set aside",
    "rules_fault": "judging met a fault and began anew: `{name}`",
    "desk_fault": "work of the desk met a fault and is tried again: `{name}`",
    "alarm_set_aside": "alarms of the rule `{name}` met a fault and were set aside undecided",
}


def words_of(trouble: Trouble) -> str:
    """Return a trouble as a sentence with the time since which it is so."""
    said = _WORDS.get(trouble.kind, trouble.kind).format(name=trouble.name)
    return f"{said} since {iso(trouble.since_ns)}"
