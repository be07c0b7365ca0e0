"""Errors of the PBX side.

PbxError
├── MalformedMessage      bytes or headers that are no AMI message
├── UnsafeValue           a value for an action that holds CR, LF or another control character
├── ActionFailed          Asterisk answered an action with an error
├── ActionTimedOut        Asterisk did not answer an action in time
├── LoginRefused          wrong user or secret
├── NotConnected          no usable AMI connection at the moment
├── TraceUnreadable       a trace file that cannot be read
├── TraceUnwritable       a trace file that cannot be written, or exists already
└── SettingMissing        a needed setting is not set
"""

from __future__ import annotations


class PbxError(Exception):
    """Base of every error that `pbx` raises."""


class MalformedMessage(PbxError):
    """Bytes or headers that are no AMI message, or an event without a header that it must have."""

    def __init__(self, why: str, raw: str = "") -> None:
        self.why = why
        self.raw = raw
        super().__init__(f"{why}: {raw[:200]!r}" if raw else why)


class UnsafeValue(PbxError):
    """A value for an AMI action that would break out of its header line."""

    def __init__(self, header: str) -> None:
        self.header = header
        super().__init__(
            f"the value of {header} holds a character that must not be sent to Asterisk"
        )


class ActionFailed(PbxError):
    """Asterisk answered an action with `Response: Error`."""

    def __init__(self, action: str, message: str) -> None:
        self.action = action
        self.message = message
        super().__init__(f"{action}: {message}")


class ActionTimedOut(PbxError):
    """Asterisk did not answer an action in time."""

    def __init__(self, action: str, timeout_s: float) -> None:
        self.action = action
        self.timeout_s = timeout_s
        super().__init__(f"{action}: no answer within {timeout_s:g} s")


class LoginRefused(PbxError):
    """Asterisk refused the AMI user or secret."""

    def __init__(self, user: str, message: str) -> None:
        self.user = user
        self.message = message
        super().__init__(f"AMI login of {user!r} refused: {message}")


class NotConnected(PbxError):
    """There is no usable AMI connection at the moment."""


class TraceUnreadable(PbxError):
    """A trace file cannot be read."""

    def __init__(self, path: str, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path}: {why}")


class TraceUnwritable(PbxError):
    """A trace file cannot be written, or would overwrite another."""

    def __init__(self, path: str, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path}: {why}")


class SettingMissing(PbxError):
    """A setting that is needed and has no default is not set."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} is not set")
