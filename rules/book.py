"""The rule book: rule files read into frozen rules, every mistake named with its file and line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from city.catalogue import Catalogue
from city.errors import BadCityFile
from city.level import Level
from city.yaml_lines import Located, parse_yaml
from rules.faults import BadRuleBook, Faults
from rules.kind import Kind
from rules.kinds import KINDS
from rules.measure import Scale, read_scale
from rules.response import read_response
from rules.rule import Rule
from rules.selection import Selection, read_selection

_REQUIRED = ("id", "name", "kind", "source", "select", "levels", "incident")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, in the order of their files and of their lines."""

    rules: tuple[Rule, ...] = ()

    @property
    def quantities(self) -> frozenset[str]:
        """Return the series names that rules judge; each needs its number before the book can be in force."""
        return frozenset(rule.select.quantity for rule in self.rules if rule.select.quantity)


def read_book(files: Iterable[tuple[str, str]], catalogue: Catalogue) -> RuleBook:
    """Return the rule book in `files`, pairs of name and YAML text; a TOML file before them extends the catalogue.

    Raises:
        BadRuleBook: the files hold mistakes; all of them are in it.
    """
    rules, faults = _read_files(files, catalogue)
    if faults:
        raise BadRuleBook(tuple(faults))
    return RuleBook(tuple(rules))


def _read_files(files: Iterable[tuple[str, str]], catalogue: Catalogue) -> tuple[list[Rule], list[BadCityFile]]:
    faults = Faults()
    rules: dict[str, Rule] = {}
    for name, text in files:
        if name.endswith(".toml"):
            with faults:
                catalogue = Catalogue.parse(text, file=name, base=catalogue)
            continue
        for written, snippet in _written_rules(name, text, faults):
            rule = _RuleReader(faults, catalogue).read(written, snippet)
            with faults:
                _keep(rule, rules, written)
    if not faults.found:
        faults.found += [fault for rule in rules.values() for fault in _inhibited_by_strangers(rule, rules)]
    return list(rules.values()), faults.found


def _inhibited_by_strangers(rule: Rule, rules: dict[str, Rule]) -> list[BadCityFile]:
    """Return a mistake for each inhibitor that is no other rule of the book."""
    others = rules.keys() - {rule.id}
    strangers = [one.rule for one in rule.response.inhibited_by if one.rule not in others]
    at = f"{rule.file}:{rule.line}"
    expected = f"another rule of the book to inhibit `{rule.id}`"
    return [BadCityFile(expected=expected, got=stranger, at=at) for stranger in strangers]


def _keep(rule: Rule | None, rules: dict[str, Rule], written: Located) -> None:
    if rule is None:
        return
    if rule.id in rules:
        first = rules[rule.id]
        raise written.wrong(expected=f"an id other than that of the rule at {first.file}:{first.line}", got=rule.id)
    rules[rule.id] = rule


def _written_rules(name: str, text: str, faults: Faults) -> list[tuple[Located, str]]:
    with faults:
        members = parse_yaml(text, name).fields(("rules",))["rules"].items()
        lines = text.splitlines()
        ends = [*(member.line - 1 for member in members[1:]), len(lines)][: len(members)]
        return [(member, _snippet(lines[member.line - 1 : end])) for member, end in zip(members, ends, strict=True)]
    return []


def _written_levels(levels: Located) -> list[Level]:
    """Return the levels that are named, whether what stands under them is right or not."""
    named = levels.value if isinstance(levels.value, dict) else {}
    return [level for level in Level if level.word in named]


def _snippet(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip()


class _RuleReader:
    """Reads one rule section by section, so that a mistake in one does not hide those in the next."""

    def __init__(self, faults: Faults, catalogue: Catalogue) -> None:
        self._faults, self._catalogue = faults, catalogue

    def read(self, written: Located, snippet: str) -> Rule | None:
        """Return the rule, or None when there was a mistake in it."""
        before = len(self._faults.found)
        with self._faults:
            return self._rule(written, snippet, before)
        return None

    def _rule(self, written: Located, snippet: str, before: int) -> Rule | None:
        entries = written.entries()
        kind = KINDS[entries["kind"].word(KINDS)] if "kind" in entries else None
        optional = ("unit",) if kind is None or kind.of_quantity else ()
        fields = written.fields(_REQUIRED, optional)
        assert kind is not None  # `kind` is a required field
        head = self._head(fields)
        select = self._select(fields["select"], kind)
        terms = kind.read(fields["levels"], self._scale(fields, kind), self._faults)
        with self._faults:
            response = read_response(fields["incident"], _written_levels(fields["levels"]))
        if len(self._faults.found) > before or head is None or select is None:
            return None
        return Rule(
            id=head[0],
            name=head[1],
            source=head[2],
            kind=kind.name,
            file=written.file,
            line=written.line,
            select=select,
            terms=terms,
            response=response,
            text=snippet,
        )

    def _head(self, fields: dict[str, Located]) -> tuple[str, dict[str, str], str] | None:
        found: list[object] = []
        for key, read in (("id", Located.text), ("name", Located.names), ("source", Located.text)):
            with self._faults:
                found.append(read(fields[key]))
        match found:
            case [str(id_), dict(name), str(source)]:
                return id_, name, source
        return None

    def _select(self, written: Located, kind: Kind) -> Selection | None:
        with self._faults:
            select = read_selection(written)
            if kind.of_quantity and not select.quantity:
                raise written.wrong(expected="`quantity`", got="nothing")
            return select
        return None

    def _scale(self, fields: dict[str, Located], kind: Kind) -> Scale:
        with self._faults:
            select = fields["select"].entries()
            if kind.of_quantity and "quantity" in select:
                return read_scale(select["quantity"], fields.get("unit"), self._catalogue)
        return Scale()
