"""Errors of the keeping side.

CallsError
├── CallNotFound            no call with this id
├── RecordingNotFound       no recording with this id
├── RecordingUnreadable     a sound file that cannot be read, and why
├── RecordingIncomplete     the PBX still writes it
├── RecordingSourceFailed   the place of a PBX's recordings cannot be reached or refuses
├── SelectionInvalid        no piece of the recording, and why
├── RecordUnreadable        a stored call record that this version cannot read, and why
├── StorageFull             no room left where recordings are kept
├── ModelMissing            no speech model for this language is installed
├── ModelBroken             a speech model that is incomplete, altered or does not load
├── ModelUnknown            no model of this name in the catalogue
├── DownloadFailed          a model could not be fetched
├── EngineCrashed           the speech engine's process died
├── EngineFailed            the speech engine refused one recording and lives on
├── InvalidSearchQuery      a query that cannot be understood, and why
├── ImportRefused           a file of transcripts or recordings that cannot be imported
├── ProofImpossible         a proof pack that cannot be made, and why
├── KeyUnavailable          the company's signing key is lost or cannot be used, and how to mend it
├── TimestampFailed         no time-stamp from the server, and why
└── DatabaseUnavailable     the database is away or locked for too long
"""

from __future__ import annotations


class CallsError(Exception):
    """Base of every error that `calls` raises."""


class CallNotFound(CallsError):
    """No call with this id."""

    def __init__(self, call_id: int | str) -> None:
        self.call_id = call_id
        super().__init__(f"no call {call_id}")


class RecordingNotFound(CallsError):
    """No recording with this id."""

    def __init__(self, recording_id: int) -> None:
        self.recording_id = recording_id
        super().__init__(f"no recording {recording_id}")


class RecordingUnreadable(CallsError):
    """A sound file that cannot be read."""

    def __init__(self, path: str, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path}: {why}")


class RecordingIncomplete(CallsError):
    """The PBX still writes this file, or has not written it yet."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is still being written")


class RecordingSourceFailed(CallsError):
    """The place where a PBX's recordings are cannot be used.

    `kind`: "unreachable", "refused" (login or rights), "host_key" (unknown or changed), "unreadable", "too_large",
    "settings", "no_listing" (files can be fetched by name, but nobody can look around there).
    """

    def __init__(self, place: str, kind: str, why: str, mend: str = "") -> None:
        self.place = place
        self.kind = kind
        self.why = why
        self.mend = mend
        super().__init__(f"{place}: {why}" + (f". {mend}" if mend else ""))


class SelectionInvalid(CallsError):
    """A selection that is no piece of the recording."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class RecordUnreadable(CallsError):
    """A stored call record that this version cannot read."""

    def __init__(self, faults: int) -> None:
        self.faults = faults
        super().__init__(f"stored call record: {faults} faults")


class StorageFull(CallsError):
    """No room left where recordings are kept."""

    def __init__(self, path: str, needed_bytes: int) -> None:
        self.path = path
        self.needed_bytes = needed_bytes
        super().__init__(f"no room in {path} for {needed_bytes} more bytes: free some space")


class ModelMissing(CallsError):
    """No speech model for this language is installed."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        super().__init__(
            f"no speech model for {lang or 'any language'} is installed: "
            "see `slovo models list`, then `slovo models install NAME`"
        )


class ModelBroken(CallsError):
    """A speech model that is incomplete, altered or does not load."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f"model {name}: {why}")


class ModelUnknown(CallsError):
    """No model of this name in the catalogue."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no model {name!r}: `slovo models list` shows the names")


class DownloadFailed(CallsError):
    """A model could not be fetched; what was fetched is kept for the next try."""

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        self.why = why
        super().__init__(f"{url}: {why}")


class EngineCrashed(CallsError):
    """The speech engine's process died while it worked."""

    def __init__(self, exit_code: int | None, stderr_tail: str) -> None:
        self.exit_code = exit_code
        self.stderr_tail = stderr_tail
        super().__init__(f"the speech engine died (exit code {exit_code}): {stderr_tail[-300:]}")


class EngineFailed(CallsError):
    """The speech engine refused one recording and lives on."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class InvalidSearchQuery(CallsError):
    """A query that cannot be understood: why, and the part of it that is meant ("" = all of it).

    `template` with `values` put in is why, in English; other languages translate `template`.
    """

    def __init__(self, query: str, template: str, where: str = "", /, **values: object) -> None:
        self.query = query
        self.template = template
        self.values = values
        self.where = where
        self.why = template % values if values else template
        super().__init__(f'"{where}" {self.why}' if where else self.why)


class ImportRefused(CallsError):
    """A file that cannot be imported: nothing of it was."""

    def __init__(self, path: str, line: int, why: str) -> None:
        self.path = path
        self.line = line
        self.why = why
        super().__init__(f"{path}, line {line}: {why}")


class ProofImpossible(CallsError):
    """A proof pack that cannot be made.

    `kind`: "no_evidence", "too_large", "moved" (another call became evidence), "changed" (a file, while read),
    "silencing" (a recording) or "".
    """

    def __init__(self, why: str, kind: str = "") -> None:
        self.why = why
        self.kind = kind
        super().__init__(why)


class KeyUnavailable(CallsError):
    """The company's signing key is lost, or cannot be used."""

    def __init__(self, path: str, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"signing key {path} {why}")


class TimestampFailed(CallsError):
    """No time-stamp from the server."""

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        self.why = why
        super().__init__(f"time-stamp server {url}: {why}")


class DatabaseUnavailable(CallsError):
    """The database is away, or locked for too long."""


class CdrUnreadable(CallsError):
    """A line or a source of Asterisk's own record that cannot be read; says what, and which setting names it."""
