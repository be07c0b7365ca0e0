"""What a new installation sells with: one funnel, its stages, and why deals are lost; in the company's language. Pure.

In: a language. Out: names. The administrator changes all of it in the page.
"""

from __future__ import annotations

from dataclasses import dataclass

COLOURS = ("grey", "blue", "teal", "green", "amber", "orange", "red", "violet")
"""The palette of stages: calm, each readable in light and dark (`web/static/css/deals.css`)."""
_KINDS = ("open", "open", "open", "open", "won", "lost")
_STAGE_COLOURS = ("grey", "blue", "violet", "amber", "green", "red")
_PROBABILITIES = (10, 30, 50, 80, 100, 0)


@dataclass(frozen=True, slots=True)
class StageSeed:
    """A stage to be made."""

    name: str
    kind: str
    colour: str
    probability: int


@dataclass(frozen=True, slots=True)
class FunnelSeed:
    """A funnel to be made, and the reasons for losses."""

    name: str
    stages: tuple[StageSeed, ...]
    loss_reasons: tuple[str, ...]


def seed(locale: str) -> FunnelSeed:
    """The first funnel, in Russian or English."""
    name, stages, reasons = _WORDS["ru" if locale == "ru" else "en"]
    rows = zip(stages, _KINDS, _STAGE_COLOURS, _PROBABILITIES, strict=True)
    return FunnelSeed(name, tuple(StageSeed(*row) for row in rows), reasons)


_WORDS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "ru": (
        "Продажи",
        (
            "Новая",
            "Выявление потребности",
            "Предложение",
            "Договор и счёт",
            "Выиграна",
            "Проиграна",
        ),
        ("Дорого", "Выбрали другого", "Передумали", "Нет бюджета", "Не дождались", "Не наш клиент"),
    ),
    "en": (
        "Sales",
        ("New", "Needs found out", "Offer made", "Contract and bill", "Won", "Lost"),
        (
            "Too expensive",
            "Chose somebody else",
            "Changed their mind",
            "No budget",
            "Waited too long",
            "Not our client",
        ),
    ),
}
