"""Promises in all states and two disputes for the demonstration: prepared words, found by the real rules.

In: the invented client base with its calls. Out: transcripts of origin "sample" in some of these calls, what the rules
find in them, and decisions as supervisors would have taken them. Written once: later starts find them there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.promises.task import find_acts
from calls.search.index import index_utterances
from calls.tables import Call, SpeechAct, Transcript, Utterance
from crm import dispute_evidence, dispute_verdict, disputes, promise_decisions, promise_finding
from crm.access import SYSTEM
from crm.dispute_verdict import Verdict
from crm.disputes import DisputeFields
from crm.promise_decisions import Closing, House
from crm.tables import CallLink, Promise, Task
from web.promise_chores import rules

PREPARED = "prepared"
_TURN_S = 5.0


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in one call, who begins, and what became of the first promise in it ("" = nobody looked)."""

    turns: tuple[str, ...]
    """The client's and the operator's in turn, the client first."""
    end: str = ""
    claim: str = ""
    """What the client said in the dispute that came of it; "" = there was none."""


RU = (
    Talk(("трубу так и не привезли", "мы вернём вам деньги две тысячи пятьсот рублей до пятницы"), "open"),
    Talk(("мне нужен ответ по срокам", "я перезвоню вам завтра в десять утра"), "kept"),
    Talk(("сколько это будет стоить", "пришлю вам смету сегодня до шести вечера"), "open"),
    Talk(("когда будет утеплитель", "мы привезём утеплитель завтра утром"), "broken"),
    Talk(("труба протекает", "мы бесплатно заменим водосточную трубу на следующей неделе")),
    Talk(("цены ведь растут", "я зафиксирую для вас эту цену до конца месяца")),
    Talk(("а дешевле можно", "я сделаю вам скидку десять процентов на монтаж"), "disputed",
         claim="мне обещали скидку десять процентов на монтаж"),
    Talk(("вы обещали мне скидку пятнадцать процентов", "к сожалению скидку мы дать не можем"),
         claim="вы обещали мне скидку пятнадцать процентов"),
)  # fmt: skip
EN = (
    Talk(("the gutter never came", "we will refund you two hundred dollars by friday"), "open"),
    Talk(("i need an answer", "i will call you back tomorrow at ten in the morning"), "kept"),
    Talk(("what will it cost", "i will send you the estimate today by six in the evening"), "open"),
    Talk(("when will it be here", "we will deliver the insulation tomorrow morning"), "broken"),
    Talk(("the gutter leaks", "we will replace the gutter for free next week")),
    Talk(("prices go up", "i will hold this price for you until the end of the month")),
    Talk(("can it be cheaper", "i will give you a ten percent discount on the fitting"), "disputed",
         claim="i was promised a ten percent discount on the fitting"),
    Talk(("you promised me a fifteen percent discount", "unfortunately we can not give you a discount"),
         claim="you promised me a fifteen percent discount"),
)  # fmt: skip


async def fill(db: Database, house: House, lang: str, now: datetime) -> int:
    """Write the talks and what became of them; returns how many promises there are, 0 if they were there before.

    Args:
        db: the database.
        house: the company's zone and language.
        lang: "ru" or "en".
        now: the moment.
    """
    async with db.write() as session:
        there = select(Promise.id).where(Promise.sample.is_(True)).limit(1)
        if await session.scalar(there) is not None:
            return 0
        talks = RU if lang == "ru" else EN
        calls = await _calls(session, len(talks), now)
        for call, talk in zip(calls, talks, strict=False):
            await _write(session, call, talk, house, lang)
        found = await session.scalars(select(Promise.id).where(Promise.sample.is_(True)))
        tasks = select(Task).where(Task.id.in_(select(Promise.task_id)))
        for task in await session.scalars(tasks):
            task.sample = True
        return len(found.all())


