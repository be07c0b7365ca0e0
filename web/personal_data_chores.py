"""What the work process does about personal data: retention, files that must go, the free room of the database.

In: the core. Out: called by `web.chores`. Deletions by rule and cleaning of a large database happen at night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from crm import company_settings, erasure, recording_pauses, retention
from crm.retention import RetentionRules
from web.core import Core
from web.listening import actions_on
from web.services import utc_now

log = structlog.get_logger(__name__)

BETWEEN_CLEANINGS = timedelta(hours=1)
NIGHT = range(1, 5)
"""Hours of the company's clock in which holding up other work harms least."""


def is_night(core: Core, now: datetime) -> bool:
    """Whether it is one of the quiet hours where the company is."""
    return now.astimezone(ZoneInfo(core.settings.time_zone)).hour in NIGHT


async def keep_rules(core: Core) -> None:
    """Delete what the rules of retention say, a bounded number of calls each time."""
    async with core.db.read() as session:
        rules = await company_settings.load(session, retention.SETTING, RetentionRules)
    if done := await retention.apply(core.db, rules, utc_now()):
        log.info("retention_applied", calls=done)


async def end_pauses(core: Core) -> None:
    """Let recordings go on whose pause is over."""
    switches = {pbx.name: actions_on(core, pbx) for pbx in core.settings.pbxs if pbx.ami_secret}
    await recording_pauses.end_due(core.db, switches, utc_now())


async def finish_deletions(core: Core) -> None:
    """Remove files of what was deleted; at night clean the database, too. What people delete is cleaned as they do it."""
    if removed := await erasure.finish(core.db, core.settings.data_dir):
        log.info("deleted_files_removed", files=removed)
    now = utc_now()
    if is_night(core, now) and not await erasure.was_cleaned_since(
        core.db, now - BETWEEN_CLEANINGS
    ):
        await erasure.clean_up(core.db, now=True)
