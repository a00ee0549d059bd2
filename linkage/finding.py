"""Finds the incidents of one page: few matches are sorted here, many are read in the order of an index.

Either way at most one index is read from end to end, however many incidents are open and whatever is asked for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, UnaryExpression, func, literal, not_, select, tuple_

from linkage import cursor
from linkage.departments import COUNTY
from linkage.person import Person
from linkage.scope import listed, mine, sees_everything, visible, with_department
from linkage.tables import ENDED_ORDER, INCIDENTS, QUEUE_ORDER

#: Matches of a filter that are counted; of more, a page says that there are at least so many.
COUNTED = 1000

#: Incidents of a department or a person that are looked at one by one, some 20 ms.
LISTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which incidents; an empty collection asks for nothing in particular.

    Attributes:
        open: True for those not ended, False for those ended, None for both.
        mine: only those in which the person or their department has a part.
        jurisdictions: the levels that work on them: `city`, or `county` for what was passed down.
        q: words that must all stand in number, title, place, sensor or note.
    """

    open: bool | None = True
    states: Collection[str] = ()
    priorities: Collection[int] = ()
    departments: Collection[str] = ()
    domains: Collection[str] = ()
    districts: Collection[str] = ()
    classes: Collection[str] = ()
    jurisdictions: Collection[str] = ()
    mine: bool = False
    q: str = ""

    @property
    def words(self) -> list[str]:
        """Return the words of `q`, as they stand in what is searched."""
        return self.q.lower().split()

    @property
    def passed_down(self) -> bool | None:
        """Return whether only what was passed down to a county is wanted, or only what was not; None for both."""
        wanted = {level == COUNTY for level in self.jurisdictions}
        return wanted.pop() if len(wanted) == 1 else None


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page in order; `next` is where the following one begins, `exact` tells whether `total` is all."""

    ids: tuple[int, ...]
    next: str | None
    total: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Order:
    """A sort order over columns that are never null, the last of them the id; `descending` turns all of them round."""

    names: tuple[str, ...]
    descending: bool = False

    @property
    def key(self) -> list[ColumnElement[int]]:
        return [INCIDENTS.c[name] for name in self.names]

    @property
    def columns(self) -> list[ColumnElement[int] | UnaryExpression[int]]:
        return [column.desc() for column in self.key] if self.descending else list(self.key)

    def follows(self, key: tuple[int, ...]) -> ColumnElement[bool]:
        columns, values = tuple_(*self.key), tuple_(*(literal(part) for part in key))
        return columns < values if self.descending else columns > values

    def sorted_after(self, keys: Sequence[tuple[int, ...]], after: tuple[int, ...] | None) -> list[tuple[int, ...]]:
        ranked = sorted(keys, reverse=self.descending)
        if after is None:
            return ranked
        return [key for key in ranked if (key < after if self.descending else key > after)]


_QUEUE_ORDER = _Order(QUEUE_ORDER)
_ENDED_ORDER = _Order(ENDED_ORDER, descending=True)
_NEWEST_ORDER = _Order(("id",), descending=True)


@dataclass(frozen=True, slots=True)
class Cut:
    """Which piece of a list: at most `limit`, from after the cursor `after`."""

    limit: int
    after: str | None = None


def find(
    connection: Connection, person: Person, wanted: QueueFilter, cut: Cut, worded_open: Sequence[int] | None = None
) -> Found:
    """Return the ids that `person` may see of those wanted, as far as `cut` goes.

    Open incidents come in queue order; ended ones newest end first; both together newest first. `worded_open` are open
    incidents with the words asked for, at most one more than COUNTED, where somebody knows them already.

    Raises:
        BadRequest: the cursor is not one of this list.
    """
    order, limit = _order(wanted), cut.limit
    start = None if cut.after is None else cursor.decode(cut.after, len(order.names))
    worded = _worded(connection, wanted, worded_open)
    conditions = [*_scope(wanted), *_chosen(wanted, person), *worded.conditions]
    own = _own(connection, person, wanted)
    if own is not None:
        short = select(*order.key).where(*conditions, INCIDENTS.c.id.in_(own))
        keys = [tuple(row) for row in connection.execute(short)]
        return _found(order.sorted_after(keys, start), limit, total=len(keys), exact=True)
    if worded.few:
        few = select(*order.key).where(*conditions).limit(COUNTED + 1)
        keys = [tuple(row) for row in connection.execute(few)]
        if len(keys) <= COUNTED:
            return _found(order.sorted_after(keys, start), limit, total=len(keys), exact=True)
    page = select(*order.key).where(*conditions).order_by(*order.columns).limit(limit + 1)
    if start is not None:
        page = page.where(order.follows(start))
    keys = [tuple(row) for row in connection.execute(page)]
    total, exact = _total(connection, conditions, wanted, person, at_least=len(keys))
    return _found(keys, limit, total=total, exact=exact)


def _own(connection: Connection, person: Person, wanted: QueueFilter) -> Select[int] | None:
    """Return the list of a department's or a person's own incidents, where they are few enough to look at singly."""
    query = listed(person, wanted.departments, of_mine=wanted.mine)
    if query is None:
        return None
    many = connection.execute(select(query.limit(LISTED + 1).subquery().c[0]).offset(LISTED)).first()
    return query if many is None else None


def _found(keys: Sequence[tuple[int, ...]], limit: int, *, total: int, exact: bool) -> Found:
    following = cursor.encode(keys[limit - 1]) if len(keys) > limit else None
    return Found(tuple(key[-1] for key in keys[:limit]), following, total, exact)


def _order(wanted: QueueFilter) -> _Order:
    if wanted.open is None:
        return _NEWEST_ORDER
    return _QUEUE_ORDER if wanted.open else _ENDED_ORDER


def _total(
    connection: Connection, conditions: list[ColumnElement[bool]], wanted: QueueFilter, person: Person, *, at_least: int
) -> tuple[int, bool]:
    """Return how many there are: all of them where nothing in particular was asked for, else at least so many."""
    if wanted.words:
        return at_least, False
    if _chosen(wanted, person):
        return COUNTED, False
    count = select(func.count()).select_from(INCIDENTS).where(*conditions)
    return int(connection.execute(count).scalar_one()), True


def _scope(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    if wanted.open is None:
        return []
    ended = INCIDENTS.c.ended_ns
    return [ended.is_(None) if wanted.open else ended.is_not(None)]


def _chosen(wanted: QueueFilter, person: Person) -> list[ColumnElement[bool]]:
    conditions = [] if sees_everything(person) else [visible(person)]
    for column, values in (
        (INCIDENTS.c.state, wanted.states),
        (INCIDENTS.c.priority, wanted.priorities),
        (INCIDENTS.c.domain, wanted.domains),
        (INCIDENTS.c.district, wanted.districts),
        (INCIDENTS.c.incident_class, wanted.classes),
    ):
        if values:
            conditions.append(column.in_(list(values)))
    if wanted.departments:
        conditions.append(with_department(list(wanted.departments)))
    if wanted.passed_down is not None:
        at_city = INCIDENTS.c.jurisdiction == ""
        conditions.append(not_(at_city) if wanted.passed_down else at_city)
    if wanted.mine:
        conditions.append(mine(person))
    return conditions


@dataclass(frozen=True, slots=True)
class _Worded:
    """What the words asked for amount to; `few` tells whether they alone leave few incidents, or none were given."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    few: bool = True


def _worded(connection: Connection, wanted: QueueFilter, known: Sequence[int] | None) -> _Worded:
    """Look for the words by themselves first: rare ones leave few incidents, frequent ones are met soon anyway."""
    words = wanted.words
    if not words:
        return _Worded()
    conditions = tuple(INCIDENTS.c.words.contains(word, autoescape=True) for word in words)
    scope = _scope(wanted) if known is None else [INCIDENTS.c.ended_ns.is_not(None)]
    ids = [] if known is None else list(known)
    if len(ids) <= COUNTED:
        probe = select(INCIDENTS.c.id).where(*scope, *conditions).limit(COUNTED + 1)
        ids += connection.execute(probe).scalars()
    if len(ids) > COUNTED:
        return _Worded(conditions, few=False)
    return _Worded((INCIDENTS.c.id.in_(ids),))
