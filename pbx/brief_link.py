"""Actions of a process that does not listen: a connection for each, made when it is needed and closed after the answer.

In: settings and an action. Out: its answer. No events are asked for, the one listener of the PBX has them; so what
Asterisk tells as an event later (whether the phone of a click-to-call was answered) is not learnt here.
"""

from __future__ import annotations

from pbx.link import AmiLink, Fields
from pbx.protocol import Headers
from pbx.settings import PbxSettings


class BriefLink:
    """Sends actions as `Listener.send` does, without listening."""

    def __init__(self, settings: PbxSettings) -> None:
        self._settings = settings

    async def send(
        self, fields: Fields, *, timeout_s: float | None = None, single: bool = False
    ) -> list[Headers]:
        """Connect, send one action, return its answer, log off.

        Raises:
            NotConnected, LoginRefused: there is no connection.
            SettingMissing: the secret is not set.
            ActionFailed, ActionTimedOut, UnsafeValue: as `AmiLink.send`.
        """
        link = AmiLink(self._settings, lambda headers: None, events=False)
        try:
            await link.connect()
            return await link.send(fields, timeout_s=timeout_s, single=single)
        finally:
            await link.close()
