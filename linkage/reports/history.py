"""What has happened to one sensor or component: its incidents, and the changes of its alarms."""

from sqlalchemy import Connection, select

from linkage import viewing
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.queue import summaries
from linkage.reports.tables import REPORTS
from linkage.scope import visible
from linkage.tables import ADMISSIONS, INCIDENTS
from linkage.views import AlarmView, IncidentSummary, View

#: Newest entries of each list that a page shows.
_MOST = 50


class PartHistory(View):
    """A sensor's or component's past, newest first. Alarm changes are also changes of its state."""

    incidents: tuple[IncidentSummary, ...]
    alarms: tuple[AlarmView, ...]


class Histories:
    """Reads what happened to parts of the city. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def of_sensor(self, sensor: str, person: Person) -> PartHistory:
        """Return a sensor's incidents that `person` may see, and its alarms' changes."""
        of_it = select(INCIDENTS).where(INCIDENTS.c.sensor == sensor, visible(person))
        alarms = select(ADMISSIONS).where(ADMISSIONS.c.target == sensor).order_by(ADMISSIONS.c.decided_ns.desc())
        with self._ledger.database.read() as connection:
            rows = connection.execute(of_it.order_by(INCIDENTS.c.id.desc()).limit(_MOST)).mappings()
            incidents = summaries(connection, list(rows))
            changes = connection.execute(alarms.limit(_MOST)).mappings()
            return PartHistory(incidents=incidents, alarms=tuple(viewing.alarm_of(row) for row in changes))

    def of_component(self, component: str, person: Person) -> PartHistory:
        """Return the incidents that reports of a component led to, as far as `person` may see them."""
        with self._ledger.database.read() as connection:
            return PartHistory(incidents=_reported(connection, component, person), alarms=())


def _reported(connection: Connection, component: str, person: Person) -> tuple[IncidentSummary, ...]:
    about = select(REPORTS.c.incident).where(REPORTS.c.component == component)
    query = select(INCIDENTS).where(INCIDENTS.c.id.in_(about), visible(person))
    rows = connection.execute(query.order_by(INCIDENTS.c.id.desc()).limit(_MOST)).mappings()
    return summaries(connection, list(rows))
