"""What the work process does for promises: rules for the understanding of transcripts, and two chores.

In: the core. Out: acts found with the rules of this version in all transcripts, a few at a time, and what Slovo notices
about open promises. Each looks first without writing, so that an idle installation writes nothing.
"""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from calls.promises.task import Rules, ask_outdated, find_acts, outdated
from calls.understanding import Step
from crm import promise_finding, promise_watch
from web.core import Core
from web.services import utc_now
from web.settings import Settings

MOST_READ_AGAIN = 200
"""Transcripts that wait to be understood anew at a time: new calls never stand behind a whole archive."""


def rules() -> Rules:
    """The rules of this version."""
    # The dictionaries of the languages take memory: only where there is work.
    from calls.promises import extract

    return Rules(extract.dialogue, extract.RULES)


def steps(settings: Settings) -> tuple[Step, ...]:
    """What finds promises, claims and refusals, and puts promises into the ledger."""
    zone = ZoneInfo(settings.time_zone)
    return (partial(find_acts, rules=rules(), zone=zone), promise_finding.keep_found)


async def read_again(core: Core) -> None:
    """Have transcripts understood anew that were read with other rules."""
    async with core.db.read() as session:
        if not await outdated(session, rules().version, MOST_READ_AGAIN):
            return
    async with core.db.write() as session:
        await ask_outdated(session, rules().version, MOST_READ_AGAIN)


async def watch(core: Core) -> None:
    """Notice call-backs that were made and days that have passed."""
    now, zone = utc_now(), ZoneInfo(core.settings.time_zone)
    async with core.db.read() as session:
        if not await promise_watch.has_work(session, now, zone):
            return
    async with core.db.write() as session:
        await promise_watch.look(session, now, zone)
