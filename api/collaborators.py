"""What the program hands to the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.city_facts import CityFacts
from api.config import HttpSettings
from api.directory import SensorDirectory
from api.passwords import Passwords
from city.backtest import Backtests
from city.clock import Clock
from city.feed import Feed
from city.restored import RestoredCity
from linkage.audit.office import AuditOffice
from linkage.bell import Bell
from linkage.cap.office import CapOffice
from linkage.evaluation.evaluation import Evaluation
from linkage.geojson import IncidentMap
from linkage.incidents import Incidents
from linkage.legs import Tasks
from linkage.live import Live
from linkage.merging.office import HoldingOffice
from linkage.plans.office import PlanOffice
from linkage.queue import Queue
from linkage.reports.office import ReportOffice
from linkage.roster.office import DutyOffice
from linkage.telling.office import TellingOffice
from registry.components import ComponentRegistry
from registry.files import RegistryFiles
from registry.sensors import SensorRegistry
from storage.sql import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Everything the API works with; `console` is the folder of built console files, if there is one."""

    settings: HttpSettings
    city: CityFacts
    clock: Clock
    database: Database
    feed: Feed
    registry: SensorRegistry
    incidents: Incidents
    queue: Queue
    tasks: Tasks
    live: Live
    bell: Bell
    map: IncidentMap
    cap: CapOffice
    plans: PlanOffice
    duty: DutyOffice
    office: ReportOffice
    components: ComponentRegistry
    files: RegistryFiles
    evaluation: Evaluation
    audit: AuditOffice
    telling: TellingOffice
    holding: HoldingOffice
    #: The registered sensors in memory, where somebody else uses them too; else the API has its own.
    directory: SensorDirectory | None = None
    #: Tries proposed rule books on the history; None where that is not to be had.
    backtests: Backtests | None = None
    console: Path | None = None
    passwords: Passwords | None = None
    #: Says whether this is a restored copy that keeps to itself; None where it cannot be one.
    restored: RestoredCity | None = None
    #: Says how copies of the city stand, as `api.routes.status.CopiesView` has it; blocks.
    copies: Callable[[], Mapping[str, object]] | None = None
