"""Duty as the API sends it: times in RFC 3339, names beside usernames, nothing left to look up."""

from typing import Any

from linkage.views import Moment, Names, View


class DutyPerson(View):
    """Somebody on duty, and how to reach them where the roster says it."""

    username: str
    name: str
    phone: str = ""
    name_en: str = ""


class PostDuty(View):
    """Who has the duty of a post at a moment; with nobody in `people` it is a gap.

    `signed`: they signed for it. `planned`: whom the roster has then.
    """

    department: str
    post: str
    name: Names
    signs: bool
    people: tuple[DutyPerson, ...]
    since_at: Moment | None
    until_at: Moment | None
    signed: bool
    planned: tuple[DutyPerson, ...]


class DutyNow(View):
    """Who is on duty at a moment."""

    at: Moment
    posts: tuple[PostDuty, ...]


class Shift(View):
    """A shift as roster and changes have it."""

    from_at: Moment
    to_at: Moment
    people: tuple[DutyPerson, ...]


class Lack(View):
    """A span in which nobody is on duty."""

    from_at: Moment
    to_at: Moment


class Twice(View):
    """A person who is on duty in two posts at once."""

    person: DutyPerson
    posts: tuple[str, str]
    from_at: Moment
    to_at: Moment


class Day(View):
    """A local day: whether offices are open, and what its holiday is called."""

    date: str
    working: bool
    name: Names | None


class PostRoster(View):
    """A post's shifts within a span, and its gaps."""

    department: str
    post: str
    name: Names
    always: bool
    signs: bool
    people: tuple[DutyPerson, ...]
    shifts: tuple[Shift, ...]
    gaps: tuple[Lack, ...]


class ChangeView(View):
    """An override, one half of a swap, or a leave; halves of a swap have the same `pair`."""

    id: str
    pair: str
    kind: str
    department: str
    post: str
    from_at: Moment
    to_at: Moment
    person: DutyPerson | None
    instead: tuple[DutyPerson, ...]
    note: str
    made_by: str
    made_at: Moment
    revoked_at: Moment | None


class SwapHalf(View):
    """One of the two shifts that are swapped, and whose it is."""

    person: DutyPerson
    from_at: Moment
    to_at: Moment


class SwapView(View):
    """A swap that waits for one of the two to agree."""

    id: str
    department: str
    post: str
    first: SwapHalf
    second: SwapHalf
    note: str
    asked_by: DutyPerson
    asked_at: Moment
    waits_for: DutyPerson


class RosterSpan(View):
    """Rosters within a span of time."""

    from_at: Moment
    to_at: Moment
    days: tuple[Day, ...]
    posts: tuple[PostRoster, ...]
    overlaps: tuple[Twice, ...]
    changes: tuple[ChangeView, ...]
    swaps: tuple[SwapView, ...] = ()


class HandoverNote(View):
    """What somebody noted on a handover."""

    at: Moment
    person: str
    name: str
    text: str


class Signed(View):
    """A signature under a handover."""

    username: str
    name: str
    at: Moment
    note: str


class HandoverView(View):
    """A handover; `brief` is `linkage.roster.brief.Brief`, live until the outgoing signs."""

    id: str
    department: str
    post: str
    name: Names
    opened_at: Moment
    due_at: Moment
    late_at: Moment | None
    outgoing: tuple[DutyPerson, ...]
    incoming: tuple[DutyPerson, ...]
    brief: dict[str, Any]
    notes: tuple[HandoverNote, ...]
    signed_out: Signed | None
    signed_in: Signed | None
    ended_at: Moment | None
    may_sign: tuple[str, ...] = ()


class LogEntry(View):
    """An entry of the duty log: written by a person, or by what happened."""

    number: int
    at: Moment
    department: str
    step: str
    person: str
    note: str
    incident: str | None
    data: dict[str, Any]


class FeedView(View):
    """A calendar feed: of one department, or of one person's shifts; `read_at` is to a few minutes, null for never."""

    id: str
    department: str
    person: str
    made_at: Moment
    read_at: Moment | None = None
