"""The live parts of pages: which topics change them, who sees them, and how they are rendered.

A region is one element with a stable id (`live-NAME`). It is rendered whole, from what is stored (or kept in memory), by
the same template for the page, the snapshot and the deltas: so an old snapshot with its deltas is always the fresh one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from crm.access import Actor, Permission
from web.live import board, cards, own_day
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


async def render_for_many(region: Region, services: Services, actor: Actor, locale: str) -> str:
    """As `render_inner`; a shared region that did not change since somebody like this person got it is not made anew.

    Only for pages that are told of every change: what nobody announced would stay unseen.
    """
    if not region.shared:
        return await render_inner(region, services, actor, locale)
    hub = services.hub
    today = services.clock().astimezone(services.zone).date()
    key = (region.name, locale, actor.role, bool(actor.extensions), today)
    revision = sum(hub.revisions[topic] for topic in region.topics)
    known = hub.rendered.get(key)
    if known is None or known[0] != revision:
        known = revision, await render_inner(region, services, actor, locale)
        hub.rendered = {k: v for k, v in hub.rendered.items() if k[-1] == today} | {key: known}
    return known[1]


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
        actor=actor, zone=services.zone, now=services.clock(), region=services.settings.region
    )


async def _nothing(services: Services, actor: Actor) -> Context:
    return {}


POPS = Region(name="pops", topics=frozenset({"pop"}), load=_nothing, css="pops")
LINK = Region(name="link", topics=frozenset({"link"}), load=_nothing, css="strip-slot")


def render_pops(services: Services, actor: Actor, locale: str, loaded: Collection[str]) -> str:
    """The cards of calls that ring at this person's phones; without the database.

    Args:
        services: Of this process.
        actor: Whose page it is.
        locale: What the page speaks.
        loaded: Keys of the cards whose stored half this page itself has asked for: only these have the field for notes,
            filled with what is stored now. A field that is in the page already is never touched.
    """
    hub = services.hub
    shown = [
        cards.PopView(
            pop,
            hub.cards.get((actor.user_id, pop.key)),
            cards.names_of(services, pop.number),
            pop.key in loaded,
        )
        for pop in hub.pops.of(actor.user_id)
    ]
    with viewed_by(viewer(services, actor), locale):
        return render_text("live/pops.html", pops=shown)


def render_link(services: Services, actor: Actor, locale: str) -> str:
    """What people are told about the connection to the PBX; without the database."""
    with viewed_by(viewer(services, actor), locale):
        return render_text("live/link.html", links=services.links())
