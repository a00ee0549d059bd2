"""Which of strangers' bodies are wishes and questions, by their verbs: `{"method": "setTemperature", …}`."""

import re
from typing import Any

#: What a member `command` may say in a report.
_REPORTING = frozenset(
    {"report", "data", "post", "status", "telemetry", "up", "uplink", "rx", "notify", "event", "push"}
)
#: And words by which others say the same of theirs, unless they ask or tell somebody to do something.
_REPORTING_WORD = re.compile(
    r"(?!get|set|read|write|query|ask|req|ctrl|control).*(?:report|upload|notify|publish|data)"
)
#: Members that may say that a body is a wish or a question, and the words by which they do.
_VERBS = ("method", "cmd", "command", "action", "op", "operation", "msgtype", "type", "intent")
_ANY_VERB = frozenset(_VERBS)
_NO_REPORT_WORD = re.compile(
    r"(?:^|[._\-/ ])(?:set|write|get|config\w*|command|cmd|request|forecast)(?:$|[._\-/ ])", re.I
)
#: Words by which a method is one; as a `type` they are a panel's or a unit's.
_METHODS, _ORDERS = ("method", "action", "op", "operation"), frozenset({"control", "ctrl", "invoke"})
#: The same verbs before the thing that is asked for (`setTemperature`), and a thing's services.
_TOLD_VERB = re.compile(r"(?:.*[.\-/ ])?(?:(?:[sS]et|[gG]et|read|write|query)[A-Z]|service\.)")


def is_wish(body: Any) -> bool:  # noqa: ANN401 - any JSON
    """Return whether a body tells somebody to do something, or asks, and reports nothing."""
    if not isinstance(body, dict) or _ANY_VERB.isdisjoint(body):
        return False
    said = [body.get(verb) for verb in _VERBS]
    told = body.get("command", body.get("cmd"))
    if isinstance(told, str) and told.lower() not in _REPORTING and not _REPORTING_WORD.match(told.lower()):
        return True
    if any(isinstance(word := body.get(verb), str) and word.lower() in _ORDERS for verb in _METHODS):
        return True
    return any(isinstance(word, str) and (_NO_REPORT_WORD.search(word) or _TOLD_VERB.match(word)) for word in said)
