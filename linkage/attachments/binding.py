"""Binds a photo to the incident, and perhaps the task, that it shows: once, in the log, for good."""

from dataclasses import dataclass

from sqlalchemy import select, update

from city.errors import Conflict, NotFound
from linkage.attachments.tables import PHOTOS
from linkage.deed import Deed, Outcome
from linkage.ledger import Page
from linkage.person import Person
from linkage.record import Case

#: What a photo shows: what was reported, before and after the work, at the check; or what a camera saw.
KINDS = ("report", "before", "after", "check", "snapshot")

#: The event of a photo.
PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Binding:
    """A photo, what it shows, and the task that it is about."""

    photo: str
    kind: str
    task: int | None = None


def bind(page: Page, case: Case, binding: Binding, person: Person) -> Case:
    """Bind a photo that `person` has sent, and seal its hash into the log; return the case with its new version.

    Raises:
        NotFound: they sent no such photo, or the incident has no such task.
        Conflict: the photo belongs to another incident already.
    """
    row = page.connection.execute(select(PHOTOS).where(PHOTOS.c.id == binding.photo)).mappings().one_or_none()
    if row is None or row["person"] != person.id:
        raise NotFound("photo", binding.photo)
    task = case.task(binding.task)
    if binding.task is not None and task is None:
        raise NotFound("task", binding.task)
    if row["incident"] is not None:
        if row["incident"] != case.incident.id:
            raise Conflict(found="the photo belongs to another incident", at=f"photo {binding.photo}")
        return case
    change = update(PHOTOS).where(PHOTOS.c.id == binding.photo)
    page.connection.execute(change.values(incident=case.incident.id, task=binding.task, kind=binding.kind))
    state = case.incident.state
    deed = Deed(
        step=PHOTO,
        from_state=state,
        to_state=state,
        task=binding.task,
        department=None if task is None else task.department,
        data={"photo": binding.photo, "kind": binding.kind, "sha256": row["sha256"], "original": row["original"]},
    )
    return page.write(case, Outcome(case, (deed,)), person)
