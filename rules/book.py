"""The rule book: rule files read into frozen rules, every mistake named with its file and line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from city.alarm import Lane, Response
from city.catalogue import Catalogue
from city.errors import BadCityFile
from city.level import Level
from city.yaml_lines import Located, parse_yaml
from rules.faults import BadRuleBook, Faults
from rules.kind import Kind, Written
from rules.kinds import KINDS
from rules.lateness import NEVER_WAITING, read_lateness_ns
from rules.measure import Scale, read_scale
from rules.response import read_response, read_shadow
from rules.rule import Rule, Terms, Variant
from rules.schedule import BUILT_IN, Schedule, read_schedule
from rules.selection import Selection, read_selection

_REQUIRED = ("id", "name", "kind", "source", "select", "levels", "incident")
_OPTIONAL = ("when", "exceptions", "shadow")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, in the order of their files and of their lines."""

    rules: tuple[Rule, ...] = ()

    @property
    def quantities(self) -> frozenset[str]:
        """Return the series names that rules judge; each needs its number before the book can be in force."""
        return frozenset(name for rule in self.rules for name in (rule.select.quantity, *rule.terms.quantities) if name)


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
    written_files: list[tuple[Located, str]] = []
    for name, text in files:
        with faults:
            if name.endswith(".toml"):
                catalogue = Catalogue.parse(text, file=name, base=catalogue)
            else:
                written_files.append((parse_yaml(text, name), text))
    schedules = _schedules([written for written, _ in written_files], faults)
    for file, text in written_files:
        for written, snippet in _written_rules(file, text, faults):
            rule = _RuleReader(faults, catalogue, schedules).read(written, snippet)
            with faults:
                _keep(rule, rules, written)
    if not faults.found:
        faults.found += [fault for rule in rules.values() for fault in _strangers(rule, rules)]
    return list(rules.values()), faults.found


def _strangers(rule: Rule, rules: dict[str, Rule]) -> list[BadCityFile]:
    """Return a mistake for each rule that this one inhibits or is compared with, and that is no other of the book."""
    shadow = rule.response.shadow
    named = [(one.rule, "to inhibit") for one in rule.response.inhibited_by]
    named += [(shadow.against, "to compare with")] if shadow is not None and shadow.against else []
    at = f"{rule.file}:{rule.line}"
    return [
        BadCityFile(expected=f"another rule of the book {what} `{rule.id}`", got=other, at=at)
        for other, what in named
        if other not in rules.keys() - {rule.id}
    ]


def _keep(rule: Rule | None, rules: dict[str, Rule], written: Located) -> None:
    if rule is None:
        return
    if rule.id in rules:
        first = rules[rule.id]
        raise written.wrong(expected=f"an id other than that of the rule at {first.file}:{first.line}", got=rule.id)
    rules[rule.id] = rule


def _written_rules(file: Located, text: str, faults: Faults) -> list[tuple[Located, str]]:
    with faults:
        members = file.fields(("rules",), ("schedules",))["rules"].items()
        lines = text.splitlines()
        ends = [*(member.line - 1 for member in members[1:]), len(lines)][: len(members)]
        return [(member, _snippet(lines[member.line - 1 : end])) for member, end in zip(members, ends, strict=True)]
    return []


def _schedules(files: Iterable[Located], faults: Faults) -> dict[str, Schedule]:
    """Return the schedules of all files by name, and the built-in ones; one may refer to those before it."""
    known = dict(BUILT_IN)
    named: dict[str, Located] = {}
    for name, written in (one for file in files for one in _written_schedules(file, faults)):
        with faults:
            if name in named:
                raise written.wrong(expected=f"a name other than that of the schedule at {named[name].at}", got=name)
            named[name] = written
            known[name] = replace(read_schedule(written, known), name=name)
    return known


def _written_schedules(file: Located, faults: Faults) -> list[tuple[str, Located]]:
    with faults:
        found = file.value.get("schedules") if isinstance(file.value, Mapping) else None
        return [*found.entries().items()] if isinstance(found, Located) else []
    return []


def _written_levels(levels: Located) -> list[Level]:
    """Return the levels that are named, whether what stands under them is right or not."""
    named = levels.value if isinstance(levels.value, dict) else {}
    return [level for level in Level if level.word in named]


