"""Rule books as they were read, by what stands in their files: reading a thousand rules takes a second and more."""

from city.catalogue import Catalogue
from rules.book import RuleBook, read_book
from rules.faults import BadRuleBook

#: Name and text of each file, as a context has them.
Files = tuple[tuple[str, str], ...]

#: The book in force, and the one that may be.
_MOST = 2


class Library:
    """Reads each book once, in whatever thread asks first, and remembers the last two."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[Files, RuleBook | BadRuleBook] = {}

    def read(self, files: Files) -> RuleBook:
        """Return the rule book in `files`.

        Raises:
            BadRuleBook: the files hold mistakes; all of them are in it.
        """
        known = self._known
        found = known.get(files)
        if found is None:
            found = self._read(files)
            kept = list(known.items())[1 - _MOST :]
            self._known = {**dict(kept), files: found}
        if isinstance(found, BadRuleBook):
            raise BadRuleBook(found.faults)
        return found

    def _read(self, files: Files) -> RuleBook | BadRuleBook:
        try:
            return read_book(files, self._catalogue)
        except BadRuleBook as error:
            return error
