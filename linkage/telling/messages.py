"""What departments are told of events, written in the same transaction as the event."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from city.clock import from_ns
from city.level import Level
from linkage.departments import Department
from linkage.event_log import Entry
from linkage.opening import CityBook
from linkage.record import Case
from linkage.states import Step
from linkage.telling.channel_alarm import others
from linkage.telling.outbox import Draft
from linkage.telling.wording import Facts

#: What the message is about, by the event's step.
_ABOUT = {
    "open": ("新事件", "New incident"),
    "rise": ("升级", "Worse"),
    "confirmed": ("险情已证实", "Hazard confirmed"),
    "overdue": ("超时", "Overdue"),
    "file": ("待派遣", "To dispatch"),
    "dispatch": ("派遣任务", "Task"),
    "urge": ("督办", "Urged"),
    "void": ("自动派遣已撤销", "Voided"),
    "cancel": ("已作废", "Cancelled"),
    "feed_back": ("待核查", "To check"),
    "return": ("退回", "Returned"),
    "rework": ("返工", "Rework"),
    "send_back": ("退回受理", "Sent back"),
    "transfer": ("转派任务", "Task, transferred"),
    "force_close": ("强制结案", "Closed by force"),
    "reopen": ("重新立案", "Reopened"),
    "ask_delay": ("申请延时", "Asks for more time"),
    "ask_suspend": ("申请挂账", "Asks for suspension"),
    "endorse": ("待批准", "To grant"),
    "grant": ("已批准", "Granted"),
    "refuse": ("未批准", "Refused"),
    "pass_up": ("上报市级", "Passed up to the city"),
    "pass_down": ("下交区县", "Passed down to the district"),
    "resume": ("挂账结束", "Resumed"),
    "appeal": ("超时申诉", "Appeal"),
    "endorse_appeal": ("申诉待裁定", "Appeal to settle"),
    "uphold": ("申诉成立", "Appeal upheld"),
    "reject": ("申诉驳回", "Appeal rejected"),
    "propose": ("建议启动响应", "Response proposed"),
    "start_response": ("应急响应启动", "Response started"),
    "raise_response": ("响应级别提升", "Response raised"),
    "lower_response": ("响应级别降低", "Response lowered"),
    "end_response": ("应急响应终止", "Response ended"),
    "situation": ("情况报告", "Situation report"),
    "report_overdue": ("情况报告超时", "Situation report overdue"),
    "upward_overdue": ("信息报送超时", "Report upward overdue"),
    "send_upward_report": ("信息报送", "Report upward"),
}

#: What is said of an incident some of whose sensors died before the hazard was sure, until a reading confirms it.
UNCONFIRMED = ("险情待证实", "Hazard unconfirmed")

#: What command is told of an incident that the system filed.
_BY_ITSELF = ("系统自动立案", "Filed by the system")


def idempotency_key(entry: Entry, department: str, channel: str) -> str:
    """Return the key under which this message may be sent again: the same event, department and channel give it."""
    return hashlib.sha256(f"{entry.hash}\n{department}\n{channel}".encode()).hexdigest()[:32]


#: These ask to be answered: their message carries a link that acknowledges.
ASKING = frozenset({"open", "rise", Step.DISPATCH, Step.TRANSFER})

#: The first that a department hears of an incident.
_FIRST = frozenset({"open", Step.FILE, Step.DISPATCH, Step.TRANSFER})

#: Messages of this priority, and of a rise, are never held back by a quota.
MOST_URGENT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """When a message is written, where its reader opens the console (empty: no link), and how long it acknowledges."""

    now_ns: int
    console_url: str = ""
    link_life_ns: int = 0

    @property
    def link_until_ns(self) -> int | None:
        """Return until when a link written now acknowledges; None where nobody could open it."""
        return self.now_ns + self.link_life_ns if self.console_url else None


def drafts(entry: Entry, case: Case, book: CityBook, sending: Sending) -> list[Draft]:
    """Return the messages that an entry asks for."""
    return [
        _draft(entry, department, channel, case, book, sending)
        for department in (book.directory.find(name) for name in entry.deed.told)
        if department is not None
        for channel in others(department.channels, case.incident)
    ]


def _draft(entry: Entry, department: Department, channel: str, case: Case, book: CityBook, sending: Sending) -> Draft:
    kind = str(entry.deed.step)
    leg = case.leg_of(department.id)
    words, told = book.telling.wording, facts(entry, department, case, book, sending.console_url)
    first = kind in _FIRST and case.incident.priority <= MOST_URGENT
    return Draft(
        key=idempotency_key(entry, department.id, channel),
        incident=case.incident.id,
        event=entry.number,
        department=department.id,
        channel=channel,
        subject=words.subject(kind, told, subject(entry, case)),
        body=words.body(
            kind, told, "\n".join([*asked(entry, department), body(entry, case, book, sending.console_url)])
        ),
        kind=kind,
        task=None if leg is None else leg.id,
        link_until_ns=sending.link_until_ns if kind in ASKING else None,
        urgent=kind == "rise" or first or "activation" in entry.deed.data,
        drill=case.incident.drill,
    )


def asked(entry: Entry, department: Department) -> list[str]:
    """Return what a plan asks of this department, in both languages; nothing where no plan does."""
    tasks = entry.deed.data.get("tasks")
    if not isinstance(tasks, list):
        return []
    mine = [task.get("action") for task in tasks if task.get("department") == department.id]
    return [f"★ {action['zh']} / {action['en']}" for action in mine if action]


def facts(entry: Entry, department: Department, case: Case, book: CityBook, console_url: str) -> Facts:
    """Return what a template may put in, by language."""
    common = common_facts(case, book, console_url)
    languages = {language: {**found} for language, found in common.items()}
    for language, text in zip(("zh", "en"), about(entry), strict=True):
        languages[language] |= {"about": text, "note": entry.deed.note, "department": department.name[language]}
    return languages


def common_facts(case: Case, book: CityBook, console_url: str) -> Facts:
    """Return what every message about a case may put in, by language."""
    incident = case.incident
    opened = from_ns(incident.opened_ns).astimezone(book.zone)
    same = {
        "number": incident.number,
        "priority": str(incident.priority),
        "level": Level(incident.level).word if incident.level else "",
        "district": incident.district,
        "since": f"{opened:%Y-%m-%d %H:%M:%S %z}",
        "url": incident_url(incident.id, console_url),
    }
    return {
        language: {
            **same,
            "place": book.atlas.spot(incident.place)[language],
            "unconfirmed": unconfirmed if incident.doubted else "",
            "title": incident.title[language],
            "actions": "\n".join(f"- {line}" for line in incident.first_actions.get(language, ())),
        }
        for language, unconfirmed in zip(("zh", "en"), UNCONFIRMED, strict=True)
    }


def incident_url(incident: int, console_url: str) -> str:
    """Return where the console shows an incident; empty without a console."""
    return f"{console_url.rstrip('/')}/#/incident/{incident}" if console_url else ""


def about(entry: Entry) -> tuple[str, str]:
    """Return what a message is about, in Chinese and English."""
    by_itself = entry.deed.step == "file" and "unconfirmed" in entry.deed.data
    return _BY_ITSELF if by_itself else _ABOUT.get(entry.deed.step, (entry.deed.step, entry.deed.step))


def subject(entry: Entry, case: Case) -> str:
    """Return the usual one line of a message."""
    zh, en = about(entry)
    if case.incident.doubted:
        zh, en = f"{zh}（{UNCONFIRMED[0]}）", f"{en} ({UNCONFIRMED[1].lower()})"
    title = case.incident.title
    return f"[{case.incident.number}] {zh} {title['zh']} / {en}: {title['en']}"


def body(entry: Entry, case: Case, book: CityBook, console_url: str) -> str:
    """Return the usual text of a message."""
    return "\n".join([*_lines(case, book, entry.deed.note), *_end(case, console_url)])


def case_body(case: Case, book: CityBook, console_url: str, *first: str) -> str:
    """Return the usual text about a case, `first` before it."""
    return "\n".join([*first, *_lines(case, book, ""), *_end(case, console_url)])


def _lines(case: Case, book: CityBook, note: str) -> Iterator[str]:
    """Yield what, how bad, where, since when, what to do first, in both languages."""
    incident = case.incident
    level = f" · {Level(incident.level).word}" if incident.level else ""
    opened = from_ns(incident.opened_ns).astimezone(book.zone)
    yield incident.title["zh"]
    yield incident.title["en"]
    yield f"优先级 / Priority: {incident.priority}{level}"
    yield f"地点 / Place: {book.atlas.where(incident.place, incident.district)}"
    yield f"时间 / Since: {opened:%Y-%m-%d %H:%M:%S %z}"
    if incident.doubted:
        yield f"{UNCONFIRMED[0]}：传感器已失效 / {UNCONFIRMED[1]}: its sensor died seeing it"
    if incident.unconfirmed_ns is not None:
        yield "系统自动派遣，待人工确认 / Dispatched by the system, not yet confirmed by a person"
    yield from (f"- {line}" for actions in incident.first_actions.values() for line in actions)
    if note:
        yield f"说明 / Note: {note}"


def _end(case: Case, console_url: str) -> list[str]:
    return [incident_url(case.incident.id, console_url)] if console_url else []
