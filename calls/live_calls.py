"""The calls in progress, in memory: what has happened in each of them so far. Pure.

In: call events in order, and at the start the rows that had not ended. Out: the record after each event. After a restart
of ours, a resync of the listener tells of the calls that Asterisk still has, perhaps under another of their Linkedids; the
others ended while nobody listened.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from calls.endings import resumed
from calls.model import CallRecord, fold, with_recordings_of
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    CallUpdated,
    EndedBy,
    EndExplained,
)

Key = tuple[str, str]
"""PBX and linkedid."""
ENDED_LATELY = 1_000
"""Ended calls whose end may still be explained: a shutdown of Asterisk ends all of them before it says so."""


class LiveCalls:
    """Records by key; an ended call is forgotten."""

    def __init__(self) -> None:
        self._records: dict[Key, CallRecord] = {}
        self._unconfirmed: set[Key] = set()
        self._loaded: dict[Key, Key] = {}
        """By each Linkedid of a call of before a restart: its key."""
        self._parts: dict[Key, set[Key]] = {}
        """Of a call of before a restart: under which keys the listener follows it now."""
        self._ended: OrderedDict[Key, CallRecord] = OrderedDict()

    def load(self, records: Iterable[CallRecord]) -> None:
        """Take up calls of before a restart; each is unconfirmed until something is heard of it."""
        for record in records:
            key = (record.pbx, record.linkedid)
            if key not in self._records:
                self._records[key] = record
                self._unconfirmed.add(key)
                for linkedid in (*record.linkedids, record.linkedid):
                    self._loaded[record.pbx, linkedid] = key

    def all(self) -> Sequence[CallRecord]:
        """The calls in progress."""
        return tuple(self._records.values())

    def unconfirmed(self, pbx: str) -> Sequence[CallRecord]:
        """Calls of before a restart of which nothing was heard since."""
        return [self._records[key] for key in sorted(self._unconfirmed) if key[0] == pbx]

    def fold(self, event: CallEvent) -> CallRecord | None:
        """Return the call's record after this event; None if it only explains a call that is forgotten."""
        key = self._key(event.pbx, event.call)
        if isinstance(event, EndExplained):
            ended = self._ended.pop(key, None)
            return fold(ended, event) if ended is not None else None
        if key in self._loaded and self._goes_on(key, event):
            return self._records[key]
        record = self._after(key, event)
        self._unconfirmed.discard(key)
        if isinstance(event, CallsMerged):
            for gone in (self._key(event.pbx, absorbed) for absorbed in event.absorbed):
                if gone != key:  # else we knew before the restart that both are one
                    record = with_recordings_of(record, self._records.get(gone))
                    self._forget(gone)
        self._records[key] = record
        if record.ended:
            self._forget(key)
            self._remember(key, record)
        return record

    def _goes_on(self, key: Key, event: CallEvent) -> bool:
        """Whether this ends only one of several calls that the listener takes for what we know to be one."""
        told, parts = (event.pbx, event.call), self._parts.setdefault(key, set())
        if isinstance(event, CallStarted):
            parts.add(told)
        elif isinstance(event, CallEnded):
            parts.discard(told)
            return bool(parts)
        elif isinstance(event, CallsMerged):
            parts.difference_update((event.pbx, absorbed) for absorbed in event.absorbed)
        return False

    def _key(self, pbx: str, linkedid: str) -> Key:
        """Return under which key a call is kept that Asterisk may name differently since a restart of ours."""
        key = (pbx, linkedid)
        return key if key in self._records else self._loaded.get(key, key)

    def _after(self, key: Key, event: CallEvent) -> CallRecord:
        known = self._records.get(key)
        if known is not None and key in self._loaded:
            # We knew this call before the restart, and better than a listener that found it in progress.
            if isinstance(event, CallStarted):
                return resumed(known, event)
            if isinstance(event, CallUpdated) and not known.from_resync:
                linkedids = dict.fromkeys((*known.linkedids, *event.linkedids))
                return replace(known, linkedids=tuple(linkedids), consultation=event.consultation)
        return fold(known, event)

    def _remember(self, key: Key, record: CallRecord) -> None:
        if record.ended_by is EndedBy.SWITCH:
            self._ended[key] = record
            if len(self._ended) > ENDED_LATELY:
                self._ended.popitem(last=False)

    def _forget(self, key: Key) -> None:
        record = self._records.pop(key, None)
        self._unconfirmed.discard(key)
        self._parts.pop(key, None)
        if record is not None and key in self._loaded:
            for linkedid in (*record.linkedids, record.linkedid):
                self._loaded.pop((record.pbx, linkedid), None)
