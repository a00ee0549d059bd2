"""Looking at cameras' pictures: the address is given out one at a time, after it was written down who looks."""

from sqlalchemy import select

from city.errors import NotFound
from linkage import cases
from linkage.access import Look, Looked, log_look
from linkage.ledger import Ledger
from linkage.permissions import may_see
from linkage.person import Person
from linkage.rows import row_number
from linkage.tables import EVIDENCE
from linkage.witness.asking import SNAPSHOT


class Snapshots:
    """The service behind the links to cameras' pictures. Calls block on the database: call from a thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def look(self, incident: str, snapshot: str, person: Person) -> str:
        """Return the address of a picture that is an incident's evidence, after writing down that `person` looks.

        Raises:
            NotFound: there is no such picture, or the incident is not this person's to see.
        """
        number, picture = row_number(incident, "incident"), row_number(snapshot, "snapshot")
        kept = select(EVIDENCE.c.series).where(
            EVIDENCE.c.id == picture, EVIDENCE.c.incident == number, EVIDENCE.c.kind == SNAPSHOT
        )
        with self._ledger.writing() as page:
            case = cases.load(page.connection, number)
            series = page.connection.execute(kept).scalar() if case is not None and may_see(person, case) else None
            if not series:
                raise NotFound("snapshot", snapshot)
            log_look(page.connection, person, Look(Looked.SNAPSHOT, f"evidence {picture}", number), page.now_ns)
        return str(series[0]["url"])

    def looked(self, camera: str, person: Person) -> None:
        """Write down that `person` looks at a picture of one of a camera's events."""
        with self._ledger.writing() as page:
            log_look(page.connection, person, Look(Looked.SNAPSHOT, camera), page.now_ns)
