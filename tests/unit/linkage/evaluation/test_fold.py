"""What single events, as the program writes them, do to the facts."""

from linkage.evaluation.facts import Fact, Kind, Mark, Outcome, Story
from linkage.evaluation.fold import folded
from linkage.evaluation.trail import Event

MINUTE_NS = 60_000_000_000
TASK = {"id": 7, "department": "water", "due_ns": 120 * MINUTE_NS}


class Log:
    """Events written one after the other, each a minute after the one before unless it says when."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def say(
        self, step: str, minute: int, actor: str = "", task: int | None = None, state: str = "", **data: object
    ) -> None:
        """Add an event."""
        number = len(self.events) + 1
        self.events.append(Event(number, step, minute * MINUTE_NS, actor, task, state, data))

    def story(self) -> Story:
        """Return what the events amount to."""
        return folded(1, self.events)

    def fact(self, kind: Kind) -> Fact:
        """Return the one fact of this kind."""
        (found,) = (fact for fact in self.story().facts if fact.kind is kind)
        return found


def clock(stage: str, due_min: int, task: int | None = None) -> dict[str, object]:
    return {"stage": stage, "from_ns": 0, "due_ns": due_min * MINUTE_NS, **({} if task is None else {"task": task})}


def dispatched() -> Log:
    log = Log()
    log.say("open", 0, source="sensor", priority=2, rule="r", happened_ns=-30 * MINUTE_NS, clocks=[clock("verify", 30)])
    log.say("verify", 10, "col", clocks=[clock("file", 25)])
    log.say("file", 20, "fang", state="filed", clocks=[clock("dispatch", 35)])
    log.say("dispatch", 30, "deng", tasks=[TASK], clocks=[clock("handle", 120, 7)])
    return log


def test_delay_moves_the_deadline():
    log = dispatched()
    log.say("grant", 40, "deng", 7, "handling", stage="handle", from_ns=0, due_ns=240 * MINUTE_NS)
    log.say("feed_back", 200, "off", 7, "fed_back", overdue=False, due_ns=240 * MINUTE_NS)

    leg = log.fact(Kind.LEG)
    assert (leg.due_ns, leg.outcome, leg.marks) == (240 * MINUTE_NS, Outcome.IN_TIME, frozenset({Mark.DELAYED}))


def test_suspension_pauses_until_it_is_over():
    log = dispatched()
    log.say("grant", 40, "deng", 7, "suspended")
    assert log.fact(Kind.LEG).outcome is Outcome.PAUSED
    assert log.fact(Kind.CASE).outcome is Outcome.PAUSED

    log.say("resume", 400, "deng", 7, "handling", stage="handle", from_ns=0, due_ns=480 * MINUTE_NS)
    leg = log.fact(Kind.LEG)
    assert (leg.due_ns, leg.outcome) == (480 * MINUTE_NS, Outcome.OPEN)


def test_appeal_excuses_and_keeps_the_raw_fact():
    log = dispatched()
    log.say("feed_back", 130, "off", 7, "fed_back", overdue=True, due_ns=120 * MINUTE_NS)
    log.say("check", 140, "col", 7, "checked")
    log.say("close", 150, "fang", state="closed", disposition="resolved")
    assert log.fact(Kind.CASE).outcome is Outcome.LATE
    log.say("appeal", 160, "off", 7)
    log.say("uphold", 170, "acc", 7)

    leg = log.fact(Kind.LEG)
    assert (leg.outcome, leg.marks) == (Outcome.LATE, frozenset({Mark.CLOSED, Mark.APPEALED, Mark.EXEMPT}))
    assert log.fact(Kind.CASE).outcome is Outcome.IN_TIME


def test_verifier_who_was_named_answers_for_it():
    log = Log()
    log.say("open", 0, "acc", source="hotline", priority=3, clocks=[clock("verify", 30)])
    log.say("assign_verifier", 5, "acc", verifier={"from": "", "to": "col"})

    verify, sent = log.fact(Kind.VERIFY), log.fact(Kind.SEND_VERIFY)
    assert (verify.person, verify.outcome) == ("col", Outcome.OPEN)
    assert (sent.person, sent.outcome) == ("acc", Outcome.IN_TIME)


def test_dispatch_by_the_system_is_nobodys():
    log = Log()
    log.say("open", 0, source="sensor", priority=1, rule="r")
    log.say("file", 0, state="filed", unconfirmed=True)
    log.say("dispatch", 0, state="dispatched", tasks=[TASK], clocks=[clock("confirm", 15), clock("handle", 120, 7)])
    log.say("confirm", 10, "fang", state="dispatched")

    file = log.fact(Kind.FILE)
    assert (file.person, file.outcome, file.marks) == ("fang", Outcome.IN_TIME, frozenset({Mark.FILED}))
    assert not [fact for fact in log.story().facts if fact.kind is Kind.DISPATCH]


def test_task_that_is_given_back_makes_the_dispatch_a_second_one():
    log = dispatched()
    log.say("return", 50, "off", 7, "returned", clocks=[clock("dispatch", 65)])
    log.say("dispatch", 60, "deng", tasks=[{**TASK, "id": 8, "department": "police"}])

    first, second = (fact for fact in log.story().facts if fact.kind is Kind.DISPATCH)
    assert (first.marks, second.marks) == (frozenset({Mark.REDISPATCHED}), frozenset())
    assert [fact.outcome for fact in log.story().facts if fact.kind is Kind.LEG] == [Outcome.GONE, Outcome.OPEN]


def test_overdue_leg_of_a_cancelled_incident_stays_unmet():
    log = dispatched()
    log.say("overdue", 121, task=7, stage="handle", from_ns=0, due_ns=120 * MINUTE_NS)
    log.say("cancel", 130, "fang", state="cancelled", disposition="false_sensor")

    leg = log.fact(Kind.LEG)
    assert (leg.outcome, leg.marks) == (Outcome.UNMET, frozenset({Mark.VOIDED}))
    assert log.story().disposition == "false_sensor"


def test_task_goes_on_in_the_incident_it_was_merged_into():
    gone, kept = dispatched(), Log()
    gone.say("feed_back", 100, "off", 7, "fed_back", overdue=False, due_ns=120 * MINUTE_NS)
    gone.say("merge", 110, "fang", state="merged", gave_tasks=[7])
    kept.say("open", 0, source="hotline", priority=3)
    kept.say(
        "merge",
        110,
        "fang",
        state="checking",
        tasks=[{**TASK, "from_ns": 30 * MINUTE_NS, "fed_back_ns": 100 * MINUTE_NS}],
    )

    assert gone.story().legs == ()
    assert gone.fact(Kind.CASE).marks >= frozenset({Mark.MERGED})
    leg, case = kept.fact(Kind.LEG), kept.fact(Kind.CASE)
    assert (leg.outcome, kept.story().legs[0].dispatched_ns) == (Outcome.IN_TIME, 30 * MINUTE_NS)
    assert Mark.FILED in case.marks


def test_reopened_incident_is_open_again():
    log = dispatched()
    log.say("feed_back", 100, "off", 7, "fed_back", overdue=False, due_ns=120 * MINUTE_NS)
    log.say("close", 150, "fang", state="closed", disposition="resolved")
    log.say("reopen", 200, state="filed", clocks=[clock("dispatch", 215)])

    case = log.fact(Kind.CASE)
    assert (case.outcome, Mark.REOPENED in case.marks, log.story().disposition) == (Outcome.OPEN, True, "")


def test_rework_is_judged_when_the_department_confirms_again():
    log = dispatched()
    log.say(
        "feed_back", 100, "off", 7, "fed_back", overdue=False, due_ns=120 * MINUTE_NS, clocks=[clock("check", 130, 7)]
    )
    log.say("rework", 110, "col", 7, "handling")
    assert log.fact(Kind.LEG).outcome is Outcome.OPEN
    log.say("feed_back", 140, "off", 7, "fed_back", overdue=True, due_ns=120 * MINUTE_NS)

    assert log.fact(Kind.LEG).outcome is Outcome.LATE
    check = log.fact(Kind.CHECK)
    assert (check.person, check.outcome, check.department) == ("col", Outcome.IN_TIME, "water")


def test_times_are_those_of_the_first_steps():
    log = dispatched()
    for minute in (35, 45):
        log.say("accept", minute, "off", 7)

    story = log.story()
    assert (story.happened_ns, story.prompt, story.priority) == (-30 * MINUTE_NS, True, 2)
    assert (story.legs[0].dispatched_ns, story.legs[0].accepted_ns) == (30 * MINUTE_NS, 35 * MINUTE_NS)


def test_what_other_steps_say_is_no_task_and_no_deadline():
    log = dispatched()
    log.say("propose", 40, tasks=["a plan's task"], stage="II", due_ns=None)
    log.say("situation", 41, tasks=[{"id": 9}], clocks=[{"stage": "verify"}], data={"stage": "x", "due_ns": 5})

    assert len(log.story().legs) == 1
    assert log.fact(Kind.LEG).outcome is Outcome.OPEN
