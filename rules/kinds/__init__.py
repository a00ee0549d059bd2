"""The table of kinds; a new kind is one file beside this one and one line here."""

from rules.kind import Kind
from rules.kinds.baseline import Baseline
from rules.kinds.compare import Compare
from rules.kinds.count import Counting
from rules.kinds.drift import Drift
from rules.kinds.expression import Expression
from rules.kinds.quorum import Quorum
from rules.kinds.sequence import Following
from rules.kinds.silence import Silence
from rules.kinds.stuck import Stuck
from rules.kinds.threshold import Threshold

#: Kind by the word that rules use for it, in the order in which they judge an entry.
_ALL: tuple[Kind, ...] = (
    Threshold(),
    Quorum(),
    Counting(),
    Compare(),
    Following(),
    Silence(),
    Stuck(),
    Drift(),
    Expression(),
    Baseline(),
)
KINDS = {kind.name: kind for kind in _ALL}
