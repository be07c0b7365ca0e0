"""Templates → HTML, for pages and for fragments of the live page.

One Jinja2 environment; language, zone and person of the moment come from context variables, so that a fragment rendered
without any request speaks the language of the person who gets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from crm.access import Actor, Permission
from crm.finding.terms import tag_key
from crm.pbx_names import written
from web import format as formats
from web import promise_words
from web.i18n import current_locale, gettext, ngettext, use_locale
from web.pages.agent_words import reason_words
from web.recurrence_words import series_words
from web.routes import visitor_of
from web.security import csp_nonce
from web.services import services_of
from web.static_files import asset
from web.word_html import words_html

TEMPLATE_DIR = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a template is rendered."""

    actor: Actor | None
    zone: ZoneInfo
    now: datetime
    region: str = "RU"
    pbxs: tuple[str, ...] = ()
    """Our names of the PBXs: pages name them only where there are several."""


_viewer: ContextVar[Viewer] = ContextVar("slovo_viewer")


@contextmanager
def viewed_by(viewer: Viewer, locale: str) -> Iterator[None]:
    """Render for this person and in this language inside the block."""
    token = _viewer.set(viewer)
    try:
        with use_locale(locale):
            yield
    finally:
        _viewer.reset(token)


def render_text(template: str, **context: Any) -> str:
    """Render inside `viewed_by`; what every fragment and page has in common is added."""
    viewer = _viewer.get()
    return (
        environment()
        .get_template(template)
        .render(
            actor=viewer.actor,
            now=viewer.now,
            locale=current_locale(),
            several_pbxs=len(viewer.pbxs) > 1,
            **context,
        )
    )


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The page or fragment for whoever asks.

    Besides `context` every template has: `actor`, `now`, `locale`, `several_pbxs`, `request`, `services`, `nonce()` (only
    pages that call it get a style nonce into their policy) and the filters of `web.format`.
    """
    services = services_of(request)
    viewer = Viewer(
        actor=visitor_of(request),
        zone=services.zone,
        now=services.clock(),
        region=services.settings.region,
        pbxs=services.settings.pbx_names,
    )
    with viewed_by(viewer, current_locale()):
        text = render_text(
            template,
            request=request,
            services=services,
            links=services.links(),
            nonce=lambda: csp_nonce(request),
            **context,
        )
    return HTMLResponse(text, status_code=status, headers=headers)


@cache
def environment() -> Environment:
    """The one environment: every value is escaped, a name that is not there is an error."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATE_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(asset=asset, Permission=Permission, may=_may, dialable=formats.dialable)
    env.globals.update(reason_words=reason_words, words_html=words_html)
    env.filters.update(
        phone=_phone,
        clock=lambda at: formats.clock_time(at, _viewer.get().zone, current_locale()),
        when=_when,
        full_time=lambda at: formats.full_time(at, _viewer.get().zone, current_locale()),
        day=_day,
        read_time=datetime.fromisoformat,
        repeat_words=series_words,
        local_date=lambda at: at.astimezone(_viewer.get().zone).date(),
        weekday_time=lambda at: formats.weekday_and_time(at, _viewer.get().zone, current_locale()),
        duration=formats.duration,
        month=lambda on: formats.month(on, current_locale()),
        promise_title=promise_words.promise_title,
        promise_due=lambda row: promise_words.due_words(
            row.due_on, row.due_time, _viewer.get().now.astimezone(_viewer.get().zone).date()
        ),
        about=lambda row: promise_words.about(row.action, row.amount_value, row.amount_unit),
        amount_words=promise_words.amount_words,
        money=lambda amount, currency: formats.money(amount, currency, current_locale()),
        tag_key=tag_key,
        quantity=lambda number: formats.quantity(number, current_locale()),
        iso=lambda at: "" if at is None else at.astimezone(UTC).isoformat(),
        digits=formats.dialable,
        phone_on_pbx=lambda device: written(device.pbx, device.extension, _viewer.get().pbxs),
        queue_on_pbx=lambda queue: written(queue.pbx, queue.queue, _viewer.get().pbxs),
    )
    return env


def _may(permission: Permission) -> bool:
    actor = _viewer.get().actor
    return actor is not None and actor.may(permission)


def _phone(raw: str | None) -> str:
    return formats.pretty_number(raw or "", _viewer.get().region)


def _when(at: datetime | None) -> str:
    viewer = _viewer.get()
    return formats.day_and_time(at, viewer.zone, current_locale(), viewer.now)


def _day(on: date | datetime | None) -> str:
    return formats.day(on, _viewer.get().zone, current_locale())