async def _calls(session: AsyncSession, most: int, now: datetime) -> Sequence[Call]:
    """The last answered sample calls of as many clients, of days that are over and without words of their own."""
    spoken = select(Transcript.id).where(Transcript.call_id == Call.id).exists()
    query = (
        select(Call, CallLink.client_id)
        .join(CallLink, CallLink.call_id == Call.id)
        .where(
            Call.sample.is_(True),
            Call.outcome == "answered",
            Call.talk_s >= 3 * _TURN_S,
            Call.started_at < now - timedelta(days=2),
            ~spoken,
        )
        .order_by(Call.started_at.desc())
        .limit(200)
    )
    last: dict[int, Call] = {}
    for call, client_id in await session.execute(query):
        last.setdefault(client_id, call)
    return list(last.values())[:most]


async def _write(session: AsyncSession, call: Call, talk: Talk, house: House, lang: str) -> None:
    transcript = Transcript(
        call_id=call.id, origin="sample", model=PREPARED, lang=lang, created_at=call.ended_at or call.started_at,
        duration_s=call.talk_s,
    )  # fmt: skip
    transcript.utterances = [
        Utterance(
            call_id=call.id, turn=turn, side="operator" if turn % 2 else "client", text=text,
            speaker=call.final_handler if turn % 2 else call.remote_number,
            start_s=turn * _TURN_S, end_s=(turn + 1) * _TURN_S - 0.5,
        )
        for turn, text in enumerate(talk.turns)
    ]  # fmt: skip
    session.add(transcript)
    await index_utterances(session, transcript.utterances)
    await find_acts(session, transcript, rules=rules(), zone=house.zone)
    await promise_finding.keep_found(session, transcript)
    promise = await session.scalar(
        select(Promise).where(Promise.call_id == call.id).order_by(Promise.id).limit(1)
    )
    if promise is not None and talk.end:
        await _decide(session, promise, talk.end, house)
    if talk.claim:
        await _dispute(session, call, talk, house)


async def _decide(session: AsyncSession, promise: Promise, end: str, house: House) -> None:
    await promise_decisions.confirm(session, SYSTEM, promise.id, house)
    if end == "kept":
        kept = Closing(outcome="kept", done_at=promise.marked_at + timedelta(hours=12))
        await promise_decisions.close(session, SYSTEM, promise.id, kept, house.zone)
    elif end == "broken":
        await promise_decisions.close(
            session, SYSTEM, promise.id, Closing(outcome="broken"), house.zone
        )


async def _dispute(session: AsyncSession, call: Call, talk: Talk, house: House) -> None:
    """One that is examined, about the promise of the call; one that was decided, from the claim in the call."""
    link = await session.get_one(CallLink, call.id)
    acts = await session.scalars(
        select(SpeechAct).where(SpeechAct.call_id == call.id).order_by(SpeechAct.id)
    )
    act = acts.first()
    promise = await session.scalar(select(Promise).where(Promise.call_id == call.id).limit(1))
    assert call.started_at is not None  # noqa: S101 - asked for in `_calls`
    day = call.started_at.astimezone(house.zone).date()
    opened = await disputes.open_dispute(
        session,
        SYSTEM,
        DisputeFields(
            client_id=link.client_id, claim=talk.claim, claimed_on=day,
            action=act.action if act else "other", amount=act.amount_value if act else None,
            unit=act.amount_unit if act else "", call_id=call.id,
            act_id=act.id if act and act.label == "claim" else None,
            promise_id=promise.id if promise and talk.end == "disputed" else None,
        ),
    )  # fmt: skip
    await dispute_evidence.propose(session, SYSTEM, opened.id, house.zone)
    if talk.end == "disputed":
        return
    for row in await dispute_evidence.of_dispute(session, opened.id):
        if row.found_by == "refusal":
            await dispute_evidence.weigh(session, SYSTEM, opened.id, row.id, "taken", "against")
    said = Verdict(verdict="for_company", text="В разговоре прямо сказано, что скидки не будет.")
    if talk in EN:
        said = Verdict(verdict="for_company", text="It was said plainly that there is no discount.")
    await dispute_verdict.decide(session, SYSTEM, opened.id, said)
