"""Proposals as views for the API."""

from sqlalchemy import RowMapping

from city.clock import SECOND_NS, iso
from linkage.admission.proposing import ProposalState
from linkage.admission.views import ProposalView
from linkage.viewing import moment
from linkage.views import Actor, Names


def proposal_of(row: RowMapping, incident: RowMapping, into: RowMapping) -> ProposalView:
    """Return a row of `join_proposals` with its two incidents as a view."""
    ended = incident["ended_ns"] is not None or into["ended_ns"] is not None
    lapsed = row["state"] == ProposalState.OPEN and ended
    return ProposalView.model_validate(
        {
            "id": str(row["id"]),
            "incident": str(incident["id"]),
            "incident_number": incident["number"],
            "incident_title": Names.model_validate(incident["title"]),
            "into": str(into["id"]),
            "into_number": into["number"],
            "into_title": Names.model_validate(into["title"]),
            "plan": row["nearness"],
            "plan_name": Names.model_validate(row["name"]),
            "distance_m": row["distance_m"],
            "apart_s": row["apart_ns"] / SECOND_NS,
            "at": iso(row["at_ns"]),
            "state": "lapsed" if lapsed else row["state"],
            "decided_at": moment(row["decided_ns"]),
            "actor": Actor(id=row["actor"], name=row["actor_name"]) if row["actor"] else None,
            "note": row["note"],
        }
    )
