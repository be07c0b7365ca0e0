"""The calls in progress, in memory: what has happened in each of them so far.

In: call events in order, and at the start the rows that had not ended. Out: the record after each event. After a restart
of ours, a resync of the listener tells of the calls that Asterisk still has; the others ended while nobody listened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from calls.model import CallRecord, fold
from pbx.events import CallEvent, CallsMerged, CallStarted

Key = tuple[str, str]
"""PBX and linkedid."""


class LiveCalls:
    """Records by key; an ended call is forgotten."""

    def __init__(self) -> None:
        self._records: dict[Key, CallRecord] = {}
        self._unconfirmed: set[Key] = set()

    def load(self, records: Iterable[CallRecord]) -> None:
        """Take up calls of before a restart; each is unconfirmed until something is heard of it."""
        for record in records:
            key = (record.pbx, record.linkedid)
            if key not in self._records:
                self._records[key] = record
                self._unconfirmed.add(key)

    def all(self) -> Sequence[CallRecord]:
        """The calls in progress."""
        return tuple(self._records.values())

    def unconfirmed(self, pbx: str) -> Sequence[CallRecord]:
        """Calls of before a restart of which nothing was heard since."""
        return [self._records[key] for key in sorted(self._unconfirmed) if key[0] == pbx]

    def fold(self, event: CallEvent) -> CallRecord:
        """Return the call's record after this event."""
        key = (event.pbx, event.call)
        known = self._records.get(key)
        if known is not None and isinstance(event, CallStarted) and event.from_resync:
            # We knew this call before the restart, and better than the resync does.
            linkedids = dict.fromkeys((*known.linkedids, *event.linkedids))
            record = replace(known, linkedids=tuple(linkedids))
        else:
            record = fold(known, event)
        self._unconfirmed.discard(key)
        self._records[key] = record
        if isinstance(event, CallsMerged):
            for absorbed in event.absorbed:
                self._forget((event.pbx, absorbed))
        if record.ended:
            self._forget(key)
        return record

    def _forget(self, key: Key) -> None:
        self._records.pop(key, None)
        self._unconfirmed.discard(key)
