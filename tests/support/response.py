"""A town with plans: what leaders and departments do in a response, in short words."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import RowMapping, select

from city.clock import ManualClock
from linkage import cases
from linkage.admission.admit import Admitter
from linkage.departments import Directory
from linkage.incidents import Incidents
from linkage.ledger import Ledger
from linkage.person import Person
from linkage.plans.drills import Injects
from linkage.plans.library import Plans
from linkage.plans.office import plan_office
from linkage.plans.orders import Change, Content, Start
from linkage.plans.parsing import parse_plan
from linkage.plans.parts import Parts, Rhythm
from linkage.plans.proposer import Proposer
from linkage.plans.responses import Responses
from linkage.plans.upward import UpwardTurn
from linkage.plans.views import ProposalView
from linkage.record import Case
from linkage.tables import EVENTS
from linkage.ticking import Ticker
from linkage.warnings.issuing import WarningContent
from storage.sql import Database
from tests.support.linkage import LEADER, START, Town
from tests.support.plans import FLOOD_PLAN

WARNING = WarningContent(
    level="yellow",
    starts_ns=ManualClock(START).now_ns(),
    area="城东",
    cautions="低洼地带可能积水",
    measures="减少外出",
    issuer="市气象台",
)

CONTENT = Content(matter="城东积水", measures="封路、抽排", expected_h=6)


class ResponseTown(Town):
    """The queue with plans, and what is done by them."""

    PLAN = FLOOD_PLAN

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
        self.admitter = Admitter(self.ledger)
        self.office = plan_office(self.ledger)
        self.injects, self.upward_turn = Injects(self.ledger), UpwardTurn(self.ledger)

    def started(self, level: str = "IV", by: Person = LEADER, **words: object) -> int:
        """Let somebody start a response to a flood."""
        order = Start(plan="flood", level=level, content=CONTENT)
        return self.responses.start(replace(order, **words), by)  # type: ignore[arg-type]

    def proposals(self) -> list[ProposalView]:
        """Let the system look, and return what it proposes."""
        self.proposer.take()
        return self.office.board.proposals()

    def events(self, step: str) -> list[RowMapping]:
        """Return the log's entries of one kind, oldest first."""
        with self.database.read() as connection:
            query = select(EVENTS).where(EVENTS.c.step == step).order_by(EVENTS.c.number)
            return list(connection.execute(query).mappings())

    def case(self, incident: str | int) -> Case:
        """Return an incident as it stands."""
        with self.database.read() as connection:
            case = cases.load(connection, int(incident))
        assert case is not None
        return case

    def change(self, version: int, level: str) -> Change:
        """Return a change that says what the law asks for."""
        return Change(version=version, level=level, content=CONTENT, note="water rises")
