"""Who may do what. Pure.

In: a role and the person's extensions. Out: a set of permissions, and which calls he sees. Every route of `web` declares
one permission of this list or `PUBLIC`; the start fails otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm.errors import Forbidden


class Role(StrEnum):
    """The four roles, from narrow to wide."""

    OPERATOR = "operator"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that a page or an action needs. `PUBLIC` needs no login."""

    PUBLIC = "public"
    LOGGED_IN = "logged_in"
    CALLS_SEE_OWN = "calls.see_own"
    CALLS_SEE_ALL = "calls.see_all"
    CALLS_MAKE = "calls.make"
    NOTES_WRITE = "notes.write"
    RECORDINGS_PLAY_OWN = "recordings.play_own"
    RECORDINGS_PLAY_ALL = "recordings.play_all"
    RECORDINGS_EXPORT = "recordings.export"
    RECORDINGS_CHECK = "recordings.check"
    TRANSCRIPTS_SEARCH = "transcripts.search"
    PROMISES_MARK = "promises.mark"
    CLIENTS_SEE = "clients.see"
    CLIENTS_EDIT = "clients.edit"
    TASKS_SEE_OWN = "tasks.see_own"
    TASKS_SEE_ALL = "tasks.see_all"
    TASKS_CLOSE = "tasks.close"
    LIVE_SEE_ALL = "live.see_all"
    AGENTS_PAUSE = "agents.pause"
    AUDIT_SEE = "audit.see"
    ADMINISTER = "administer"


_OPERATOR = frozenset(
    {
        Permission.PUBLIC,
        Permission.LOGGED_IN,
        Permission.CALLS_SEE_OWN,
        Permission.CALLS_MAKE,
        Permission.NOTES_WRITE,
        Permission.RECORDINGS_PLAY_OWN,
        Permission.CLIENTS_SEE,
        Permission.CLIENTS_EDIT,
        Permission.TASKS_SEE_OWN,
        Permission.TASKS_CLOSE,
    }
)
_MANAGER = _OPERATOR | {
    Permission.CALLS_SEE_ALL,
    Permission.RECORDINGS_PLAY_ALL,
    Permission.RECORDINGS_EXPORT,
    Permission.TRANSCRIPTS_SEARCH,
    Permission.TASKS_SEE_ALL,
    Permission.LIVE_SEE_ALL,
}
_SUPERVISOR = _MANAGER | {
    Permission.RECORDINGS_CHECK,
    Permission.PROMISES_MARK,
    Permission.AUDIT_SEE,
    Permission.AGENTS_PAUSE,
}
_ADMINISTRATOR = _SUPERVISOR | {Permission.ADMINISTER}

_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """Everything that people of this role may do."""
    return _BY_ROLE[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: what pages, actions and queries need to know of the person who is logged in."""

    user_id: int
    login: str
    name: str
    role: Role
    locale: str = ""
    extensions: frozenset[tuple[str, str]] = frozenset()
    """(PBX name, extension) of each phone whose calls are the person's now: where they sit, and their own."""
    queues: frozenset[tuple[str, str]] = frozenset()
    """(PBX name, queue) that the person answers for."""
    address: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the person's role holds this permission."""
        return permission in permissions_of(self.role)

    def require(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the person's role holds this permission."""
        if not self.may(permission):
            raise Forbidden(permission)

    @property
    def sees_only_own_calls(self) -> bool:
        """Operators see and hear the calls on their own phones only."""
        return not self.may(Permission.CALLS_SEE_ALL)

    def owns(self, pbx: str, extension: str) -> bool:
        """Whether this phone is the person's."""
        return (pbx, extension) in self.extensions


SYSTEM = Actor(user_id=0, login="slovo", name="Slovo", role=Role.ADMINISTRATOR)
"""Who acts when nobody is logged in: the command line and sample data. No row in `users` has this id."""
