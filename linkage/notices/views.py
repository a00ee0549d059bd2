"""Notices for the public as the API sends them."""

from typing import Literal

from linkage.views import Moment, Names, View

NoticeState = Literal["drafted", "signed", "refused"]


class NoticeSent(View):
    """What became of a signed notice on one public channel."""

    channel: str
    state: str
    sent_at: Moment | None
    answer: str


class NoticeView(View):
    """A notice for the public: who drafted it, who decided, and where it went."""

    id: str
    warning: str | None
    activation: str | None
    incident: str | None
    drill: bool
    signer: str
    text: Names
    state: NoticeState
    drafted_at: Moment
    drafted_by: str
    decided_at: Moment | None
    decided_by: str
    note: str
    sent: tuple[NoticeSent, ...]
