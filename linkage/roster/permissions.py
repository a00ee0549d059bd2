"""Who may change a roster, and who may sign for a post."""

from city.errors import NotPermitted
from linkage.departments import Axis, Directory
from linkage.person import Person, Role
from linkage.roster.roster import Post, Roster

#: May change any department's roster, and sign in the place of somebody who cannot.
OVERSEEING = frozenset({Role.FOREMAN, Role.LEADER})

#: May change their own department's roster.
CHANGING = OVERSEEING | {Role.DISPATCHER, Role.OFFICER}


def check_may_change(person: Person, department: str, directory: Directory) -> None:
    """Raise NotPermitted unless this person may change the department's roster."""
    if person.holds(OVERSEEING):
        return
    found = directory.find(department)
    command = found is not None and found.axis is Axis.COMMAND and person.holds(frozenset({Role.DISPATCHER}))
    own = person.holds(frozenset({Role.OFFICER})) and person.department == department
    if not (command or own):
        allowed = "the department's officers, dispatchers for command, `foreman`, `leader`"
        raise NotPermitted("change_roster", allowed=allowed, at=department)


def belongs(person: Person, post: Post, roster: Roster) -> bool:
    """Tell whether somebody may take a post over: it is their department's, or a roster of it names them."""
    if person.department == post.department:
        return True
    return any(person.username in one.people for one in roster.of(post.department))


def check_takes_part(person: Person, post: Post, roster: Roster) -> None:
    """Raise NotPermitted unless this person may have to do with the duty of a post."""
    if not (belongs(person, post, roster) or person.holds(OVERSEEING)):
        allowed = "the department's people, `foreman`, `leader`"
        raise NotPermitted("handover", allowed=allowed, at=f"{post.department}/{post.id}")
