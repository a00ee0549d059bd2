"""Which sensors a rule is about: every condition given must match, and a list matches any of its members."""

from dataclasses import dataclass

from city.level import Domain
from city.yaml_lines import Located

_LISTS = ("kinds", "districts", "sites", "tags", "sensors")


@dataclass(frozen=True, slots=True)
class Selection:
    """The `select` of a rule; an empty condition matches every sensor.

    Attributes:
        quantity: the quantity that is judged; a sensor that lists its quantities must list this one.
        tags: a sensor that carries any of these matches.
        sensors: sensor ids.
    """

    domain: Domain | None = None
    quantity: str = ""
    kinds: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


def read_selection(written: Located) -> Selection:
    """Return the selection of a rule.

    Raises:
        BadCityFile: a key is unknown, a domain is none of the four, or a list is empty or holds something but texts.
    """
    fields = written.fields((), ("domain", "quantity", *_LISTS))
    if not fields:
        raise written.wrong(expected="at least one condition", got="nothing")
    lists = {key: _words(fields[key]) for key in _LISTS if key in fields}
    domain = Domain(fields["domain"].word(list(Domain))) if "domain" in fields else None
    return Selection(domain=domain, quantity=fields["quantity"].text() if "quantity" in fields else "", **lists)


def _words(written: Located) -> tuple[str, ...]:
    words = tuple(member.text() for member in written.items())
    if not words:
        raise written.wrong(expected="at least one word", got="an empty list")
    return words
