"""The registry of components in SQL: replaced from the city folder, found by code and by place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Text, and_, cast, delete, func, literal, not_, or_, select

from city.component import HELP, Component, ComponentState
from city.errors import NotFound
from city.nearness import Box
from city.place import Place
from registry.merging import Merged, merge
from registry.shape import as_column
from registry.tables import COMPONENT
from storage.sql import Database, insert

#: Rows sent to the database at once.
_ROWS = 1000
#: Codes in one question, well below SQLite's 32,766 parameters.
_IDS = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """Which components: all where nothing is said.

    Attributes:
        words: each of them stands in the code or a name, whatever the case of its letters.
        helping: only what can be sent or used, or only the rest.
    """

    kind: str = ""
    words: str = ""
    box: Box | None = None
    helping: bool | None = None


class ComponentRegistry:
    """The components of the city; safe between threads, every call its own transaction. Calls block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_all(self, components: Iterable[Component]) -> None:
        """Keep exactly these of the city folder; those that were imported stay, but for codes that are among these."""
        with self._database.write() as connection:
            connection.execute(delete(COMPONENT).where(COMPONENT.c.imported.is_(False)))
            statement = insert(connection, COMPONENT)
            new = {column.name: statement.excluded[column.name] for column in COMPONENT.columns if column.name != "id"}
            statement = statement.on_conflict_do_update(index_elements=["id"], set_=new)
            waiting = iter(components)
            while rows := [{**_row(component), "imported": False} for component in islice(waiting, _ROWS)]:
                connection.execute(statement, rows)

    def merge(self, columns: Sequence[str], rows: Iterator[tuple[Any, ...]], gone: Iterable[str] = ()) -> Merged:
        """Add or change a million rows or none, as `registry.staging` has them, and take out those that are `gone`.

        They stay whatever the city folder says, but for codes that stand there too.
        """
        removed, waiting = 0, iter(gone)
        with self._database.write() as connection:
            changed = merge(connection, COMPONENT, columns, rows, {"imported": True})
            while some := list(islice(waiting, _IDS)):
                removed += connection.execute(delete(COMPONENT).where(COMPONENT.c.id.in_(some))).rowcount
        return Merged(changed, removed)

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield every component by code as `registry.staging` takes what is there; those of the city folder stay."""
        with self._database.read() as connection:
            streaming = connection.execution_options(yield_per=_ROWS)
            query = select(*(COMPONENT.c[name] for name in columns), not_(COMPONENT.c.imported))
            for row in streaming.execute(query.order_by(COMPONENT.c.id)):
                yield tuple(map(as_column, row))

    def count(self) -> int:
        """Return how many components there are."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(COMPONENT)).scalar_one())

    def all(self) -> Iterator[Component]:
        """Yield every component by code, all of one moment, without holding them all in memory."""
        with self._database.read() as connection:
            streaming = connection.execution_options(yield_per=_ROWS)
            found = streaming.execute(select(COMPONENT).order_by(COMPONENT.c.id)).mappings()
            yield from map(_component, found)

    def get(self, component: str) -> Component:
        """Return one component.

        Raises:
            NotFound: there is none with this code.
        """
        query = select(COMPONENT).where(COMPONENT.c.id == component)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("component", component)
        return _component(row)

    def page(self, sought: Sought | None = None, *, after: str = "", limit: int = 100) -> list[Component]:
        """Return components by code from beyond `after`, those that are sought."""
        query = select(COMPONENT).where(COMPONENT.c.id > after).order_by(COMPONENT.c.id).limit(limit)
        if sought is not None:
            query = query.where(*_conditions(sought))
        with self._database.read() as connection:
            return [_component(row) for row in connection.execute(query).mappings()]

    def within(self, box: Box) -> Iterator[Component]:
        """Yield the components in a box; the index on the place finds them."""
        with self._database.read() as connection:
            found = connection.execute(select(COMPONENT).where(_inside(box))).mappings().all()
        return map(_component, found)


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.kind:
        yield COMPONENT.c.kind == sought.kind
    if sought.box is not None:
        yield _inside(sought.box)
    for word in sought.words.split():
        columns = (COMPONENT.c.id, COMPONENT.c.name, COMPONENT.c.name_en)
        yield or_(*(column.icontains(word, autoescape=True) for column in columns))
    if sought.helping is not None:
        # Words of `city.component.help_of`, in the kind's name or as a tag in its JSON.
        name = literal("_") + func.replace(func.lower(COMPONENT.c.kind), "-", "_") + literal("_")
        tags = cast(COMPONENT.c.tags, Text)
        named = or_(*(name.contains(f"_{one}_", autoescape=True) | tags.contains(f'"{one}"') for one in HELP))
        yield named if sought.helping else not_(named)


def _inside(box: Box) -> ColumnElement[bool]:
    latitude, longitude = COMPONENT.c.latitude, COMPONENT.c.longitude
    return and_(latitude.between(box.south, box.north), longitude.between(box.west, box.east))


def _row(component: Component) -> dict[str, Any]:
    return {
        "id": component.id,
        "kind": component.kind,
        "class": component.component_class,
        "name": component.name,
        "name_en": component.name_en,
        "state": component.state.value,
        "longitude": component.place.longitude,
        "latitude": component.place.latitude,
        "district": component.district,
        "grid": component.grid,
        "authority": component.authority,
        "owner": component.owner,
        "maintainer": component.maintainer,
        "installed": component.installed,
        "tags": sorted(component.tags),
    }


def _component(row: RowMapping) -> Component:
    plain = ("id", "kind", "name", "name_en", "district", "grid", "authority", "owner", "maintainer")
    return Component(
        **{name: row[name] for name in plain},
        component_class=row["class"],
        place=Place(row["longitude"], row["latitude"]),
        state=ComponentState(row["state"]),
        installed=row["installed"],
        tags=frozenset(row["tags"]),
    )
