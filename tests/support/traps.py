"""One city's routes and a desk behind them, for the traps that cross families: from a message to judged readings."""

from typing import Any

from ingest.message import Batch
from tests.support.normalising import Desk, message

NOW = 1_795_161_600 * 10**9  # 2026-11-20T08:00:00Z
SECOND, MINUTE, DAY = 10**9, 60 * 10**9, 86_400 * 10**9
#: Topics on which anybody sends anything, one feed whose topics its makers chose, and a source that a city described.
ROUTES = """
[[route]]
filter = "x/#"
decoder = "auto"

[[route]]
filter = "traffic-message-v3/#"
decoder = "digitraffic"

[[template]]
topic = "described/{sensor}"
body = "json"
decimal = ","
partial = true
readings = [
  { path = "$.temp", quantity = "temperature", unit = "°C", absent = [-999, 0.0] },
  { path = "$.door", quantity = "door_open", unit = "", words = { auf = 1, zu = 0 } },
]
"""


class City:
    """A desk with these routes; time stands still unless a test says so."""

    def __init__(self) -> None:
        self.desk = Desk(routes=ROUTES)

    def hear(self, topic: str, body: Any, *, at_ns: int = NOW, retain: bool = False) -> Batch:
        said = body.encode() if isinstance(body, str) else body
        return self.desk.batch(message(topic, said, retain=retain), at_ns=at_ns)

    def rows(self, batch: Batch) -> list[tuple[str, str, int, float, tuple[str, ...]]]:
        assert not batch.quarantined, batch.quarantined[0].detail
        return self.desk.rows(batch)

    def values(self, topic: str, body: Any, **more: Any) -> dict[str, float]:
        """Return the values of one message by series."""
        return {row[1]: round(row[3], 6) for row in self.rows(self.hear(topic, body, **more))}

    def refusal(self, topic: str, body: Any) -> str:
        (refused,) = self.hear(topic, body).quarantined
        return refused.reason
