"""Which list of the whole city an entry of the event log changes, so that screens read it again at once."""

from collections.abc import Mapping
from typing import Literal

#: Exercises that are played; what is proposed and what responds; who will be on duty; what sensors are in doubt.
Listed = Literal["drills", "responses", "duty", "hints"]

#: By the step of the entry, whether it stands in an incident's log or in the city's.
LISTS: Mapping[str, Listed] = {
    "start_drill": "drills",
    "inject": "drills",
    "end_play": "drills",
    "end_drill": "drills",
    "propose": "responses",
    "cease_proposal": "responses",
    "dismiss_proposal": "responses",
    "start_response": "responses",
    "raise_response": "responses",
    "lower_response": "responses",
    "end_response": "responses",
    "acknowledge_response": "responses",
    "roster_gap": "duty",
    "roster_change": "duty",
    "roster_revoke": "duty",
    "roster": "duty",
    "swap_agreed": "duty",
    "hint": "hints",
    "hint_changed": "hints",
    "hint_ordered": "hints",
    "hint_ended": "hints",
}
