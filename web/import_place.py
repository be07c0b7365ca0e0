"""Where imports of this installation are worked on, and by which rules."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crm.importing.work import Place
from crm.number_rules import NumberRules
from web.settings import Settings


def import_place(settings: Settings) -> Place:
    """The place for `crm.importing.work`."""
    return Place(
        data_dir=settings.data_dir,
        rules=NumberRules.of(settings),
        zone=ZoneInfo(settings.time_zone),
    )
