"""The turns that the desk takes, in one list."""

from linkage.admission.releasing import Releaser
from linkage.admission.setting_aside import SettingAside
from linkage.audit.turns import log_turns
from linkage.cap.following import CapFollower
from linkage.cap.sources import CapSources
from linkage.escalation.climber import Climber
from linkage.ledger import Ledger
from linkage.plans.turns import plan_turns
from linkage.reports.turns import report_turns
from linkage.roster.keeping import RosterKeeper
from linkage.shadow.keeping import shadow_turns
from linkage.silences.keeping import SilenceKeeper
from linkage.telling.clearing import attempt_clearing
from linkage.telling.falling import ChannelWatch
from linkage.telling.summing import Summing
from linkage.ticking import Ticker
from linkage.turn import Turn


def turns(ledger: Ledger) -> tuple[Turn, ...]:
    """Return every piece of work that comes up again and again; adding one is one line."""
    return (
        Ticker(ledger),
        RosterKeeper(ledger),
        Climber(ledger),
        ChannelWatch(ledger),
        Summing(ledger),
        attempt_clearing(ledger),
        Releaser(ledger),
        SettingAside(ledger),
        SilenceKeeper(ledger),
        CapFollower(ledger),
        CapSources(ledger),
        *plan_turns(ledger),
        *log_turns(ledger),
        *report_turns(ledger),
        *shadow_turns(ledger),
    )
