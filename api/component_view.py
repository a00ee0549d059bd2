"""A component of the city as the API shows it."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from city.component import Component, ComponentState, Help, help_of


class ComponentView(BaseModel):
    """A component: what it is, where it stands and who is responsible; `help` when it can be sent or used."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    component_class: str
    name: str
    name_en: str
    state: ComponentState
    longitude: float
    latitude: float
    district: str
    grid: str
    authority: str
    owner: str
    maintainer: str
    installed: date | None
    tags: tuple[str, ...]
    help: Help | None = None


_COPIED = (
    *("id", "kind", "component_class", "name", "name_en", "state", "district", "grid"),
    *("authority", "owner", "maintainer", "installed"),
)


def component_view(component: Component) -> ComponentView:
    """Return the view of one component."""
    return ComponentView(
        **{name: getattr(component, name) for name in _COPIED},
        longitude=component.place.longitude,
        latitude=component.place.latitude,
        tags=tuple(sorted(component.tags)),
        help=help_of(component.kind, component.tags),
    )
