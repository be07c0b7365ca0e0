"""What a proof pack tells: plain values, as they are written into its JSON files and shown on its page. Pure.

In: nothing. Out: dataclasses that `crm.proof_facts` fills and `calls.proof.pack` writes. Times are aware, UTC; places in
the sound are seconds from the beginning of the recording. `who` is a name for people, beside the extension or number as
the switch had it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages."""

    ru: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A version of a turn by a person. `text` None: back to what was heard."""

    version: int
    text: str | None
    by: str
    at: datetime
    restores: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One turn: as heard, with the confidence of each word, and as people corrected it."""

    id: int
    turn: int
    side: str
    speaker: str
    who: str
    start_s: float
    end_s: float
    heard: str
    words: tuple[dict[str, Any], ...] = ()
    corrected: str | None = None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A transcript: which engine and model heard these words. Only the current one is shown on the page."""

    id: int
    recording_id: int | None
    origin: str
    engine: str
    engine_version: str
    model: str
    lang: str
    current: bool
    made_at: datetime
    turns: tuple[SpokenTurn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A sound file as it was kept. `sha256`: noted when it was found; `name`: where it is in the pack."""

    role: str
    path: str
    sha256: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A recording."""

    id: int
    state: str
    error: str
    sides: str
    started_at: datetime | None
    duration_s: float | None
    rate_hz: int | None
    files: tuple[KeptFile, ...] = ()
    """The playable file first (role "playable"), then what the switch left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One offer of the call to one phone, and what became of it."""

    extension: str
    number: str
    who: str
    queue: str
    offered_at: datetime | None
    rang_at: datetime | None
    stopped_at: datetime | None
    result: str
    talked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A conversation handed on."""

    kind: str
    source: str
    source_who: str
    target: str
    target_who: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A promise, claim or refusal. `found_by`: "rules" or "person"; `state`: of the ledger, "" where it is not in it."""

    label: str
    found_by: str
    state: str
    side: str
    who: str
    quote: str
    what: str
    action: str
    amount: str
    due: str
    strength: str
    withdrawn: bool
    start_s: float | None
    rules: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One call with all that belongs to it."""

    id: int
    pbx: str
    linkedid: str
    linkedids: tuple[str, ...]
    source: str
    direction: str
    caller: str
    caller_who: str
    called: str
    remote_number: str
    client: str
    queue: str
    trunk: str
    started_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    answered_by: str
    answered_who: str
    wait_s: float | None
    talk_s: float | None
    hold_s: float | None
    outcome: str
    reason: Words
    legs: tuple[Leg, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    recordings: tuple[Sound, ...] = ()
    readings: tuple[Reading, ...] = ()
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A moment of a call. `speaks`: "for" the client's claim, "against" it or ""; `clip`: its sound in the pack, or ""."""

    id: int
    call_id: int
    recording_id: int | None
    side: str
    who: str
    quote: str
    start_s: float | None
    end_s: float | None
    speaks: str
    found_by: str
    state: str
    note: str
    by: str
    at: datetime
    clip: str = ""
    clip_from_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Words of a colleague about the case."""

    kind: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """The case: claim, evidence and verdict."""

    id: int
    client: str
    claim: str
    action: str
    amount: str
    claimed_on: date
    promised_from: date | None
    promised_to: date | None
    state: str
    verdict: str
    verdict_text: str
    granted: str
    respondent: str
    opened_by: str
    opened_at: datetime
    decided_by: str
    decided_at: datetime | None
    approved_by: str
    closed_at: datetime | None
    evidence: tuple[Evidence, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedDeed:
    """A row of the audit log, with everything that its hash is made of."""

    id: int
    at: datetime
    user_id: int | None
    login: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    address: str
    previous_hash: str
    hash: str
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Something that is not in the pack. `key` is one of `calls.proof.page_words`; `detail` says more, as it was noted."""

    key: str
    call_id: int | None = None
    recording_id: int | None = None
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a pack tells."""

    subject_kind: str
    subject_id: int
    made_at: datetime
    made_by: str
    slovo_version: str
    zone: str
    lang: str
    audit_entries: int
    audit_head: str
    dispute: DisputeFacts | None = None
    calls: tuple[CallFacts, ...] = ()
    log: tuple[LoggedDeed, ...] = ()
    absences: tuple[Absence, ...] = ()
    sample: bool = False
    """Invented data of the demonstration."""
