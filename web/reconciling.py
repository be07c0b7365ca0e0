"""When the call log is compared with the PBXs' own records: after a reconnect, at the start, at night.

In: settings, and what happens to the connections. Out: passes of `calls.reconcile`, one after the other, beside the
listener in the same process. Files and tables are read in threads, so no call waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from calls.cdr.reported import ReportedRows
from calls.cdr.sources import local_zone, queue_log_of, sources_of, zone_set
from calls.dispatch import Dispatcher, Handler
from calls.errors import CdrUnreadable, DatabaseUnavailable
from calls.model import CallRecord
from calls.reconcile import PbxRecord, Reconciler
from pbx.events import CallEnded, CdrReported, LinkRestored, PbxEvent, PbxName
from pbx.settings import PbxSettings
from web.core import Core
from web.listening import endpoints_of

log = structlog.get_logger(__name__)

AGAIN_S = 30.0
"""Until the next pass where calls were not settled, beside the settle delay."""
AFTER_FAILURE_S = 600.0
"""Until the next pass where a source, or the database, could not be read."""


def own_records(pbxs: Sequence[PbxSettings], own_numbers: Collection[str] = ()) -> list[PbxRecord]:
    """Return the records of those PBXs that have one set; `own_numbers`: the company's."""
    found = []
    for pbx in pbxs:
        sources = sources_of(pbx)
        if sources:
            found.append(
                PbxRecord(
                    pbx=PbxName(pbx.name),
                    sources=sources,
                    queue_log=queue_log_of(pbx),
                    endpoints=endpoints_of(pbx, own_numbers),
                )
            )
    return found


class Reconciling:
    """The background part: rings a bell on events, passes when the settle delay is over."""

    def __init__(
        self, core: Core, handlers: Sequence[Handler], pbxs: Sequence[PbxSettings]
    ) -> None:
        self._settings = core.settings
        self._records = own_records(pbxs, core.settings.own_numbers)
        self._reported = {pbx.name: ReportedRows(zone_set(pbx), local_zone()) for pbx in pbxs}
        told = {record.pbx for record in self._records}
        self._records += [
            PbxRecord(
                pbx=PbxName(pbx.name),
                sources=[self._reported[pbx.name]],
                endpoints=endpoints_of(pbx, core.settings.own_numbers),
            )
            for pbx in pbxs
            if pbx.name not in told
        ]
        self._reconciler = Reconciler(
            core.db,
            handlers,
            region=core.settings.region,
            settle_s=core.settings.reconcile_settle_s,
        )
        self._bell = asyncio.Event()

    def on_event(self, event: PbxEvent, record: CallRecord | None) -> None:
        """Take an event of the live stream: after these, something may be missing."""
        if isinstance(event, CdrReported):
            self._reported[event.pbx].take(event)
            return
        restored = isinstance(event, LinkRestored)
        partly = isinstance(event, CallEnded) and record is not None and record.source != "live"
        if restored or partly:
            self._bell.set()

    async def run(self, dispatcher: Dispatcher) -> None:
        """Pass at the start, after every bell and every night, until cancelled."""
        while True:
            self._bell.clear()
            await asyncio.sleep(self._settings.reconcile_settle_s)
            await dispatcher.drain()
            wait_s = min(await self._pass(), self._until_night_s())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._bell.wait()

    async def _pass(self) -> float:
        """Go through all PBXs; seconds until something is left to do, without end if nothing is."""
        wait_s = math.inf
        for record in self._records:
            try:
                report = await self._reconciler.run(record)
            except (CdrUnreadable, DatabaseUnavailable) as error:
                log.warning("not_reconciled", pbx=record.pbx, why=str(error))
                wait_s = min(wait_s, AFTER_FAILURE_S)
                continue
            except Exception:
                # Whatever a foreign file or table holds must not end the listener beside it; the next pass tries again.
                log.exception("not_reconciled", pbx=record.pbx)
                wait_s = min(wait_s, AFTER_FAILURE_S)
                continue
            if report.unsettled or report.failed:
                wait_s = AGAIN_S
            log.info(
                "reconciled",
                pbx=record.pbx,
                filled=report.filled,
                corrected=report.corrected,
                unchanged=report.unchanged,
                differences=len(report.differences),
            )
        return wait_s

    def _until_night_s(self) -> float:
        now = datetime.now().astimezone()
        night = now.replace(hour=self._settings.reconcile_hour, minute=0, second=0, microsecond=0)
        if night <= now:
            night += timedelta(days=1)
        return (night - now).total_seconds()
