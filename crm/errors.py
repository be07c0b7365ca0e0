"""Errors of the client side.

CrmError
├── NotFound            no client, task, user … with this id
├── Forbidden           the user lacks the permission
├── Invalid             a value that cannot be accepted: field, and why
├── Conflict            somebody else changed or took it first
├── LoginFailed         wrong login or password, or too many attempts
├── SettingMissing      a needed setting is not set
└── SettingInvalid      a setting with a value that cannot be accepted
"""

from __future__ import annotations


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
    """A value that cannot be accepted."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        self.why = why
        super().__init__(f"{field}: {why}")


class Conflict(CrmError):
    """Somebody else changed or took it first."""

    def __init__(self, kind: str, resource_id: int | str, why: str) -> None:
        self.kind = kind
        self.resource_id = resource_id
        self.why = why
        super().__init__(f"{kind} {resource_id}: {why}")


class LoginFailed(CrmError):
    """Wrong login or password; `retry_after_s` is set when there were too many attempts."""

    def __init__(self, retry_after_s: int | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__("wrong login or password")


class SettingMissing(CrmError):
    """A needed setting is not set."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"{key} is not set: set it, or let `slovo init` write a settings file with it"
        )


class SettingInvalid(CrmError):
    """A setting with a value that cannot be accepted; `key` as the user wrote it."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(f"{key}: {why}")
