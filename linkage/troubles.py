"""What the desk complains of."""

from city.feed import Trouble
from linkage.admission.setting_aside import troubles as set_aside
from linkage.faults import MET
from storage.sql import Database


def troubles(database: Database) -> list[Trouble]:
    """Return the alarms that are set aside, and the faults that this process met lately."""
    return [*set_aside(database), *MET.troubles()]
