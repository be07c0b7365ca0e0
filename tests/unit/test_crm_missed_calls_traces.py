"""Recorded calls of a real Asterisk: who was not reached, and only he, becomes a call-back."""

from sqlalchemy import delete, select
from support.told_calls import Teller
from support.traces import Scenario, replayed, scenarios

from calls.db import Database
from calls.tables import Call
from crm.settings import CrmSettings
from crm.tables import Task


def unreached(scenario: Scenario) -> set[str]:
    """Numbers that called in and were not answered, as the recording's notes say; hidden callers have none."""
    return {
        call["caller"]
        for call in scenario.truth
        if call["direction"] == "in" and call["outcome"] != "answered" and call["caller"]
    }


async def test_traces_open_a_task_for_everybody_who_was_not_reached_and_for_nobody_else(
    db: Database,
) -> None:
    teller = Teller(db, CrmSettings())
    wrong, opened = [], 0
    for scenario in scenarios():
        run, _ = replayed(scenario.connections())
        for call in run.calls.values():
            if call.record.ended:
                await teller.tell_record(call.record)
        async with db.write() as session:
            found = {task.number for task in (await session.scalars(select(Task))).all()}
            await session.execute(delete(Task))
            await session.execute(delete(Call))
        opened += len(found)
        if found != unreached(scenario):
            wrong.append((scenario.name, found, unreached(scenario)))
    assert wrong == []
    assert opened > 10