def _snippet(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip()


class _RuleReader:
    """Reads one rule section by section, so that a mistake in one does not hide those in the next."""

    def __init__(self, faults: Faults, catalogue: Catalogue, schedules: Mapping[str, Schedule]) -> None:
        self._faults, self._catalogue, self._schedules = faults, catalogue, schedules

    def read(self, written: Located, snippet: str) -> Rule | None:
        """Return the rule, or None when there was a mistake in it."""
        before = len(self._faults.found)
        with self._faults:
            return self._rule(written, snippet, before)
        return None

    def _rule(self, written: Located, snippet: str, before: int) -> Rule | None:
        entries = written.entries()
        kind = KINDS[entries["kind"].word(KINDS)] if "kind" in entries else None
        of_quantity = kind is not None and ("each" in entries if kind.of_quantity is None else kind.of_quantity)
        fields = written.fields(*_keys(kind, unit=of_quantity or kind is None))
        assert kind is not None  # `kind` is a required field
        head = self._head(fields)
        select = self._select(fields["select"], of_quantity, kind)
        own = {key: fields[key] for key in kind.own if key in fields}
        scale = self._scale(fields) if of_quantity else Scale()
        quantity = "" if select is None else select.quantity
        response = self._response(fields, kind)
        hazard = response is None or response.lane is Lane.CITY
        part = Written(fields["levels"], own, scale, self._catalogue, self._faults, quantity, hazard)
        terms = kind.read(part)
        when = self._when(fields)
        exceptions = self._exceptions(fields, kind, part)
        with self._faults:
            shadow = read_shadow(fields["shadow"]) if "shadow" in fields else None
            lateness_ns = read_lateness_ns(fields["lateness"]) if "lateness" in fields else 0
        if len(self._faults.found) > before or head is None or select is None or response is None:
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
            response=replace(response, shadow=shadow),
            lateness_ns=lateness_ns,
            when=when,
            exceptions=exceptions,
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

    def _select(self, written: Located, of_quantity: bool, kind: Kind) -> Selection | None:  # noqa: FBT001 - private
        with self._faults:
            select = read_selection(written)
            if of_quantity and not select.quantity:
                raise written.wrong(expected="`quantity`", got="nothing")
            if kind.of_quantity is None and not of_quantity and select.quantity:
                raise written.wrong(expected="no `quantity`: events have none", got=select.quantity)
            return select
        return None

    def _response(self, fields: dict[str, Located], kind: Kind) -> Response | None:
        with self._faults:
            return read_response(fields["incident"], _written_levels(fields["levels"]), kind.name)
        return None

    def _scale(self, fields: dict[str, Located]) -> Scale:
        with self._faults:
            select = fields["select"].entries()
            if "quantity" in select:
                return read_scale(select["quantity"], fields.get("unit"), self._catalogue)
        return Scale()

    def _when(self, fields: dict[str, Located]) -> Schedule | None:
        with self._faults:
            return read_schedule(fields["when"], self._schedules) if "when" in fields else None
        return None

    def _exceptions(self, fields: dict[str, Located], kind: Kind, rule: Written) -> tuple[Variant, ...]:
        with self._faults:
            written = fields["exceptions"].items() if "exceptions" in fields else ()
            return tuple(variant for one in written for variant in self._exception(one, kind, rule))
        return ()

    def _exception(self, written: Located, kind: Kind, rule: Written) -> tuple[Variant, ...]:
        with self._faults:
            fields = written.fields(("select", "source"), ("levels", "exempt"))
            if ("levels" in fields) == ("exempt" in fields) or ("exempt" in fields and not fields["exempt"].flag()):
                raise written.wrong(expected="either `levels` or `exempt: true`", got="both or neither")
            select = read_selection(fields["select"])
            if select.quantity:
                raise fields["select"].wrong(expected="no `quantity`: it is the rule's", got=select.quantity)
            terms = self._other_terms(fields["levels"], kind, rule) if "levels" in fields else None
            return (Variant(select, terms, fields["source"].text()),)
        return ()

    def _other_terms(self, levels: Located, kind: Kind, rule: Written) -> Terms:
        """Return the rule's terms with some of its levels written anew; each must be one that the rule has."""
        of_rule = rule.levels.entries()
        # What one of the rule's own does not agree with is named where the exception stands.
        kept = {name: Located(level.value, levels.file, levels.line) for name, level in of_rule.items()}
        anew = levels.fields((), list(of_rule))
        merged = kept | {name: _with_hold(level, of_rule[name]) for name, level in anew.items()}
        return kind.read(rule._replace(levels=Located(merged, levels.file, levels.line)))


def _with_hold(level: Located, of_rule: Located) -> Located:
    """Return an exception's level with the rule's hold where it has none of its own: another limit is no haste."""
    written, hold = level.entries(), of_rule.entries().get("hold")
    return level if hold is None else Located({"hold": hold, **written}, level.file, level.line)


def _keys(kind: Kind | None, *, unit: bool) -> tuple[list[str], list[str]]:
    """Return the keys that a rule must have, and those that it may have besides."""
    waits = kind is None or kind.name not in NEVER_WAITING
    optional = [*_OPTIONAL, *(["unit"] if unit else []), *(["lateness"] if waits else [])]
    if kind is None:
        return [*_REQUIRED], optional
    return [*_REQUIRED, *kind.required], [*optional, *(key for key in kind.own if key not in kind.required)]
