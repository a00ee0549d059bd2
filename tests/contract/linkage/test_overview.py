"""What is open, in memory: it says what SQL says, and follows whatever changes an incident."""

from itertools import product

from linkage.finding import Cut, QueueFilter, find
from linkage.person import Person, Role
from linkage.queue import Queue
from linkage.states import Disposition, Step
from linkage.tables import INCIDENTS
from tests.contract.linkage.test_queue import fill
from tests.support.linkage import ACCEPTOR, COLLECTOR, DISPATCHER, FOREMAN, MONITOR, WATER_OFFICER, Town, person
from tests.support.rebuilding import rebuilder

FILTERS = (
    QueueFilter(),
    QueueFilter(states=["reported"], priorities=[1, 3]),
    QueueFilter(departments=["water", "police"], mine=True),
    QueueFilter(districts=["east"], classes=["road_water"], q="积水"),
    QueueFilter(domains=["environment"], q="EAST 2026"),
    QueueFilter(jurisdictions=["county"]),
    QueueFilter(jurisdictions=["city"], priorities=[1, 3]),
    QueueFilter(jurisdictions=["city", "county"]),
)
PEOPLE = (
    MONITOR,
    WATER_OFFICER,
    DISPATCHER,
    COLLECTOR,
    person(Role.MONITOR, name="west", district="west"),
    person(Role.OFFICER, name="water-east", department="water", district="east"),
    person(Role.STEWARD),
)


def ids(town: Town, who: Person = MONITOR, wanted: QueueFilter | None = None) -> list[int]:
    return [int(line.id) for line in town.queue.page(who, wanted).items]


def test_memory_says_what_sql_says(town: Town):
    fill(town)
    town.act("3", Step.PASS_DOWN, DISPATCHER, note="local")

    for who, wanted in product(PEOPLE, FILTERS):
        with town.database.read() as connection:
            told = find(connection, who, wanted, Cut(50))
        assert ids(town, who, wanted) == list(told.ids), (who, wanted)


def test_what_one_process_writes_another_one_shows(town: Town):
    fill(town)
    other = Queue(town.database)
    before = other.page(MONITOR).items
    town.act("3", Step.ACKNOWLEDGE, FOREMAN)
    after = other.page(MONITOR).items

    assert [line.acknowledged_at is None for line in before if line.id == "3"] == [True]
    assert [line.acknowledged_at is None for line in after if line.id == "3"] == [False]


def test_incident_opened_again_is_theirs_who_took_steps_in_it_before(town: Town):
    mine = QueueFilter(mine=True)
    found = [ids(town, FOREMAN, mine)]
    town.reported()
    town.act("1", Step.NOT_FILE, FOREMAN, note="dry", disposition=Disposition.FALSE_PERSON)
    town.reported()
    found.append(ids(town, FOREMAN, mine))
    town.act("1", Step.REOPEN, ACCEPTOR, note="it is wet")
    found.append(ids(town, FOREMAN, mine))

    assert found == [[], [], [1]]


def test_rows_that_were_mended_are_read_again(town: Town):
    fill(town)
    with town.database.write() as connection:
        connection.execute(INCIDENTS.update().where(INCIDENTS.c.id == 1).values(district="north"))
    found = [ids(town, MONITOR, QueueFilter(districts=["north"]))]
    rebuilder(town.ledger).mend()
    found.append(ids(town, MONITOR, QueueFilter(districts=["north"])))

    assert found == [[1], []]
    assert 1 in ids(town, MONITOR, QueueFilter(districts=["east"]))


def test_counts_are_of_the_open_list(town: Town):
    fill(town)

    for who in PEOPLE:
        page, counts = town.queue.page(who), town.queue.counts(who, town.ledger.clock)
        unseen = sum(line.acknowledged_at is None for line in page.items)
        assert (counts.open, counts.unacknowledged) == (page.total, unseen), who
        assert sum(counts.by_priority.values()) == counts.open
