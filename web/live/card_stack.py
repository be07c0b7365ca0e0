"""The cards on a person's pages as HTML: each rendered once for all pages of the person, from memory alone.

In: the person's `Desk`. Out: a `Stack`; the same object as long as nothing changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from web.live import cards
from web.live.desk import Desk
from web.live.mailbox import Mailbox
from web.live.pops import Pop
from web.render import Viewer, render_text, viewed_by
from web.services import Services


@dataclass(frozen=True, slots=True)
class CardHtml:
    """One card as it travels."""

    key: str
    html: str
    encoded: str
    """The HTML as JSON: the same for all pages, so encoded once."""


Stack = tuple[CardHtml, ...]


def stack_of(services: Services, mailbox: Mailbox, locale: str) -> Stack:
    """The cards of this page, in their order.

    A card has the field for notes only when its note was read after the page was opened: a field that is in the page is
    never touched again, so it must not begin with an old note.
    """
    desk = mailbox.desk
    noted = frozenset(key for key, card in desk.cards.items() if card.began >= mailbox.opened)
    now = services.clock()
    today = now.astimezone(services.zone).date()
    known = desk.stacks.get((locale, noted))
    if known is not None and known[:2] == (desk.version, today):
        return known[2]
    viewer = Viewer(
        actor=desk.actor,
        zone=services.zone,
        now=now,
        region=services.settings.region,
        pbxs=services.settings.pbx_names,
    )
    with viewed_by(viewer, locale):
        stack = tuple(
            _card(services, desk, pop, (locale, pop.key in noted, today)) for pop in desk.pops
        )
    # Those of older versions are never asked for again.
    desk.stacks = {k: v for k, v in desk.stacks.items() if v[0] == desk.version}
    desk.stacks[locale, noted] = desk.version, today, stack
    return stack


def _card(services: Services, desk: Desk, pop: Pop, how: tuple[str, bool, object]) -> CardHtml:
    locale, has_note, today = how
    view = cards.PopView(
        pop, desk.cards.get(pop.key), cards.names_of(services, pop.number), has_note
    )
    place = (pop.key, locale, has_note)
    rendered = desk.rendered.get(place)
    if rendered is not None and rendered[0] == (view, today):
        return rendered[1]
    html = render_text("live/pops.html", pops=(view,)).strip()
    card = CardHtml(pop.key, html, json.dumps(html, ensure_ascii=False))
    desk.rendered[place] = (view, today), card
    return card
