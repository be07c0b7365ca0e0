"""How likely something that was said matters to a dispute, and for whom it speaks. Pure.

In: what the claim is about, and an act or a search hit. Out: a score from 0 to 1, or none. A promise of ours speaks for
the client, a refusal of ours against him; what the client says himself proves little and is weighed so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from calls.search import text

ANY_ACTION = "other"
LEAST = 0.3
"""Below this nothing is proposed: every proposal costs somebody a minute."""
MOST_WORDS = 6
_BASE = {"promise": 0.5, "refusal": 0.45, "claim": 0.2}
_IDLE = frozenset({
    "что", "чтобы", "как", "мне", "нам", "вам", "мы", "вы", "они", "она", "оно", "это", "этот", "эта", "эти",
    "тот", "была", "были", "было", "быть", "буду", "будет", "если", "или", "для", "при", "обещали", "обещал",
    "обещала", "обещано", "пообещали", "сказали", "сказал", "сказала", "говорили", "говорил", "говорила",
    "уверяли", "менеджер", "оператор", "ваш", "ваша", "ваши", "клиент", "меня", "тогда", "когда", "потом",
    "уже", "еще", "тоже", "только", "можно", "нужно", "нет", "так", "that", "this", "with", "from", "have",
    "been", "will", "would", "your", "they", "them", "said", "told", "promised", "promise", "operator",
    "manager", "client", "agreed", "were", "was", "the", "and", "you", "for", "not", "but", "when", "then",
    "what", "just", "also",
})  # fmt: skip
"""Words of any claim, as the search compares them: they find everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is claimed, or what an act is about."""

    action: str = ANY_ACTION
    amount: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An act. `by_client`: the client said it."""

    label: str
    about: Subject
    by_client: bool
    firm: bool = True
    withdrawn: bool = False


def score_of(claimed: Subject, said: Said) -> float | None:
    """0 to 1; None: it has nothing to do with the claim."""
    if said.by_client == (said.label in ("promise", "refusal")):
        return None  # what the client promised or refused, and what operators say that they were promised
    same_action = claimed.action != ANY_ACTION and claimed.action == said.about.action
    same_amount = _same_amount(claimed, said.about)
    open_claim = claimed.action == ANY_ACTION and claimed.amount is None
    if not (same_action or same_amount or open_claim):
        return None
    score = _BASE.get(said.label, 0.0) + 0.3 * same_action + 0.2 * same_amount
    if said.about.unit == claimed.unit and claimed.amount is not None and not same_amount:
        score -= 0.15 * (said.about.amount is not None)
    score -= 0.1 * (not said.firm) + 0.25 * said.withdrawn
    score = round(min(max(score, 0.0), 1.0), 2)
    return score if score >= LEAST else None


def _same_amount(one: Subject, other: Subject) -> bool:
    if one.amount is None or other.amount is None:
        return False
    return one.amount == other.amount and (one.unit == other.unit or not one.unit or not other.unit)


def leaning(found_by: str, side: str) -> str:
    """For whom it seems to speak until somebody has weighed it: "for" the claim, "against" it, or ""."""
    if found_by == "promise" and side != "client":
        return "for"
    return "against" if found_by == "refusal" and side != "client" else ""


def key_words(claim: str) -> list[str]:
    """The words of a claim that are worth looking for, each once, in their order; at most six."""
    found = []
    for word in text.words(claim):
        plain = text.plain(word)
        if (len(plain) > 3 or plain.isdigit()) and plain not in _IDLE and plain not in found:
            found.append(plain)
    return found[:MOST_WORDS]


def hit_score(matched: Iterable[str], wanted: Iterable[str]) -> float | None:
    """How likely a turn with these of the wanted words matters: two of them at least, where there are two."""
    hits, all_words = set(matched), set(wanted)
    if len(hits) < min(2, len(all_words)):
        return None
    return round(0.15 + 0.45 * len(hits) / max(len(all_words), 1), 2)
