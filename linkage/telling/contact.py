"""A person who can be reached, and the question who is on duty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: The posts of a department that telling asks for: its main duty officer, and its leader on duty (领导带班).
DUTY_POST, LEADER_POST = "duty", "leader"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with a telephone and channels; `channels` in order of preference, empty for the department's.

    `name_en` is how the name is written in English; empty where it is the same.
    """

    id: str
    name: str
    phone: str = ""
    channels: tuple[str, ...] = ()
    name_en: str = ""


#: Returns who is on duty for a department and post at a moment (UTC nanoseconds); nobody where no roster covers it.
OnDuty = Callable[[str, str, int], Sequence[Contact]]


def nobody_on_duty(_: str, __: str, ___: int) -> Sequence[Contact]:
    """Stand for a city without rosters."""
    return ()
