"""Made-up incidents for tests of evaluation: their events, and beside them, by other means, what really happened."""

from dataclasses import dataclass, field
from random import Random

from linkage.evaluation.trail import Event

MINUTE_NS = 60_000_000_000
HOUR_NS = 60 * MINUTE_NS
DEPARTMENTS = ("water", "police", "power")
DISTRICTS = ("east", "west")
COLLECTORS, ACCEPTORS, FOREMEN, DISPATCHERS = (
    tuple(f"{post}-{number}" for number in (1, 2)) for post in ("collector", "acceptor", "foreman", "dispatcher")
)


@dataclass
class MadeLeg:
    """A department's leg as it really went."""

    department: str
    due_ns: int
    done_ns: int | None = None
    gave_back_ns: int | None = None
    reworked: bool = False
    excused: bool = False
    delayed: bool = False

    @property
    def gave_back(self) -> bool:
        """Tell whether the department gave it back."""
        return self.gave_back_ns is not None


@dataclass
class MadeCase:
    """An incident as it really went; `ended` is empty while it is open."""

    number: int
    source: str
    district: str
    drill: bool
    events: list[Event] = field(default_factory=list)
    legs: list[MadeLeg] = field(default_factory=list)
    walked_by: str = ""
    filed_by: str = ""
    filed_in_time: bool = False
    verified_by: str = ""
    dispatched_by: str = ""
    dispatched_in_time: bool = False
    ended: str = ""


class Maker:
    """Makes incidents up: each goes its way through the steps, in time or late, to its end or not."""

    def __init__(self, seed: int, start_ns: int, span_ns: int) -> None:
        self._random = Random(seed)
        self._start_ns, self._span_ns = start_ns, span_ns
        self._number = self._events = self._task = 0

    def made(self) -> MadeCase:
        """Return the next incident."""
        self._number += 1
        source = self._random.choice(["sensor", "hotline", "collector", "video", "leader"])
        case = MadeCase(self._number, source, self._random.choice(DISTRICTS), self._random.random() < 0.1)
        self._now_ns = self._start_ns + self._random.randrange(self._span_ns)
        self._case, case.walked_by = case, self._random.choice(("", *COLLECTORS))
        self._live()
        return case

    def _open(self) -> None:
        case, due_ns = self._case, self._now_ns + 30 * MINUTE_NS
        opener = {"collector": COLLECTORS, "hotline": ACCEPTORS}.get(case.source)
        actor = "" if opener is None else self._random.choice(opener)
        self._say(
            "open",
            actor,
            source=case.source,
            district=case.district,
            drill=case.drill,
            priority=3,
            rule="r",
            collector=case.walked_by,
            clocks=[self._clock("verify", due_ns)],
        )

    def _live(self) -> None:
        chance, case = self._random.random, self._case
        self._open()
        if chance() < 0.05:
            return
        self._later(45)
        case.verified_by = self._random.choice(COLLECTORS)
        due_ns = self._now_ns + 15 * MINUTE_NS
        self._say("verify", case.verified_by, clocks=[self._clock("file", due_ns)])
        if chance() < 0.05:
            return
        self._later(20)
        filer = self._random.choice(FOREMEN)
        if chance() < 0.1:
            self._end("not_file", "not_filed", filer)
            return
        case.filed_by, case.filed_in_time = filer, self._now_ns <= due_ns
        dispatch_by_ns = self._now_ns + 15 * MINUTE_NS
        self._say("file", filer, clocks=[self._clock("dispatch", dispatch_by_ns)])
        if chance() < 0.05:
            return
        self._later(20)
        case.dispatched_by = self._random.choice(DISPATCHERS)
        case.dispatched_in_time = self._now_ns <= dispatch_by_ns
        self._send_out()
        if chance() < 0.05:
            self._end("cancel", "cancelled", filer)
            return
        self._work()

    def _send_out(self) -> None:
        chosen = self._random.sample(DEPARTMENTS, self._random.randint(1, 2))
        tasks = []
        for department in chosen:
            self._task += 1
            self._case.legs.append(MadeLeg(department, self._now_ns + 2 * HOUR_NS))
            tasks.append({"id": self._task, "department": department, "due_ns": self._case.legs[-1].due_ns})
        self._first_task = self._task - len(chosen) + 1
        self._say("dispatch", self._case.dispatched_by, tasks=tasks)

    def _work(self) -> None:
        for offset, leg in enumerate(self._case.legs):
            if not self._leg(leg, self._first_task + offset):
                return
        if self._random.random() < 0.9:
            self._end("close", "closed", self._random.choice(FOREMEN))

    def _leg(self, leg: MadeLeg, task: int) -> bool:
        """Let a department work; tell whether it came to a good end."""
        chance, officer = self._random.random, f"{leg.department}-officer"
        if chance() < 0.05:
            leg.gave_back_ns = self._now_ns
            self._say("return", officer, task)
            return False
        if chance() < 0.1:
            leg.delayed, leg.due_ns = True, leg.due_ns + 2 * HOUR_NS
            self._say("grant", "dispatcher-1", task, clocks=[self._clock("handle", leg.due_ns, task)])
        self._later(100)
        if chance() < 0.1:
            return False
        self._feed_back(leg, task, officer)
        if chance() < 0.15:
            leg.reworked = True
            self._say("rework", self._random.choice(COLLECTORS), task)
            self._later(60)
            self._feed_back(leg, task, officer)
        self._say("check", self._random.choice(COLLECTORS), task)
        if leg.done_ns is not None and leg.done_ns > leg.due_ns and chance() < 0.3:
            leg.excused = True
            self._say("uphold", "acceptor-1", task)
        return True

    def _feed_back(self, leg: MadeLeg, task: int, officer: str) -> None:
        leg.done_ns = self._now_ns
        check = self._clock("check", self._now_ns + 30 * MINUTE_NS, task)
        self._say("feed_back", officer, task, due_ns=leg.due_ns, overdue=leg.done_ns > leg.due_ns, clocks=[check])

    def _end(self, step: str, state: str, actor: str) -> None:
        self._later(10)
        self._case.ended = state
        self._say(step, actor, to_state=state, disposition=state)

    def _later(self, longest_min: int) -> None:
        self._now_ns += self._random.randrange(longest_min * MINUTE_NS)

    def _clock(self, stage: str, due_ns: int, task: int | None = None) -> dict[str, object]:
        return {"stage": stage, "from_ns": self._now_ns, "due_ns": due_ns, **({} if task is None else {"task": task})}

    def _say(self, step: str, actor: str, task: int | None = None, to_state: str = "", **data: object) -> None:
        self._events += 1
        self._case.events.append(Event(self._events, step, self._now_ns, actor, task, to_state, data))
