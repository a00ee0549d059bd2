"""Rows of reports and calls as views for the API."""

from sqlalchemy import RowMapping

from city.clock import iso
from linkage.reports.book import ReportBook
from linkage.reports.views import (
    CallView,
    ConditionFacts,
    HotlineFacts,
    ReportedClassFacts,
    ReportFacts,
    ReportView,
)
from linkage.standards import Condition, Standard, Standards
from linkage.views import Names

_HOUR_NS = 3_600_000_000_000


def report_of(row: RowMapping) -> ReportView:
    """Return a row of `reports` as a view, without what is personal."""
    return ReportView(
        id=str(row["id"]),
        at=iso(row["at_ns"]),
        joined=row["joined"],
        source=row["source"],
        hotline=row["hotline"],
        condition=row["condition"],
        component=row["component"],
        person=row["person_name"],
        note=row["note"],
        longitude=row["longitude"],
        latitude=row["latitude"],
        has_caller=bool(row["caller_name"] or row["caller_phone"]),
        callback=row["callback"],
        attempts=row["attempts"],
        satisfaction=row["satisfaction"],
    )


def call_of(row: RowMapping) -> CallView:
    """Return a row of `callback_calls` as a view."""
    return CallView(
        at=iso(row["at_ns"]),
        person=row["person_name"],
        reached=row["reached"],
        satisfaction=row["satisfaction"],
        note=row["note"],
    )


def told_apart(standard: Standard) -> tuple[Condition, ...]:
    """Return the conditions of a class that tells cases apart; the only one of another has the class's own name."""
    return tuple(one for one in standard.conditions if one.id != standard.id)


def facts_of(book: ReportBook, standards: Standards) -> ReportFacts:
    """Return what forms need to know of the city's way with reports."""
    return ReportFacts(
        hotlines=tuple(HotlineFacts(id=one.id, name=Names(**one.name), number=one.number) for one in book.hotlines),
        classes=tuple(
            ReportedClassFacts(
                id=standard.id,
                priority=book.of(standard.id).priority,
                conditions=tuple(
                    ConditionFacts(
                        id=condition.id,
                        name=Names(**condition.name),
                        priority=book.priority(standard.id, condition.id),
                    )
                    for condition in told_apart(standard)
                ),
                departments=book.of(standard.id).departments,
            )
            for standard in standards
        ),
        within_m=book.within_m,
        within_h=book.within_ns / _HOUR_NS,
        call_attempts=book.call_attempts,
        answers=book.answers,
    )
