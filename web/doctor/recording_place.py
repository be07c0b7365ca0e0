"""The place from which a PBX's recordings are fetched: it answers, is the right machine, and lets us in.

In: the settings of one PBX. Out: one finding. Nothing is fetched.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from calls.errors import RecordingSourceFailed
from calls.recordings.places import source_of
from pbx.settings import PbxSettings
from web.doctor.finding import Finding, fail, ok, warn

CHECK = "recording-url"
HOW = {
    "unreachable": "Is the machine on, is the address right, does a firewall let us through?",
    "refused": "Check user and secret of recording_url.",
    "host_key": "Compare the key on the PBX itself before it is added.",
    "unreadable": "Check the directory in recording_url, and that the user may read it.",
    "settings": "Correct the settings of this PBX.",
}


def recording_place(pbx: PbxSettings) -> Finding:
    """Try the address of `recording_url`. Blocks: call it outside of a loop."""
    source = source_of(pbx)
    if source is None:
        return fail(CHECK, "No address is set.", HOW["settings"])
    try:
        seen = asyncio.run(source.probe())
    except RecordingSourceFailed as error:
        return fail(CHECK, f"{error.place}: {error.why}.", error.mend or HOW.get(error.kind, ""))
    parts = urlsplit(pbx.recording_url)
    if parts.scheme == "http" and pbx.recording_secret and not _is_here(parts.hostname or ""):
        return warn(
            CHECK,
            f"{seen} The secret and the recordings travel readable for everybody on the way.",
            "Use https:// or sftp:// in recording_url.",
        )
    return ok(CHECK, seen)


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
