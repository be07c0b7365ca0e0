"""Who may do what. Pure.

In: a role and the person's extensions. Out: a set of permissions, how far they reach, and which calls he sees. Every route
of `web` declares one permission of this list or `PUBLIC`; the start fails otherwise. A permission opens a page or an
action at all; the scope of the role (`Scope`) says for whose clients, deals and calls. The administrator may change
scopes in the page, never permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

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
    RECORDINGS_EXPORT = "recordings.export"
    RECORDINGS_CHECK = "recordings.check"
    TRANSCRIPTS_SEARCH = "transcripts.search"
    TRANSCRIPTS_CORRECT = "transcripts.correct"
    TRANSCRIPTS_ORDER = "transcripts.order"
    CLIPS_SHARE = "clips.share"
    PROMISES_SEE = "promises.see"
    PROMISES_MARK = "promises.mark"
    DISPUTES_SEE = "disputes.see"
    DISPUTES_OPEN = "disputes.open"
    DISPUTES_JUDGE = "disputes.judge"
    PROOF_MAKE = "proof.make"
    QUALITY_SEE_OWN = "quality.see_own"
    QUALITY_REVIEW = "quality.review"
    QUALITY_RULES = "quality.rules"
    RECORDINGS_PAUSE = "recordings.pause"
    DATA_REDACT = "data.redact"
    DATA_HOLD = "data.hold"
    DATA_ERASE = "data.erase"
    CLIENTS_SEE = "clients.see"
    CLIENTS_EDIT = "clients.edit"
    CLIENTS_EXPORT = "clients.export"
    CLIENTS_IMPORT = "clients.import"
    CLIENTS_MERGE = "clients.merge"
    CLIENTS_DELETE = "clients.delete"
    CLIENTS_HAND_OVER = "clients.hand_over"
    CLIENTS_CLEAN = "clients.clean"
    BIN_RESTORE = "bin.restore"
    PERSONAL_SEE = "personal.see"
    COMMENTS_WRITE = "comments.write"
    FILES_ADD = "files.add"
    TAGS_ARRANGE = "tags.arrange"
    SEGMENTS_SHARE = "segments.share"
    INQUIRIES_SEE = "inquiries.see"
    INQUIRIES_SORT = "inquiries.sort"
    DEALS_SEE = "deals.see"
    DEALS_EDIT = "deals.edit"
    DEALS_DELETE = "deals.delete"
    REPORTS_SEE = "reports.see"
    API_USE = "api.use"
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
        Permission.RECORDINGS_PAUSE,
        Permission.PROMISES_SEE,
        Permission.QUALITY_SEE_OWN,
        Permission.CLIENTS_SEE,
        Permission.CLIENTS_EDIT,
        Permission.COMMENTS_WRITE,
        Permission.FILES_ADD,
        Permission.INQUIRIES_SEE,
        Permission.INQUIRIES_SORT,
        Permission.DEALS_SEE,
        Permission.DEALS_EDIT,
        Permission.TASKS_SEE_OWN,
        Permission.TASKS_CLOSE,
    }
)
_MANAGER = _OPERATOR | {
    Permission.CALLS_SEE_ALL,
    Permission.RECORDINGS_EXPORT,
    Permission.TRANSCRIPTS_SEARCH,
    Permission.TRANSCRIPTS_CORRECT,
    Permission.TRANSCRIPTS_ORDER,
    Permission.CLIPS_SHARE,
    Permission.DISPUTES_SEE,
    Permission.DISPUTES_OPEN,
    Permission.TASKS_SEE_ALL,
    Permission.LIVE_SEE_ALL,
    Permission.CLIENTS_EXPORT,
    Permission.CLIENTS_IMPORT,
    Permission.CLIENTS_MERGE,
    Permission.CLIENTS_DELETE,
    Permission.CLIENTS_CLEAN,
    Permission.PERSONAL_SEE,
    Permission.SEGMENTS_SHARE,
    Permission.DEALS_DELETE,
    Permission.REPORTS_SEE,
    Permission.API_USE,
}
_SUPERVISOR = _MANAGER | {
    Permission.RECORDINGS_CHECK,
    Permission.PROMISES_MARK,
    Permission.DISPUTES_JUDGE,
    Permission.PROOF_MAKE,
    Permission.QUALITY_REVIEW,
    Permission.QUALITY_RULES,
    Permission.DATA_REDACT,
    Permission.DATA_HOLD,
    Permission.AUDIT_SEE,
    Permission.AGENTS_PAUSE,
    Permission.CLIENTS_HAND_OVER,
    Permission.BIN_RESTORE,
    Permission.TAGS_ARRANGE,
}
_ADMINISTRATOR = _SUPERVISOR | {Permission.ADMINISTER, Permission.DATA_ERASE}

_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """Everything that people of this role may do."""
    return _BY_ROLE[role]


class Scope(StrEnum):
    """Whose clients, deals and calls a right reaches, from narrow to wide."""

    NONE = "none"
    OWN = "own"
    DEPARTMENT = "department"
    ALL = "all"


class Action(StrEnum):
    """What a scope is given for."""

    SEE = "see"
    EDIT = "edit"
    LISTEN = "listen"
    EXPORT = "export"
    DELETE = "delete"


def _scopes(
    see: Scope, edit: Scope, listen: Scope, export: Scope, delete: Scope
) -> Mapping[Action, Scope]:
    return MappingProxyType(dict(zip(Action, (see, edit, listen, export, delete), strict=True)))


DEFAULT_SCOPES: Mapping[Role, Mapping[Action, Scope]] = MappingProxyType(
    {
        Role.OPERATOR: _scopes(Scope.ALL, Scope.ALL, Scope.OWN, Scope.NONE, Scope.NONE),
        Role.MANAGER: _scopes(Scope.ALL, Scope.ALL, Scope.ALL, Scope.OWN, Scope.OWN),
        Role.SUPERVISOR: _scopes(Scope.ALL, Scope.ALL, Scope.ALL, Scope.ALL, Scope.ALL),
        Role.ADMINISTRATOR: _scopes(Scope.ALL, Scope.ALL, Scope.ALL, Scope.ALL, Scope.ALL),
    }
)
"""How far the rights of each role reach until the administrator says otherwise (table `role_scopes`)."""
_NO_CHANGES: Mapping[Action, Scope] = MappingProxyType({})


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
    departments: frozenset[int] = frozenset()
    """The person's department and all below it."""
    scopes: Mapping[Action, Scope] = field(default_factory=lambda: _NO_CHANGES)
    """What the administrator changed for the person's role; asked through `scope`."""
    allowed: frozenset[Permission] | None = None
    """Of an access token: nothing beyond these, whatever the role may. None: as the role."""
    address: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the person's role holds this permission."""
        if self.allowed is not None and permission not in self.allowed:
            return False
        return permission in permissions_of(self.role)

    def scope(self, action: Action) -> Scope:
        """How far this right of the person reaches."""
        return self.scopes.get(action, DEFAULT_SCOPES[self.role][action])

    def require(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the person's role holds this permission."""
        if not self.may(permission):
            raise Forbidden(permission)

    @property
    def sees_only_own_calls(self) -> bool:
        """Operators see and hear the calls on their own phones only."""
        return not self.may(Permission.CALLS_SEE_ALL)


SYSTEM = Actor(user_id=0, login="slovo", name="Slovo", role=Role.ADMINISTRATOR)
"""Who acts when nobody is logged in: the command line and sample data. No row in `users` has this id."""
