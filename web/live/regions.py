"""The live parts of pages: which topics change them, who sees them, and how they are rendered.

A region is one element with a stable id (`live-NAME`). It is rendered whole, from what is stored (or kept in memory), by
the same template for the page, the snapshot and the deltas: so an old snapshot with its deltas is always the fresh one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from crm.access import Action, Actor, Permission, Scope
from web.live import agent_board, bell, board, inquiry_badge, my_day, own_day
from web.live.mailbox import Mailbox
from web.live.presence import PRESENCE, Other
from web.render import Viewer, render_text, viewed_by
from web.services import Services

Context = Mapping[str, Any]
Loader = Callable[[Services, Actor], Awaitable[Context]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One live part of a page."""

    name: str
    topics: frozenset[str]
    load: Loader
    views: frozenset[str] = frozenset()
    """On which pages it is; on all if empty."""
    permission: Permission = Permission.LOGGED_IN
    tag: str = "div"
    css: str = "region"
    shared: bool = False
    """Whether everybody who may see it sees the same, so that it is rendered once for all."""

    def shows_to(self, actor: Actor, view: str) -> bool:
        """Whether this page of this person has the region."""
        if self.views and view not in self.views:
            return False
        return actor.may(self.permission)


REGIONS: tuple[Region, ...] = (
    Region(
        name="badge-tasks",
        topics=frozenset({"task"}),
        load=own_day.task_badge,
        permission=Permission.TASKS_SEE_OWN,
        tag="span",
        css="nav-badge",
    ),
    Region(
        name="bell",
        topics=frozenset({"notification"}),
        load=bell.unread,
        tag="span",
        css="nav-badge",
    ),
    Region(
        name="my-day",
        topics=frozenset({"task", "client", "promise", "dispute"}),
        load=my_day.of_person,
        views=frozenset({"day", "board"}),
        permission=Permission.TASKS_SEE_OWN,
    ),
    Region(
        name="badge-inquiries",
        topics=frozenset({"inquiry", "client"}),
        load=inquiry_badge.waiting,
        permission=Permission.INQUIRIES_SORT,
        tag="span",
        css="nav-badge",
        shared=True,
    ),
    Region(
        name="own-state",
        topics=frozenset({"own-state", "user"}),
        load=agent_board.own_state,
        permission=Permission.CALLS_MAKE,
        css="own-state",
    ),
    Region(
        name="my-tasks",
        topics=frozenset({"task", "client"}),
        load=own_day.tasks,
        views=frozenset({"day"}),
        permission=Permission.TASKS_SEE_OWN,
    ),
    Region(
        name="my-calls",
        topics=frozenset({"call", "client"}),
        load=own_day.calls,
        views=frozenset({"day"}),
        permission=Permission.CALLS_SEE_OWN,
    ),
    Region(
        name="numbers",
        topics=frozenset({"call", "task"}),
        load=board.numbers,
        views=frozenset({"board"}),
        permission=Permission.LIVE_SEE_ALL,
        shared=True,
    ),
    Region(
        name="agents",
        topics=frozenset({"state", "user", "call"}),
        load=agent_board.agents,
        views=frozenset({"board"}),
        permission=Permission.LIVE_SEE_ALL,
        shared=True,
    ),
    Region(
        name="live-calls",
        topics=frozenset({"call"}),
        load=board.live_calls,
        views=frozenset({"board"}),
        permission=Permission.LIVE_SEE_ALL,
        shared=True,
    ),
    Region(
        name="board-tasks",
        topics=frozenset({"task", "client"}),
        load=board.tasks,
        views=frozenset({"board"}),
        permission=Permission.TASKS_SEE_ALL,
        shared=True,
    ),
    Region(
        name="board-calls",
        topics=frozenset({"call", "client"}),
        load=board.calls,
        views=frozenset({"board"}),
        permission=Permission.CALLS_SEE_ALL,
        shared=True,
    ),
    Region(
        name="backlog",
        topics=frozenset({"job"}),
        load=board.backlog,
        views=frozenset({"board", "admin"}),
        permission=Permission.LIVE_SEE_ALL,
        shared=True,
    ),
)


def regions_of(actor: Actor, view: str) -> list[Region]:
    """The stored regions of one page."""
    return [region for region in REGIONS if region.shows_to(actor, view)]


async def render_inner(region: Region, services: Services, actor: Actor, locale: str) -> str:
    """What stands inside the region's element now."""
    context = await region.load(services, actor)
    with viewed_by(viewer(services, actor), locale):
        return render_text(f"live/{region.name.replace('-', '_')}.html", **context)


async def render_for_many(
    region: Region, services: Services, mailbox: Mailbox, locale: str, *, is_first: bool
) -> str:
    """As `render_inner`, but made once for all pages that show the same and ask at the same time.

    Args:
        region: Of the page.
        services: Of this process.
        mailbox: The page's.
        locale: What the page speaks.
        is_first: Whether the page has nothing yet. What it gets then is read after it was opened: of what happened before
            it would never hear.
    """
    hub, desk = services.hub, mailbox.desk
    actor = desk.actor
    today = services.clock().astimezone(services.zone).date()
    # Whoever sees all clients sees what everybody of the role sees; a narrower scope is a person's own view.
    sees_all = actor.scope(Action.SEE) is Scope.ALL
    audience = ("role", bool(actor.extensions)) if region.shared and sees_all else desk.audience
    key = (region.name, locale, audience, actor.role, today)
    since = max((hub.changed_at.get(topic, 0) for topic in region.topics), default=0)
    return await hub.shared.get(
        key,
        max(since, mailbox.opened) if is_first else since,
        lambda: render_inner(region, services, actor, locale),
        hurry=is_first,
    )


async def render_view(
    services: Services, actor: Actor, view: str, locale: str
) -> dict[str, Markup]:
    """All regions of a page, as its template puts them in place: name → element."""
    return {
        region.name: Markup(  # noqa: S704 - made of escaped templates
            element(region, await render_inner(region, services, actor, locale))
        )
        for region in regions_of(actor, view)
    }


def element(region: Region, inner: str) -> str:
    """The region's element as it stands in a page."""
    return f'<{region.tag} id="live-{region.name}" class="{region.css}">{inner}</{region.tag}>'


def fragment(region: Region, inner: str) -> str:
    """The element as it travels: htmx morphs it into place, so that focus and half-typed text stay."""
    return element(region, inner).replace(" class=", ' hx-swap-oob="outerMorph" class=', 1)


def viewer(services: Services, actor: Actor) -> Viewer:
    """For whom a fragment is rendered."""
    return Viewer(
        actor=actor,
        zone=services.zone,
        now=services.clock(),
        region=services.settings.region,
        pbxs=services.settings.pbx_names,
    )


async def _nothing(services: Services, actor: Actor) -> Context:
    return {}


PRESENT = Region(
    name="presence", topics=frozenset({PRESENCE}), load=_nothing, css="presence", tag="div"
)


def render_presence(services: Services, actor: Actor, locale: str, others: Sequence[Other]) -> str:
    """Who else is on the card that the page shows; without the database."""
    with viewed_by(viewer(services, actor), locale):
        return render_text("live/presence.html", others=others)


LINK = Region(name="link", topics=frozenset({"link"}), load=_nothing, css="strip-slot")


def render_link(services: Services, actor: Actor, locale: str) -> str:
    """What people are told about the connection to the PBX; without the database."""
    with viewed_by(viewer(services, actor), locale):
        return render_text("live/link.html", links=services.links())
