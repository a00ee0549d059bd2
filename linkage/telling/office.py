"""Everything about telling that the API serves, made together."""

from dataclasses import dataclass

from linkage.escalation.desk import Escalations
from linkage.ledger import Ledger
from linkage.outside.tasks import SystemTasks
from linkage.outside.tokens import SystemTokens
from linkage.telling.acknowledging import Acknowledging
from linkage.telling.channels import Channels
from linkage.telling.link import LinkKeys
from linkage.telling.sent import Sent


@dataclass(frozen=True, slots=True)
class TellingOffice:
    """The services behind messages, escalations, channels, links and departments' own systems."""

    messages: Sent
    escalations: Escalations
    channels: Channels
    links: Acknowledging
    tokens: SystemTokens
    systems: SystemTasks


def telling_office(ledger: Ledger, keys: LinkKeys) -> TellingOffice:
    """Return the services over one ledger."""
    return TellingOffice(
        messages=Sent(ledger.database),
        escalations=Escalations(ledger),
        channels=Channels(ledger),
        links=Acknowledging(ledger, keys),
        tokens=SystemTokens(ledger.database, ledger.clock),
        systems=SystemTasks(ledger),
    )
