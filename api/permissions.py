"""Who may call what: a right for every route, and the roles that hold it."""

from collections.abc import Mapping
from enum import StrEnum

from linkage.escalation.desk import CALLERS
from linkage.hints.permissions import ANSWERING, OPENING, SEEING_HINTS
from linkage.notices.notices import DRAFTING
from linkage.permissions import HANDLING_ROLES, REPORTING, SEEING_ALL, WHO
from linkage.person import Role
from linkage.plans.drills import DRILLING
from linkage.plans.responses import DECIDING
from linkage.plans.upward import REPORTING_UP
from linkage.reports.callbacks import CALLING
from linkage.roster.permissions import CHANGING
from linkage.silences.silences import SILENCING
from linkage.warnings.issuing import ISSUING


class Right(StrEnum):
    """What a route lets its caller do."""

    PUBLIC = "public"  #: anybody, signed in or not
    SIGNED_IN = "signed_in"  #: whoever is signed in
    SEE_CITY = "see_city"  #: sensors, readings, map
    EXPORT = "export"  #: download readings or the registry in bulk
    SEE_QUEUE = "see_queue"  #: incidents, tasks, messages
    REPORT = "report"  #: open an incident by hand
    ACT = "act"  #: take steps; which ones, linkage decides
    CALL_BACK = "call_back"  #: see who called, and call them back
    SILENCE = "silence"  #: keep alarms quiet, and end that
    SEE_HINTS = "see_hints"  #: which sensors are in doubt; whose, linkage decides
    ANSWER_HINT = "answer_hint"  #: order maintenance, or say that a sensor is right
    OPEN_FROM_HINT = "open_from_hint"  #: make an incident of a hint
    SEE_RULES = "see_rules"
    BACKTEST = "backtest"  #: try a rule book on the history
    SEE_SHADOW = "see_shadow"  #: what rules in shadow found, which nobody is told of
    SEE_STATUS = "see_status"
    GO_LIVE = "go_live"  #: call a restored copy the city
    SEE_DISCOVERY = "see_discovery"
    ADOPT = "adopt"  #: register a discovered sensor
    IMPORT = "import"  #: bring files of sensors and components into the registry
    SEE_QUARANTINE = "see_quarantine"  #: that messages were set aside, and why
    REPLAY = "replay"  #: have messages understood anew that were set aside
    SEE_BYTES = "see_bytes"  #: what was in them: may hold personal data
    SEE_EVALUATION = "see_evaluation"
    SEE_AUDIT = "see_audit"  #: whether the event log is whole
    SEE_ACCESS = "see_access"  #: who looked at what is personal
    NAME_PEOPLE = "name_people"  #: the names of those who handle, verify and check
    SEE_USERS = "see_users"
    ADD_USERS = "add_users"
    DISABLE_USERS = "disable_users"
    SEE_RESPONSES = "see_responses"  #: plans, proposals, responses, warnings, reports upward
    DECIDE_RESPONSE = "decide_response"  #: start, raise, lower and end one
    TAKE_PART = "take_part"  #: acknowledge a call and report on the situation, for one's department
    WARN = "warn"  #: issue and cancel warnings
    ANSWER_WARNING = "answer_warning"  #: say for one's department that a warning was seen
    DRAFT_NOTICE = "draft_notice"  #: write what the public is to be told
    SIGN_NOTICE = "sign_notice"  #: sign for it; whose it is, linkage decides
    REPORT_UP = "report_up"  #: sign and send reports upward
    LOG_CALLS = "log_calls"  #: say how a phone call of an escalation went
    SEE_CHANNELS = "see_channels"  #: how the channels of messages are
    TEST_CHANNELS = "test_channels"
    SEE_TOKENS = "see_tokens"  #: of departments' own systems
    ISSUE_TOKENS = "issue_tokens"
    SEE_DUTY = "see_duty"  #: who is on duty; handovers and duty log of one's department
    CHANGE_ROSTER = "change_roster"  #: whose, linkage decides
    SWAP_DUTY = "swap_duty"  #: ask for a swap, and agree to one; whose, linkage decides
    DRILL = "drill"  #: begin and end exercises


_EVERYBODY = frozenset(Role)

