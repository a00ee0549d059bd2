"""The registry of components in SQL: replaced from the city folder, found by code and by place."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import RowMapping, delete, select

from city.component import Component, ComponentState
from city.errors import NotFound
from city.nearness import Box
from city.place import Place
from registry.tables import COMPONENT
from storage.sql import Database, insert

#: Rows sent to the database at once.
_ROWS = 1000


class ComponentRegistry:
    """The components of the city; safe between threads, every call its own transaction. Calls block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace_all(self, components: Iterable[Component]) -> None:
        """Keep exactly these."""
        with self._database.write() as connection:
            connection.execute(delete(COMPONENT))
            waiting = iter(components)
            while rows := [_row(component) for component in islice(waiting, _ROWS)]:
                connection.execute(insert(connection, COMPONENT), rows)

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

    def page(self, *, kind: str = "", after: str = "", limit: int = 100) -> list[Component]:
        """Return components by code from beyond `after`; of one kind if it is given."""
        query = select(COMPONENT).where(COMPONENT.c.id > after).order_by(COMPONENT.c.id).limit(limit)
        with self._database.read() as connection:
            found = connection.execute(query.where(COMPONENT.c.kind == kind) if kind else query)
            return [_component(row) for row in found.mappings()]

    def within(self, box: Box) -> Iterator[Component]:
        """Yield the components in a box; the index on the place finds them."""
        inside = (
            COMPONENT.c.latitude.between(box.south, box.north),
            COMPONENT.c.longitude.between(box.west, box.east),
        )
        with self._database.read() as connection:
            found = connection.execute(select(COMPONENT).where(*inside)).mappings().all()
        return map(_component, found)


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
        "tags": sorted(component.tags),
    }


def _component(row: RowMapping) -> Component:
    plain = ("id", "kind", "name", "name_en", "district", "grid", "authority", "owner", "maintainer")
    return Component(
        **{name: row[name] for name in plain},
        component_class=row["class"],
        place=Place(row["longitude"], row["latitude"]),
        state=ComponentState(row["state"]),
        tags=frozenset(row["tags"]),
    )
