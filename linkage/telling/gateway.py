"""A channel that is one HTTP request, such as a gateway for text messages; what it answers is the receipt."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from linkage.telling.config import GATEWAY_FIELD, GatewaySettings
from linkage.telling.couriers import LONGEST_ANSWER, Letter, Receipt
from linkage.telling.request import Answer, NotSent, Request, ask

#: RFC 9110 §15.5: what these mean will not change by asking again; 408 and 429 will.
_FINAL = frozenset(range(400, 500)) - {408, 425, 429}


class GatewayCourier:
    """Delivers by one gateway."""

    def __init__(self, settings: GatewaySettings, *, allow: Sequence[str], timeout_s: float) -> None:
        self._settings, self._allow, self._timeout_s = settings, allow, timeout_s

    def carry(self, letter: Letter) -> Receipt:
        """Send the request and say what came back, without secrets."""
        if self._settings.needs_phone and not letter.phone:
            return Receipt(delivered=False, answer="Nobody's telephone number is known", final=True, blames_letter=True)
        try:
            answer = ask(self._request(letter), allow=self._allow, timeout_s=self._timeout_s)
        except NotSent as error:
            return Receipt(delivered=False, answer=self._clean(error.cause), final=error.final)
        return self._judged(answer)

    def _request(self, letter: Letter) -> Request:
        settings = self._settings
        values = filled({name: text.get_secret_value() for name, text in settings.fields.items()}, letter)
        headers = {name: text.get_secret_value() for name, text in settings.headers.items()}
        headers |= {"Idempotency-Key": letter.key, "User-Agent": "liandong"}
        url = settings.url.get_secret_value()
        if settings.method == "GET":
            return Request("GET", f"{url}{'&' if '?' in url else '?'}{urlencode(values)}", headers)
        if settings.kind == "form":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return Request(settings.method, url, headers, urlencode(values).encode())
        headers["Content-Type"] = "application/json"
        return Request(settings.method, url, headers, json.dumps(values, ensure_ascii=False).encode())

    def _judged(self, answer: Answer) -> Receipt:
        settings = self._settings
        told = self._clean(answer.body.decode("utf-8", "replace"))
        said = f"{answer.status} {told}".strip()[:LONGEST_ANSWER]
        if answer.status not in settings.success_statuses:
            return Receipt(delivered=False, answer=said, final=answer.status in _FINAL)
        fields = _fields(answer.body)
        if settings.success_field and _word(fields.get(settings.success_field)) not in settings.success_values:
            return Receipt(delivered=False, answer=said)
        receipt = _word(fields.get(settings.receipt_field)) if settings.receipt_field else ""
        return Receipt(delivered=True, answer=self._clean(receipt)[:LONGEST_ANSWER] if receipt else said)

    def _clean(self, text: str) -> str:
        """Return `text` with every secret of the settings starred."""
        settings = self._settings
        secrets = [settings.url.get_secret_value(), *(one.get_secret_value() for one in settings.headers.values())]
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, "***") if len(secret) > 3 else text
        return " ".join(text.split())


def filled(fields: Mapping[str, str], letter: Letter) -> dict[str, str]:
    """Return the fields with the letter's parts put in, in one pass: a brace in a message stays what it is."""
    parts = {
        "subject": letter.subject,
        "body": letter.body,
        "phone": letter.phone,
        "person": letter.person,
        "department": letter.department,
        "key": letter.key,
    }
    return {name: GATEWAY_FIELD.sub(lambda found: parts.get(found[1], ""), text) for name, text in fields.items()}


def _fields(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