#: Roles that hold each right; PUBLIC needs none.
HOLDERS: Mapping[Right, frozenset[Role]] = {
    Right.PUBLIC: frozenset(),
    Right.SIGNED_IN: _EVERYBODY,
    Right.SEE_CITY: _EVERYBODY,
    # What leaves in bulk leaves for good: those who run the system, answer for it, evaluate it or keep its data.
    Right.EXPORT: frozenset({Role.OPERATOR, Role.LEADER, Role.EVALUATOR, Role.STEWARD}),
    # Linkage decides which incidents; officers and handlers see those of their department.
    Right.SEE_QUEUE: SEEING_ALL | {Role.OFFICER, Role.HANDLER},
    Right.REPORT: REPORTING,
    Right.ACT: frozenset().union(*WHO.values()),
    Right.CALL_BACK: CALLING,
    Right.SILENCE: SILENCING,
    Right.SEE_HINTS: SEEING_HINTS,
    Right.ANSWER_HINT: ANSWERING,
    Right.OPEN_FROM_HINT: OPENING,
    Right.SEE_RULES: _EVERYBODY,
    # Those who write rules, and those whose queue they fill.
    Right.BACKTEST: frozenset({Role.OPERATOR, Role.FOREMAN}),
    # Those who decide whether a rule is switched on, and those who would answer its alarms.
    Right.SEE_SHADOW: frozenset({Role.OPERATOR, Role.FOREMAN, Role.DISPATCHER, Role.LEADER, Role.EVALUATOR}),
    Right.SEE_STATUS: frozenset({Role.OPERATOR, Role.MONITOR, Role.FOREMAN, Role.DISPATCHER, Role.LEADER}),
    # It ends the life of the city that it was copied from.
    Right.GO_LIVE: frozenset({Role.OPERATOR, Role.LEADER}),
    Right.SEE_DISCOVERY: frozenset({Role.OPERATOR}),
    Right.ADOPT: frozenset({Role.OPERATOR}),
    Right.IMPORT: frozenset({Role.OPERATOR}),
    Right.SEE_QUARANTINE: frozenset({Role.OPERATOR, Role.STEWARD}),
    Right.REPLAY: frozenset({Role.OPERATOR}),
    Right.SEE_BYTES: frozenset({Role.STEWARD}),
    Right.SEE_EVALUATION: frozenset({Role.EVALUATOR, Role.LEADER, Role.FOREMAN}),
    Right.SEE_AUDIT: frozenset({Role.EVALUATOR, Role.OPERATOR, Role.LEADER, Role.STEWARD}),
    # Stewards see what is set aside, so somebody else too must see that they do.
    Right.SEE_ACCESS: frozenset({Role.EVALUATOR, Role.STEWARD}),
    # Those who name somebody: supervision its collectors, officers their handlers.
    Right.NAME_PEOPLE: frozenset({Role.ACCEPTOR, Role.FOREMAN, Role.DISPATCHER, Role.OFFICER}),
    Right.SEE_USERS: frozenset({Role.OPERATOR}),
    Right.ADD_USERS: frozenset({Role.OPERATOR}),
    Right.DISABLE_USERS: frozenset({Role.OPERATOR}),
    Right.SEE_RESPONSES: SEEING_ALL | HANDLING_ROLES,
    Right.DECIDE_RESPONSE: DECIDING,
    Right.TAKE_PART: HANDLING_ROLES,
    Right.WARN: ISSUING,
    Right.ANSWER_WARNING: REPORTING,
    Right.DRAFT_NOTICE: DRAFTING,
    Right.SIGN_NOTICE: DRAFTING,
    Right.REPORT_UP: REPORTING_UP,
    Right.LOG_CALLS: CALLERS | {Role.OFFICER},
    Right.SEE_CHANNELS: frozenset({Role.OPERATOR, Role.FOREMAN}),
    Right.TEST_CHANNELS: frozenset({Role.OPERATOR}),
    Right.SEE_TOKENS: frozenset({Role.OPERATOR}),
    Right.ISSUE_TOKENS: frozenset({Role.OPERATOR}),
    Right.SEE_DUTY: _EVERYBODY,
    Right.CHANGE_ROSTER: CHANGING,
    Right.SWAP_DUTY: _EVERYBODY,
    Right.DRILL: DRILLING,
}


def holders(right: Right) -> str:
    """Return the roles that hold `right`, as a refusal names them."""
    return ", ".join(sorted(f"`{role}`" for role in HOLDERS[right]))
