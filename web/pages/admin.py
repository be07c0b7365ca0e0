"""Administration: people with their phones and queues, the connection to the PBX, speech models."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents, departments, duties, passwords
from crm.access import Permission, Role
from crm.errors import Conflict, Invalid, NotFound
from crm.pbx_names import split, written
from crm.person_fields import Person, Phone, Queue
from crm.tables import User
from web.error_words import explain
from web.i18n import current_locale
from web.i18n import gettext as _
from web.ids import id_of
from web.live.regions import render_view
from web.pages.speech_models import installed_models
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_admin(request: Request) -> Response:
    """People and the state of the parts."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        people = await agents.people(session, actor)
        branches = await departments.tree(session)
        left = {
            user.id: await duties.would_be_orphaned(session, user.id)
            for user in people
            if not user.active
        }
    return render(
        request,
        "admin/admin.html",
        people=people,
        departments={one.id: one.name for one in branches},
        left=left,
        models=await installed_models(services),
        regions=await render_view(services, actor, "admin", current_locale()),
    )


async def show_person(request: Request) -> Response:
    """The form of one person, or of a new one."""
    user_id = request.path_params.get("user_id")
    if user_id is None:
        return await _form(request, Person(login="", role=Role.OPERATOR), None)
    user = await _user(request, user_id)
    return await _form(request, agents.person_of(user), user)


async def save_person(request: Request) -> Response:
    """Keep what the form says; a password only where one was typed."""
    services, actor = services_of(request), actor_of(request)
    user_id = request.path_params.get("user_id")
    data = await request.form()
    password = str(data.get("password", ""))
    known = await _user(request, user_id) if user_id is not None else None
    try:
        person = person_from(data, _pbxs(request, known))
        is_new = password or user_id is None
        hashed = await passwords.hashed(password, person.login) if is_new else ""
        async with services.db.write() as session:
            if user_id is None:
                await agents.add(session, actor, person, hashed)
            else:
                await agents.edit(session, actor, user_id, person)
                if hashed:
                    await agents.set_password(session, actor, user_id, hashed)
    except (Invalid, Conflict) as error:
        # Here a conflict is a taken login, or the last administrator: its own words say more.
        text = error.why if isinstance(error, Conflict) else explain(error).text
        return await _form(request, person_from(data), known, data, text, explain(error).status)
    return RedirectResponse("/admin", status_code=303)


async def set_active(request: Request) -> Response:
    """Lock a person out at once, or let them in again. Whose clients would be nobody's is asked about first."""
    data = await request.form()
    user_id, active = request.path_params["user_id"], data.get("active") == "1"
    async with services_of(request).db.write() as session:
        actor = actor_of(request)
        knowingly = data.get("knowingly") == "1"
        left = {} if active or knowingly else await duties.would_be_orphaned(session, user_id)
        if not left:
            await agents.set_active(session, actor, user_id, active, knowingly=knowingly)
    if left:
        user = await _user(request, user_id)
        words = {"client": _("clients"), "deal": _("open deals"), "inquiry": _("open inquiries")}
        return render(request, "admin/lock.html", status=409, user=user, left=left, kinds=words)
    return RedirectResponse("/admin", status_code=303)


def person_from(data: FormData, pbxs: Sequence[str] = ()) -> Person:
    """The form's values; phones and queues are separated by commas, "north/101" names the PBX.

    Args:
        data: what was typed.
        pbxs: the PBXs that there are; without them phones and queues are left out.

    Raises:
        Invalid: no PBX has this name.
    """

    def pairs(name: str) -> list[tuple[str, str]]:
        parts = [part.strip() for part in str(data.get(name, "")).split(",")]
        return [split(part, pbxs) for part in parts if part and pbxs]

    return Person(
        login=str(data.get("login", "")).strip(),
        name=str(data.get("name", "")).strip(),
        role=str(data.get("role", "")),
        locale=str(data.get("locale", "")),
        email=str(data.get("email", "")).strip(),
        department_id=id_of(str(data.get("department_id", ""))),
        phones=tuple(Phone(extension, pbx) for pbx, extension in pairs("phones")),
        queues=tuple(Queue(queue, pbx) for pbx, queue in pairs("queues")),
    )


def _pbxs(request: Request, user: User | None) -> Sequence[str]:
    """The PBXs that a person's phones may be of: those that are set, and those that the person has already."""
    names = list(services_of(request).settings.pbx_names)
    if user is not None:
        names += [device.pbx for device in user.devices]
        names += [queue.pbx for queue in user.queues]
    return tuple(dict.fromkeys(names))


async def _user(request: Request, user_id: int) -> User:
    async with services_of(request).db.read() as session:
        people = await agents.people(session, actor_of(request))
    found = next((user for user in people if user.id == user_id), None)
    if found is None:
        raise NotFound("user", user_id)
    return found


async def _form(  # noqa: PLR0913 (what was typed, and what is wrong with it)
    request: Request,
    person: Person,
    user: User | None,
    typed: FormData | None = None,
    failure: str = "",
    status: int = 200,
) -> Response:
    pbxs = services_of(request).settings.pbx_names
    async with services_of(request).db.read() as session:
        branches = await departments.tree(session)
    phones = ", ".join(written(phone.pbx, phone.extension, pbxs) for phone in person.phones)
    queues = ", ".join(written(queue.pbx, queue.name, pbxs) for queue in person.queues)
    return render(
        request,
        "admin/person.html",
        status=status,
        person=person,
        phones=phones if typed is None else typed.get("phones", ""),
        queues=queues if typed is None else typed.get("queues", ""),
        pbxs=pbxs,
        user=user,
        failure=failure,
        roles=list(Role),
        branches=branches,
    )


_one = "/admin/people/{user_id:id}"
routes = [
    page("/admin", show_admin, permission=Permission.ADMINISTER),
    page("/admin/people/new", show_person, permission=Permission.ADMINISTER, name="new_person"),
    page(
        "/admin/people/new",
        save_person,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="add_person",
    ),
    page(_one, show_person, permission=Permission.ADMINISTER),
    page(_one, save_person, permission=Permission.ADMINISTER, methods=["POST"]),
    page(f"{_one}/active", set_active, permission=Permission.ADMINISTER, methods=["POST"]),
]
