"""Looking at kept recordings now and then: are they still what they were when they were found?

In: the core. Out: a few hundred megabytes are read each time, those first that were not looked at for longest;
administrators are told of what changed. `slovo recordings verify` looks at everything at once.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from calls.recordings import fixity
from crm import proof_packs, recording_fixity
from web.core import Core
from web.services import utc_now

EVERY = timedelta(days=7)
"""Each recording is looked at so often."""


async def look_at_recordings(core: Core) -> None:
    """One round; leftovers of proof packs go with it."""
    now = utc_now()
    await asyncio.to_thread(proof_packs.sweep, core.settings.data_dir, now)
    found = await fixity.look(core.db, core.settings.data_dir, now, older_than=now - EVERY)
    if any(one.is_news for one in found.looked):
        async with core.db.write() as session:
            await recording_fixity.report(session, found.looked)
