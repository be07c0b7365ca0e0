"""What came of an import: counts, problems by row, and the clients. Pure.

In: plans, chunk by chunk. Out: totals; if asked for, every client and every problem (the command line prints them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crm.importing.issues import Issue
from crm.importing.known import Existing
from crm.importing.plan import RowPlan


@dataclass(slots=True)
class Totals:
    """Counts. Of the rows, those with a new client count under `created` by the clients they made."""

    rows: int = 0
    """Rows of data: without header, headings, totals and empty ones."""
    created: int = 0
    """New clients: a row with a company and its contact person makes two."""
    updated: int = 0
    """Clients of the base that got something new."""
    duplicates: int = 0
    """Rows whose clients were in the base, or earlier in the file, and got nothing new."""
    failed: int = 0
    """Rows of which nothing could be made."""


@dataclass(slots=True)
class Told:
    """A problem with its row."""

    row: int
    issue: Issue


@dataclass(slots=True)
class Report:
    """What came of the rows so far."""

    totals: Totals = field(default_factory=Totals)
    keep: bool = False
    """Whether clients and problems are kept."""
    problems: list[Told] = field(default_factory=list)
    _clients: dict[int, tuple[int, Existing]] = field(default_factory=dict)
    _met: set[int] = field(default_factory=set)

    def add(self, plans: Iterable[RowPlan]) -> None:
        """Count the plans of a chunk, after they were written (if they are)."""
        for plan in plans:
            self._count(plan)
            if self.keep:
                self.problems += [Told(plan.row, issue) for issue in plan.issues]
                for one in (*plan.made, *(update.target for update in plan.updates)):
                    self._clients.setdefault(id(one), (plan.row, one))

    def _count(self, plan: RowPlan) -> None:
        if plan.outcome == "heading":
            return
        self.totals.rows += 1
        self.totals.created += len(plan.made)
        touched = {one.target.ref for one in plan.updates if not one.target.of_file}
        touched |= {person.ref for person, _, _ in plan.jobs if not person.of_file}
        fresh = touched - self._met
        self._met |= fresh
        self.totals.updated += len(fresh)
        self.totals.duplicates += plan.outcome == "duplicate"
        self.totals.failed += plan.outcome == "error"

    def clients(self) -> list[dict[str, Any]]:
        """Clients that were made or got something, in the order of the file; each once."""
        merged: dict[int, dict[str, Any]] = {}
        for row, one in self._clients.values():
            card = one.card
            here = merged.setdefault(
                one.ref,
                {
                    "row": row,
                    "name": (card.name if card else "") or one.name,
                    "kind": card.kind if card else one.kind,
                    "phones": [],
                    "emails": [],
                    "inn": (card.inn if card else "") or one.inn,
                },
            )
            phones = [phone.e164 for phone in card.phones] if card else sorted(one.phones)
            emails = card.emails if card else sorted(one.emails)
            here["phones"] += [phone for phone in phones if phone not in here["phones"]]
            here["emails"] += [email for email in emails if email not in here["emails"]]
        return sorted(merged.values(), key=lambda client: int(client["row"]))

    def listed(self, severity: str) -> list[dict[str, Any]]:
        """Errors, or warnings: row, column and why."""
        return [
            {"row": told.row, "column": told.issue.column, "why": told.issue.why}
            for told in self.problems
            if told.issue.severity == severity
        ]
