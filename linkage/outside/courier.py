"""Carries a task's events to the system of its department, signed."""

from collections.abc import Sequence

from city.clock import SECOND_NS, Clock
from linkage.outside.signing import KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from linkage.telling.config import SystemSettings
from linkage.telling.couriers import LONGEST_ANSWER, Letter, Receipt
from linkage.telling.request import NotSent, Request, ask


class SystemCourier:
    """Delivers to one department's system; each attempt is signed anew, under the same key."""

    def __init__(self, settings: SystemSettings, clock: Clock, *, allow: Sequence[str], timeout_s: float) -> None:
        self._settings, self._clock, self._allow, self._timeout_s = settings, clock, allow, timeout_s

    def carry(self, letter: Letter) -> Receipt:
        """Post the letter's body, which is JSON, and say what came back."""
        body, now_s = letter.body.encode(), self._clock.now_ns() // SECOND_NS
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "liandong",
            KEY_HEADER: letter.key,
            TIMESTAMP_HEADER: str(now_s),
            SIGNATURE_HEADER: signature(self._settings.secret.get_secret_value(), now_s, body),
        }
        request = Request("POST", self._settings.url, headers, body)
        try:
            answer = ask(request, allow=self._allow, timeout_s=self._timeout_s)
        except NotSent as error:
            return Receipt(delivered=False, answer=error.cause, final=error.final)
        said = f"{answer.status} {answer.body.decode('utf-8', 'replace')}"
        # Whatever it refuses now it may take when it is mended: at least once means going on until it is too old.
        return Receipt(delivered=200 <= answer.status < 300, answer=" ".join(said.split())[:LONGEST_ANSWER])
