"""Calls of invented clients: who called, when, how it ended; without recordings.

In: clients with their ids. Out: rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm.tables import CallLink
from web.demo.sample_base import SampleCall
from web.demo.sample_company import Company, Pairs, insert_rows, insert_samples

_LINE = "74951230004"
_OPERATORS = ("101", "102", "103")


async def talk(session: AsyncSession, company: Company, pairs: Pairs) -> None:
    """Write the calls of these clients."""
    told = [
        (client_id, _call(company, client_id, one.numbers[0][0], call, number))
        for client_id, one in pairs
        for number, call in enumerate(one.calls)
    ]
    ids = await insert_samples(session, Call, [row for _, row in told])
    links = [
        {
            "call_id": call_id,
            "client_id": client_id,
            "how": "number",
            "linked_at": row["started_at"],
        }
        for call_id, (client_id, row) in zip(ids, told, strict=True)
    ]
    await insert_rows(session, CallLink, links)


def _call(
    company: Company, client_id: int, number: str, call: SampleCall, place: int
) -> dict[str, Any]:
    began = company.now - timedelta(days=call.ago)
    phone = _OPERATORS[(client_id + place) % len(_OPERATORS)]
    answered = call.outcome == "answered"
    wait = timedelta(seconds=5 + client_id % 20)
    plain = number.removeprefix("+")
    return {
        "pbx": company.pbx,
        "linkedid": f"sample-{client_id}-{place}",
        "linkedids": [f"sample-{client_id}-{place}"],
        "direction": "in" if call.incoming else "out",
        "caller": plain if call.incoming else phone,
        "called": _LINE if call.incoming else plain,
        "remote_number": plain,
        "remote_e164": number,
        "queue": "support" if call.incoming else "",
        "started_at": began,
        "answered_at": began + wait if answered else None,
        "ended_at": began + wait + timedelta(seconds=call.talk_s),
        "ended": True,
        "answered_by": (phone if call.incoming else plain) if answered else "",
        "final_handler": phone if answered else "",
        "outcome": call.outcome,
        "needs_callback": False,
        "wait_s": wait.total_seconds(),
        "talk_s": float(call.talk_s),
        "sample": True,
    }
