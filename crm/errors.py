"""Errors of the client side.

CrmError
├── NotFound            no client, task, user … with this id
├── Forbidden           the user lacks the permission
├── Invalid             a value that cannot be accepted: field, and why
├── Conflict            somebody else changed or took it first
├── Held                something that must not be deleted or redacted now, and why
├── SeatTaken           a colleague sits at this phone, or it is theirs
├── NothingToPause      a pause for somebody who is in no queue
├── LoginFailed         wrong login or password, or too many attempts
├── MailRefused         the mail server was not reached or did not take an e-mail
├── MailUnsure          nobody knows whether the mail server took it
├── SettingMissing      a needed setting is not set
└── SettingInvalid      a setting with a value that cannot be accepted
"""

from __future__ import annotations

from datetime import datetime


class CrmError(Exception):
    """Base of every error that `crm` raises."""


class NotFound(CrmError):
    """Nothing of this kind with this id."""

    def __init__(self, kind: str, resource_id: int | str) -> None:
        self.kind = kind
        self.resource_id = resource_id
        super().__init__(f"no {kind} {resource_id}")


class Forbidden(CrmError):
    """The user lacks the permission."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"permission {permission} needed")


class Invalid(CrmError):
    """A value that cannot be accepted.

    `why` with `values` put in is what is wrong in English; other languages translate `template` (or say it by field).
    """

    def __init__(self, field: str, why: str, /, **values: object) -> None:
        self.field = field
        self.template = why
        self.values = values
        self.why = why % values if values else why
        super().__init__(f"{field}: {self.why}")


class Conflict(CrmError):
    """Somebody else changed or took it first."""

    def __init__(self, kind: str, resource_id: int | str, why: str) -> None:
        self.kind = kind
        self.resource_id = resource_id
        self.why = why
        super().__init__(f"{kind} {resource_id}: {why}")


class Held(CrmError):
    """It must not be deleted or redacted now.

    `why`: "hold" (somebody forbade it: `reason`), "dispute" (one is open), "promise" or "task" (somebody works with it);
    `holder_id`: of that hold, dispute, promise or task.
    """

    def __init__(
        self, kind: str, resource_id: int, why: str, holder_id: int, reason: str = ""
    ) -> None:
        self.kind = kind
        self.resource_id = resource_id
        self.why = why
        self.holder_id = holder_id
        self.reason = reason
        super().__init__(f"{kind} {resource_id} must stay: {why} {holder_id} {reason}".rstrip())


class SeatTaken(CrmError):
    """The phone at which somebody wants to sit down is a colleague's: `who` has it, `since` when they sat down."""

    def __init__(
        self, pbx: str, extension: str, who: str, since: datetime | None, *, is_seated: bool
    ) -> None:
        self.pbx = pbx
        self.extension = extension
        self.who = who
        self.since = since
        self.is_seated = is_seated
        super().__init__(f"{who or 'somebody'} {'sits at' if is_seated else 'has'} {extension}")


class NothingToPause(CrmError):
    """None of the person's phones is a member of a queue."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        super().__init__(f"user {user_id} is in no queue")


class LoginFailed(CrmError):
    """Wrong login or password; `retry_after_s` is set when there were too many attempts."""

    def __init__(self, retry_after_s: int | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__("wrong login or password")


class SettingMissing(CrmError):
    """A needed setting is not set."""

    def __init__(
        self, key: str, how: str = "set it, or let `slovo init` write a settings file with it"
    ) -> None:
        self.key = key
        super().__init__(f"{key} is not set: {how}")


class SettingInvalid(CrmError):
    """A setting with a value that cannot be accepted; `key` as the user wrote it."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(f"{key}: {why}")


class MailRefused(CrmError):
    """The mail server was not reached, or did not take an e-mail; `final`: another attempt would end the same."""

    def __init__(self, why: str, *, final: bool) -> None:
        self.why = why
        self.final = final
        super().__init__(why)


class MailUnsure(CrmError):
    """The connection ended before the mail server said whether it took the e-mail."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)
