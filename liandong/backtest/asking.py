"""Turns what somebody asks of a back-test, as text, into books and a span, with every mistake named."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from city.catalogue import Catalogue
from city.clock import SECOND_NS, to_ns
from city.errors import BadCityFile, BadRequest
from liandong.backtest.running import Question
from liandong.city_folder import CityFolder
from linkage.departments import Directory
from linkage.standards import Standards
from rules.book import RuleBook, read_book
from rules.faults import BadRuleBook
from rules.rule import Rule

#: Longest span, days: three years of a season, and a slip of the pen beyond.
LONGEST_DAYS = 1100

_DAY_S = 86_400

#: Name and YAML text of rule files.
Files = Sequence[tuple[str, str]]


def proposed_book(files: Files, city: CityFolder, *, amend: bool) -> RuleBook:
    """Return the book that is proposed: these files, or with `amend` the one in force with their rules put into it.

    Raises:
        BadRuleBook: the files hold mistakes; all of them are in it.
    """
    book = _read(files, city.catalogue, city.departments, city.standards)
    if not amend:
        return book
    own = {rule.id for rule in book.rules}
    return RuleBook((*(rule for rule in live_book(city).rules if rule.id not in own), *book.rules))


def live_book(city: CityFolder) -> RuleBook:
    """Return the book in force, as the city folder has it."""
    return read_book(city.book, city.catalogue)


def _read(files: Files, catalogue: Catalogue, departments: Directory, standards: Standards) -> RuleBook:
    book = read_book(files, catalogue)
    faults = [fault for rule in book.rules for fault in _strangers(rule, departments, standards)]
    if faults:
        raise BadRuleBook(tuple(faults))
    return book


def _strangers(rule: Rule, departments: Directory, standards: Standards) -> list[BadCityFile]:
    at, found = f"{rule.file}:{rule.line}", list[BadCityFile]()
    if rule.response.incident_class not in standards:
        expected = f"a class of case-standards.yaml for rule `{rule.id}`"
        found.append(BadCityFile(expected=expected, got=rule.response.incident_class, at=at))
    unknown = [one for one in rule.response.departments if one not in departments]
    expected = f"a department of departments.yaml for rule `{rule.id}`"
    return [*found, *(BadCityFile(expected=expected, got=one, at=at) for one in unknown)]


def moment_ns(text: str, zone: ZoneInfo, at: str) -> int:
    """Return the whole second that is meant; a day is its beginning, and a time without zone is the city's.

    Raises:
        BadRequest: it is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        expected = "a day or a time such as `2026-11-01` or `2026-11-01T08:00`"
        raise BadRequest(expected=expected, got=text, at=at) from error
    aware = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    return to_ns(aware) // SECOND_NS * SECOND_NS


def question(start_ns: int, end_ns: int, *, warm_up_s: float, closes_after_s: float) -> Question:
    """Return the question about a span.

    Raises:
        BadRequest: it ends before it begins, or is too long.
    """
    if end_ns <= start_ns:
        raise BadRequest(expected="an end after the beginning", got=f"{(end_ns - start_ns) / SECOND_NS:g} s", at="to")
    if end_ns - start_ns > LONGEST_DAYS * _DAY_S * SECOND_NS:
        days = (end_ns - start_ns) / SECOND_NS / _DAY_S
        raise BadRequest(expected=f"at most {LONGEST_DAYS} days", got=f"{days:g}", at="to")
    return Question(
        start_ns=start_ns,
        end_ns=end_ns,
        warm_up_ns=round(warm_up_s) * SECOND_NS,
        closes_after_ns=round(closes_after_s * SECOND_NS),
    )
