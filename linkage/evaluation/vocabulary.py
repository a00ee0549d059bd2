"""What can be measured and whom: the subjects of evaluation, and every count that a formula may name."""

from collections.abc import Mapping
from enum import StrEnum


class Subject(StrEnum):
    """Whom a composite scores: a department, an area, or a post (CJ/T 292: 部门, 区域, 岗位)."""

    DEPARTMENT = "department"
    DISTRICT = "district"
    GRID = "grid"
    COLLECTOR = "collector"
    ACCEPTOR = "acceptor"
    FOREMAN = "foreman"
    DISPATCHER = "dispatcher"

    @property
    def is_area(self) -> bool:
        """Tell whether it is a part of the city."""
        return self in AREAS


AREAS = (Subject.DISTRICT, Subject.GRID)
POSTS = (Subject.COLLECTOR, Subject.ACCEPTOR, Subject.FOREMAN, Subject.DISPATCHER)

#: Every count by name, with what people call it. The words are those of GB/T 30428.4's practice where it has one.
COUNTS: Mapping[str, tuple[str, str]] = {
    "reported": ("上报数", "Reported"),
    "filed": ("立案数", "Filed"),
    "valid": ("有效上报数", "Valid reports"),
    "public": ("监督举报核实数", "Public reports, confirmed"),
    "watched": ("责任区立案数", "Filed in their grids, reported by people"),
    "missed": ("漏报数", "Missed: found by the public"),
    "missed_by_office": ("他方发现数", "Found by leaders and departments"),
    "should_verify": ("应核实数", "To verify"),
    "verified": ("核实数", "Verified"),
    "verified_in_time": ("按时核实数", "Verified in time"),
    "should_check": ("应核查数", "To check"),
    "checked": ("核查数", "Checked"),
    "checked_in_time": ("按时核查数", "Checked in time"),
    "accepted": ("受理数", "Taken in"),
    "should_send_verify": ("应派发核实数", "Verifications to send out"),
    "sent_verify_in_time": ("核实按时派发数", "Verifications sent in time"),
    "should_send_check": ("应派发核查数", "Checks to send out"),
    "sent_check_in_time": ("核查按时派发数", "Checks sent in time"),
    "should_file": ("应立案判定数", "To decide on filing"),
    "filed_in_time": ("按时立案数", "Filed in time"),
    "should_dispatch": ("应派遣数", "To dispatch"),
    "dispatched": ("派遣数", "Dispatched"),
    "dispatched_in_time": ("按时派遣数", "Dispatched in time"),
    "redispatched": ("二次派遣数", "Sent to a second department"),
    "should_handle": ("应处置数", "To handle"),
    "handled": ("处置数", "Handled"),
    "handled_in_time": ("按期处置数", "Handled in time"),
    "handled_late": ("超期处置数", "Handled late"),
    "exempt": ("申诉成立数", "Late, excused on appeal"),
    "unhandled": ("超期未处置数", "Late and not handled"),
    "should_close": ("应结案数", "To close"),
    "closed": ("结案数", "Closed"),
    "closed_in_time": ("按期结案数", "Closed in time"),
    "should_end": ("应结案判定数", "To decide on closing"),
    "ended_in_time": ("按时结案数", "Decided on in time"),
    "rework": ("返工数", "Reworked"),
    "voided": ("作废数", "Voided"),
    "forced": ("强制结案数", "Closed by force"),
    "reopened": ("重新立案数", "Reopened"),
    "merged": ("并案数", "Merged"),
    "suspended": ("挂账数", "Suspended"),
    "delayed": ("延时数", "Delayed"),
    "returned": ("回退数", "Given back"),
    "transferred": ("改派数", "Transferred away"),
    "appealed": ("申诉数", "Appealed"),
    "pending": ("未到期数", "Not yet due"),
}
