"""Photos: taken in once however often they are sent, bound to an incident, shown to those who may see that."""

from dataclasses import dataclass

from prometheus_client import Counter
from sqlalchemy import Connection, RowMapping, insert, select

from city.clock import iso
from city.errors import BadRequest, Conflict, NotFound, NotPermitted
from linkage import cases
from linkage.access import Look, Looked, log_look
from linkage.attachments.binding import Binding, bind
from linkage.attachments.picture import MEDIA, Picture, read_picture
from linkage.attachments.shelf import Shelf
from linkage.attachments.tables import PHOTOS
from linkage.attachments.views import PhotoView, Spot, TakenIn
from linkage.ledger import Ledger, Page
from linkage.permissions import REPORTING, may_see
from linkage.person import Person
from linkage.record import Case
from linkage.rows import row_number

PHOTOS_TAKEN = Counter("linkage_photos_taken_total", "Photos taken in, by kind.", ["kind"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a photo is about, as who sends it says; without an incident it waits for a report.

    Attributes:
        id: given by the device, so that sending again is no second photo.
        personal: it shows people, number plates or papers: every look is logged.
    """

    id: str
    kind: str = "report"
    incident: str = ""
    task: str = ""
    personal: bool = False


class Photos:
    """The service behind photos. Calls block on database and disk: call from a thread."""

    def __init__(self, ledger: Ledger, shelf: Shelf) -> None:
        self._ledger, self._shelf = ledger, shelf

    def take_in(self, label: Label, data: bytes, person: Person) -> TakenIn:
        """Take a photo in and bind it, if the label says to what; the same again is answered the same.

        Raises:
            BadDocument: it is no photo.
            NotPermitted: the person has no part in incidents.
        BadRequest: a task without its incident is named.
            NotFound: the incident or task is not there, or not this person's to see.
            Conflict: another photo has this id.
        """
        if not person.holds(REPORTING):
            raise NotPermitted("photo", allowed=" or ".join(sorted(REPORTING)), at="photos")
        if label.task and not label.incident:
            raise BadRequest(expected="the task's incident", got="nothing", at="incident")
        picture = read_picture(data, self._ledger.settings.photos)
        with self._ledger.writing() as page:
            row = _found(page.connection, label.id)
            if row is None:
                self._keep(page, label, picture, person)
            elif row["person"] != person.id or row["original"] != picture.original:
                raise Conflict(found="another photo has this id", at=f"photo {label.id}")
            if label.incident:
                case = _visible(page.connection, label.incident, person)
                task = row_number(label.task, "task") if label.task else None
                bind(page, case, Binding(label.id, label.kind, task), person)
            view = _view(_found(page.connection, label.id))
        place = picture.place
        spot = None if place is None else Spot(longitude=place.longitude, latitude=place.latitude)
        return TakenIn(photo=view, place=spot)

    def of_incident(self, incident: str, person: Person) -> tuple[PhotoView, ...]:
        """Return an incident's photos, oldest first; raises NotFound when it is not this person's to see."""
        with self._ledger.database.read() as connection:
            case = _visible(connection, incident, person)
            query = select(PHOTOS).where(PHOTOS.c.incident == case.incident.id).order_by(PHOTOS.c.at_ns, PHOTOS.c.id)
            return tuple(_view(row) for row in connection.execute(query).mappings())

    def look(self, photo: str, person: Person, *, small: bool = False) -> tuple[PhotoView, bytes]:
        """Return a photo and its bytes; a look at a camera's picture or at people is written down first.

        Raises:
            NotFound: there is none, or its incident is not this person's to see.
        """
        with self._ledger.database.read() as connection:
            view = _view(_may_look(connection, photo, person))
        looked = Looked.SNAPSHOT if view.kind == "snapshot" else Looked.PHOTO if view.personal else None
        if looked is not None:
            incident = None if view.incident is None else int(view.incident)
            with self._ledger.writing() as page:
                log_look(page.connection, person, Look(looked, photo, incident), page.now_ns)
        try:
            return view, self._shelf.read(view.sha256, small=small)
        except FileNotFoundError as error:
            raise NotFound("photo", photo) from error

    def _keep(self, page: Page, label: Label, picture: Picture, person: Person) -> None:
        self._shelf.put(picture.sha256, picture.data, picture.small)
        row = {
            "id": label.id,
            "kind": label.kind,
            "personal": label.personal,
            "sha256": picture.sha256,
            "original": picture.original,
            "media": MEDIA,
            "size": len(picture.data),
            "width": picture.width,
            "height": picture.height,
            "person": person.id,
            "person_name": person.name,
            "at_ns": page.now_ns,
        }
        page.connection.execute(insert(PHOTOS), row)
        PHOTOS_TAKEN.labels(label.kind).inc()


def _found(connection: Connection, photo: str) -> RowMapping | None:
    return connection.execute(select(PHOTOS).where(PHOTOS.c.id == photo)).mappings().one_or_none()


def _visible(connection: Connection, incident: str, person: Person) -> Case:
    case = cases.load(connection, row_number(incident, "incident"))
    if case is None or not may_see(person, case):
        raise NotFound("incident", incident)
    return case


def _may_look(connection: Connection, photo: str, person: Person) -> RowMapping:
    row = _found(connection, photo)
    if row is None:
        raise NotFound("photo", photo)
    case = None if row["incident"] is None else cases.load(connection, row["incident"])
    theirs = row["person"] == person.id if case is None else may_see(person, case)
    if not theirs:
        raise NotFound("photo", photo)
    return row


def _view(row: RowMapping | None) -> PhotoView:
    assert row is not None
    return PhotoView(
        id=row["id"],
        incident=None if row["incident"] is None else str(row["incident"]),
        task=None if row["task"] is None else str(row["task"]),
        kind=row["kind"],
        personal=row["personal"],
        sha256=row["sha256"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        person=row["person_name"],
        at=iso(row["at_ns"]),
    )
