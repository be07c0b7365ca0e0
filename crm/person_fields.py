"""What an administrator types about a person: values and their checks. Pure.

In: a `Person`. Out: the same, tidied, or an error that names the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.access import Role
from crm.errors import Invalid

_LOGIN = re.compile(r"[\w.@-]{1,64}")
_EXTENSION = re.compile(r"[\w.*#+-]{1,64}")
_CHANNEL = re.compile(r"\w+/[\w.@:+*#/-]{1,120}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone of a person. `channel` is what Originate dials; "" = the PBX's usual one for extensions."""

    extension: str
    pbx: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue whose calls a person answers for."""

    name: str
    pbx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What an administrator says about a person. Checked when it is written."""

    login: str
    role: str
    name: str = ""
    locale: str = ""
    email: str = ""
    """Where reminders go; "" = none."""
    department_id: int | None = None
    phones: tuple[Phone, ...] = ()
    queues: tuple[Queue, ...] = ()
    sample: bool = False


def checked(person: Person) -> Person:
    """Tidy what was typed.

    Raises:
        Invalid: names the field.
    """
    login = person.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Invalid("login", "1 to 64 letters, digits, dots, hyphens, @")
    if person.role not in list(Role):
        raise Invalid("role", f"{person.role!r} is none of {', '.join(Role)}")
    if person.locale not in ("", "ru", "en"):
        raise Invalid("locale", f"{person.locale!r} is none of ru, en")
    if person.email.strip() and not _EMAIL.fullmatch(person.email.strip()):
        raise Invalid("email", f"{person.email!r} is no e-mail address")
    for phone in person.phones:
        if not _EXTENSION.fullmatch(phone.extension):
            raise Invalid("extension", f"{phone.extension!r} is no extension")
        if phone.channel and not _CHANNEL.fullmatch(phone.channel):
            raise Invalid("channel", f"{phone.channel!r} is no channel such as PJSIP/101")
    for queue in person.queues:
        if not queue.name or len(queue.name) > 128 or _CONTROL.search(queue.name):
            raise Invalid("queue", f"{queue.name!r} is no queue")
    return Person(
        login=login,
        role=person.role,
        name=_CONTROL.sub(" ", person.name).strip()[:255],
        locale=person.locale,
        email=person.email.strip()[:255],
        department_id=person.department_id,
        phones=tuple({(p.pbx, p.extension): p for p in person.phones}.values()),
        queues=tuple({(q.pbx, q.name): q for q in person.queues}.values()),
        sample=person.sample,
    )
