"""What pages are told about the connections to the PBXs, in every process alike.

In: link events, at once where this process listens; the table of blind windows elsewhere. Out: `views()` from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from calls import link_windows
from calls.tables import PbxHeartbeat
from pbx.events import LinkLost, LinkRestored, PbxEvent
from web.live.protocol import LinkView


class LinkBoard:
    """The newest knowledge about each PBX. A PBX that was never reached counts as not connected."""

    def __init__(self, pbxs: Sequence[str], since: datetime) -> None:
        self._views = {pbx: LinkView(pbx=pbx, connected=False, since=since) for pbx in pbxs}
        self._heard: set[str] = set()
        """PBXs that this process listens to: the table says nothing newer."""

    def views(self) -> Sequence[LinkView]:
        """One per PBX."""
        return tuple(self._views.values())

    def on_event(self, event: PbxEvent) -> bool:
        """Take a link event; returns whether the pages have something new to show."""
        match event:
            case LinkRestored():
                view = LinkView(
                    pbx=event.pbx, connected=True, since=event.at, resynced=event.resynced
                )
            case LinkLost():
                known = self._views.get(event.pbx)
                down = known is not None and not known.connected
                since = known.since if known is not None and down else event.at
                view = LinkView(
                    pbx=event.pbx,
                    connected=False,
                    since=since,
                    login_refused=event.login_refused,
                )
            case _:
                return False
        self._heard.add(event.pbx)
        changed = self._views.get(event.pbx) != view
        self._views[event.pbx] = view
        return changed

    async def load(self, session: AsyncSession) -> bool:
        """Read what the listening process knows: an open window is a lost connection.

        Returns whether the pages have something new to show.
        """
        before = dict(self._views)
        for pbx in self._views.keys() - self._heard:
            newest = await link_windows.newest(session, pbx)
            if newest is None:
                continue
            heartbeat = await session.get(PbxHeartbeat, pbx)
            connected = newest.restored_at is not None
            since = newest.restored_at if connected else newest.lost_at
            resynced = heartbeat is None or heartbeat.resynced
            self._views[pbx] = LinkView(
                pbx=pbx, connected=connected, since=since, resynced=resynced
            )
        return self._views != before
