"""The panel of a client's history: filters in the address, paging, words of calls only for those who may hear."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from starlette.datastructures import QueryParams
from support.history import NOON, deal, fill, stage
from support.web import Site
from support.web_seed import add_call, add_client

from calls.tables import Recording, Transcript, Utterance
from crm.history import Kind, Place
from crm.tables import (
    CallNote,
    Change,
    ClientMerge,
    Comment,
    Consent,
    DealStep,
    Handover,
    HandoverItem,
    Inquiry,
    Membership,
    Payment,
    Promise,
    Stage,
    StoredFile,
    Task,
)
from web.pages.client_history import Asked, place_of, place_text
from web.pages.comment_text import comment_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("@anna ok, a@anna", '<span class="mention" title="@anna">@Анна</span> ok, a@anna'),
        ("@nobody", "@nobody"),
    ],
)
def test_comment_is_text_with_names(text: str, html: str) -> None:
    assert comment_html(text, {"anna": "Анна"}) == html


@pytest.mark.parametrize(
    ("text", "href", "rest"),
    [
        ("see https://a.example/x?y=1&z=2.", "https://a.example/x?y=1&amp;z=2", "."),
        ("(http://a.example/b_(c))", "http://a.example/b_(c)", ")"),
        ('http://a.example/"onload=x', "http://a.example/", "&#34;onload=x"),
        ("http://a.example/<script>", "http://a.example/", "&lt;script&gt;"),
    ],
)
def test_address_in_a_comment_is_a_safe_link(text: str, href: str, rest: str) -> None:
    html = str(comment_html(text, {}))
    assert f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">' in html
    assert html.endswith(f"</a>{rest}")


def test_place_survives_the_address() -> None:
    place = Place(datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC), 7, 19)
    assert place_of(place_text(place)) == place
    for text in ("", "1-2", "1-2-3-4", "a-b-c", "1-2-x", f"{'9' * 18}-1-1", "1--1"):
        assert place_of(text) is None


def test_chips_put_a_kind_to_the_others_and_take_it_away() -> None:
    asked = Asked.read(5, QueryParams("history=call,nonsense,deal&staff=no"))
    assert asked.kinds == (Kind.CALL, Kind.DEAL)
    assert asked.toggled(Kind.CALL).query() == "history=deal&staff=no"
    assert asked.toggled(Kind.COMMENT).query() == "history=call,comment,deal&staff=no"
    assert asked.toggled(None).without_staff().page_address == "/clients/5"


async def told(site: Site) -> int:
    """A client to whom one thing of each kind happened."""
    at = datetime.now(UTC) - timedelta(days=1)
    anna = site.people["anna"]
    async with site.services.db.write() as session:
        client = await add_client(session, "Ирина Соколова", "+79161234567")
        gone = await add_client(session, "Ирина С.")
        call = await add_call(session, "1.1", at=at, client_id=client.id)
        recording = Recording(call_id=call.id, source_key="a", state="ready", created_at=at)
        words = Transcript(call_id=call.id, origin="engine", model="small", created_at=at)
        session.add_all([recording, words])
        sold = await deal(session, client.id, at)
        won = Stage(funnel_id=sold.funnel_id, name="Paid for", kind="won")
        task = Task(kind="todo", title="Send the bill", client_id=client.id, opened_at=at,
                    closed_at=at, closed_by_id=anna, state="done", result="sent by post")  # fmt: skip
        handover = Handover(from_id=anna, to_id=site.people["boris"], at=at, note="Anna moves")
        session.add_all([won, task, handover])
        await session.flush()
        session.add_all([
            Utterance(transcript_id=words.id, call_id=call.id, turn=0, side="client", start_s=0,
                      end_s=1, text="secret words about the roof"),
            CallNote(call_id=call.id, user_id=anna, text="wants a red roof", updated_at=at),
            Comment(client_id=client.id, user_id=anna, text="<i>mind</i> https://a.example", at=at),
            Comment(task_id=task.id, user_id=anna, text="of the task", at=at, edited_at=at),
            DealStep(deal_id=sold.id, from_stage_id=sold.stage_id, stage_id=won.id, user_id=anna, at=at),
            Payment(deal_id=sold.id, due_on=at.date(), paid_on=at.date(), amount=Decimal("1500.50")),
            StoredFile(client_id=client.id, name="договор.pdf", media_type="application/pdf",
                       size_bytes=5, sha256="0" * 64, at=at, user_id=anna),
            Inquiry(client_id=client.id, opened_at=at, last_contact_at=at, text="roof, please"),
            Promise(call_id=call.id, client_id=client.id, quote="q", what="to call on Monday", marked_at=at),
            Consent(client_id=client.id, kind="mailing", given=True, given_at=at, noted_at=at, source="on paper"),
            ClientMerge(kept_id=client.id, gone_id=gone.id, at=at),
            HandoverItem(handover_id=handover.id, kind="client", subject_id=client.id),
            Change(at=at, login="anna", subject_kind="client", subject_id=client.id, client_id=client.id,
                   field="inn", old="1", new="7707083893"),
        ])  # fmt: skip
        return client.id


async def test_panel_tells_everything_that_happened(site: Site) -> None:
    client_id = await told(site)
    anna = await site.client("anna")
    page = (await anna.get(f"/clients/{client_id}/history")).text
    for words in (
        "Incoming call", "secret words about the roof", "wants a red roof", "#recording", "#transcript",
        "&lt;i&gt;mind&lt;/i&gt;", 'href="https://a.example"', "of the task", "edited", "Send the bill",
        "sent by post", "Roof", "Paid for", "1,500.50", "договор.pdf", "roof, please", "to call on Monday",
        "Consent to mailings", "on paper", "Merged with the card “Ирина С.”",
        "Handed over: Анна Белова → Борис Орлов", "Anna moves",
    ):  # fmt: skip
        assert words in page, words
    assert "7707083893" not in page
    page = (await anna.get(f"/clients/{client_id}/history?history=change")).text
    assert "7707083893" in page
    assert "secret words" not in page
    assert 'id="history-chip-change"' in page


async def test_words_of_a_call_are_for_those_who_may_hear_it(site: Site) -> None:
    client_id = await told(site)
    boris = await site.client("boris")
    page = (await boris.get(f"/clients/{client_id}/history")).text
    assert "Incoming call" not in page
    assert "secret words" not in page
    assert "of the task" in page
    mila = await site.client("mila")
    assert "secret words" in (await mila.get(f"/clients/{client_id}/history")).text


async def test_older_lines_follow_without_a_second_heading_of_the_same_day(site: Site) -> None:
    async with site.services.db.write() as session:
        client = await add_client(session, "Ирина Соколова")
        for number in range(45):
            at = NOON + timedelta(minutes=number)
            session.add(Comment(client_id=client.id, text=f"word-{number}-", at=at))
    anna = await site.client("anna")
    first = (await anna.get(f"/clients/{client.id}/history?history=comment")).text
    assert "word-44-" in first
    assert "word-4-" not in first
    assert first.count("history-day-") == 1
    more = first.split('class="btn" hx-get="')[1].split('"')[0].replace("&amp;", "&")
    older = (await anna.get(more)).text
    assert "word-4-" in older
    assert "word-0-" in older
    assert "word-5-" not in older
    assert "history-day-" not in older
    assert 'id="history-shown" value="45"' in older
    again = f"/clients/{client.id}/history?part=list&history=comment&shown="
    assert "word-0-" in (await anna.get(f"{again}45")).text
    assert (await anna.get(f"{again}501")).status_code == 204


async def test_organisation_has_a_switch_for_its_contact_persons(site: Site) -> None:
    async with site.services.db.write() as session:
        firm = await add_client(session, "ООО «Ромашка»", kind="organisation")
        irina = await add_client(session, "Ирина Соколова")
        session.add(Membership(person_id=irina.id, organisation_id=firm.id))
        session.add(Comment(client_id=irina.id, text="of-irina", at=NOON))
    anna = await site.client("anna")
    page = (await anna.get(f"/clients/{firm.id}/history")).text
    assert "of-irina" in page
    assert f'<a href="/clients/{irina.id}">Ирина Соколова</a>' in page
    assert "of-irina" not in (await anna.get(f"/clients/{firm.id}/history?staff=no")).text


async def test_nothing_yet_is_said(site: Site) -> None:
    async with site.services.db.write() as session:
        client = await add_client(session, "Ирина Соколова")
    anna = await site.client("anna")
    assert "Nothing happened yet" in (await anna.get(f"/clients/{client.id}/history")).text
    page = (await anna.get(f"/clients/{client.id}/history?history=call")).text
    assert "Nothing of this kind yet" in page
    assert (await anna.get("/clients/9999/history")).status_code == 404


async def test_entries_of_every_kind_can_be_shown(site: Site) -> None:
    async with site.services.db.write() as session:
        client = await add_client(session, "Ирина Соколова")
        await stage(session)
        await fill(session, client.id, 5, each=2)
    root = await site.client("root")
    for kind in Kind:
        answer = await root.get(f"/clients/{client.id}/history?history={kind}")
        assert f'data-kind="{kind}"' in answer.text
