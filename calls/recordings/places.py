"""From the settings of a PBX to the source of its recordings.

In: `pbx.settings.PbxSettings`. Out: a `Source`, None where none is set. What fetches is imported only where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

from calls.recordings.fetching import Limits
from calls.recordings.source import Directory, Source
from pbx.settings import PbxSettings


def source_of(pbx: PbxSettings) -> Source | None:
    """Where one PBX's recordings come from."""
    if pbx.recording_dir:
        return Directory(pbx.recording_dir)
    if not pbx.recording_url:
        return None
    parts = urlsplit(pbx.recording_url)
    return _sftp(pbx, parts) if parts.scheme == "sftp" else _http(pbx, parts)


def sources_of(pbxs: Iterable[PbxSettings]) -> dict[str, Source]:
    """PBX → source, of those that have one."""
    found = {pbx.name: source_of(pbx) for pbx in pbxs}
    return {name: source for name, source in found.items() if source is not None}


def _sftp(pbx: PbxSettings, parts: SplitResult) -> Source:
    from calls.recordings.sftp import SftpSource

    return SftpSource(
        host=parts.hostname or "",
        port=parts.port or 22,
        user=unquote(parts.username or ""),
        folder=unquote(parts.path) or ".",
        secret=_secret(pbx),
        key_file=pbx.recording_key_file.expanduser() if pbx.recording_key_file else None,
        known_hosts=pbx.recording_known_hosts.expanduser(),
        limits=_limits(pbx),
    )


def _http(pbx: PbxSettings, parts: SplitResult) -> Source:
    from calls.recordings.http import HttpSource

    without_user = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return HttpSource(
        url=without_user.geturl(),
        user=unquote(parts.username or ""),
        secret=_secret(pbx),
        limits=_limits(pbx),
    )


def _secret(pbx: PbxSettings) -> str:
    return pbx.recording_secret.get_secret_value() if pbx.recording_secret else ""


def _limits(pbx: PbxSettings) -> Limits:
    return Limits(
        max_bytes=pbx.recording_max_mb * 2**20,
        timeout_s=pbx.recording_timeout_s,
        connect_s=pbx.connect_timeout_s,
    )
