"""A town with plans: what leaders and departments do in a response, in short words."""

from collections.abc import Iterable
from dataclasses import replace

from linkage.departments import Directory
from linkage.incidents import Incidents
from linkage.ledger import Ledger
from linkage.person import Person, Role
from linkage.plans.library import Plans
from linkage.plans.orders import Change, Content, Start
from linkage.plans.parsing import parse_plan
from linkage.plans.parts import Parts, Rhythm
from linkage.plans.proposer import Proposer
from linkage.plans.responses import Responses
from linkage.ticking import Ticker
from storage.sql import Database
from tests.support.linkage import LEADER, Town, person
from tests.support.plans import FLOOD_PLAN

POWER_OFFICER = person(Role.OFFICER, name="power-officer", department="power")

CONTENT = Content(matter="城东积水", measures="封路、抽排", expected_h=6)


class ResponseTown(Town):
    """The queue with plans, and what is done by them."""

    def __init__(self, database: Database, texts: Iterable[str] = (FLOOD_PLAN,), directory: Directory | None = None):
        super().__init__(database)
        book = replace(self.ledger.book, plans=Plans(parse_plan(text) for text in texts), districts=("east", "west"))
        if directory is not None:
            book = replace(book, directory=directory)
        self.ledger: Ledger = replace(self.ledger, book=book)
        self.incidents = Incidents(self.ledger)
        self.ticker = Ticker(self.ledger)
        self.responses, self.parts = Responses(self.ledger), Parts(self.ledger)
        self.proposer, self.rhythm = Proposer(self.ledger), Rhythm(self.ledger)

    def started(self, level: str = "IV", by: Person = LEADER, **words: object) -> int:
        """Let somebody start a response to a flood."""
        order = Start(plan="flood", level=level, content=CONTENT)
        return self.responses.start(replace(order, **words), by)  # type: ignore[arg-type]

    def change(self, version: int, level: str) -> Change:
        """Return a change that says what the law asks for."""
        return Change(version=version, level=level, content=CONTENT, note="water rises")
