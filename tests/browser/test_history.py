"""A story on the card: a colleague is mentioned, a picture is dropped, the history is filtered and stays fresh."""

import asyncio
import base64

from playwright.async_api import Page, expect
from sqlalchemy import select
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.files import png
from support.web_seed import seed_day

from crm.tables import Comment, Notification

DROP = """
async ([selector, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: "image/png" }));
  const options = { dataTransfer: carried, bubbles: true, cancelable: true };
  const area = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) area.dispatchEvent(new DragEvent(kind, options));
}
"""


TOLD = "new Promise((done) => document.body.addEventListener('slovo:comment', () => setTimeout(done, 50), { once: true }))"


async def drop(page: Page, selector: str, name: str, content: bytes) -> None:
    await page.evaluate(DROP, [selector, name, base64.b64encode(content).decode()])


async def test_colleague_is_mentioned_and_a_picture_dropped(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    ids = await seed_day(live_site.services)

    def ring() -> None:
        """There is no feed in this rig: tell the pages as it would."""
        live_site.services.hub.announce(["comment"])

    card = f"/clients/{ids['irina']}"
    watched = await open_page("anna", card)
    watched.allow("422")
    mine = watched.page
    theirs = (await open_page("boris", card, viewport=PHONE)).page
    for page in (mine, theirs):
        await expect(page.locator("html[data-live=yes]")).to_be_attached()
        await expect(page.locator("#history .history-line").first).to_be_visible()
    field = mine.get_by_label("Comment for colleagues")
    await field.press_sequentially("Ask @бор")
    await expect(mine.locator(".mention-list li")).to_contain_text("Борис Орлов")
    await field.press("Enter")
    await expect(field).to_have_value("Ask @boris ")
    await field.press_sequentially("about https://a.example/roof")
    await field.press("Control+Enter")
    await expect(mine.locator(".history-line.is-comment")).to_be_visible()
    ring()
    line = theirs.locator(".history-line.is-comment")
    await expect(line).to_contain_text("Ask @Борис Орлов about")
    await expect(line.get_by_role("link", name="https://a.example/roof")).to_be_visible()
    async with live_site.services.db.read() as session:
        told = (await session.scalars(select(Notification))).all()
    assert [(one.user_id, one.kind) for one in told] == [(live_site.people["boris"], "mention")]

    await mine.locator(".comment-own").get_by_text("Edit").click()
    editing = mine.locator("form[data-editing] textarea")
    await editing.fill("Half a")
    await theirs.get_by_label("Comment for colleagues").fill("of boris")
    await theirs.get_by_role("button", name="Send").click()
    await expect(theirs.locator(".history-line.is-comment")).to_have_count(2)
    asked: list[str] = []
    mine.on("request", lambda request: asked.append(request.url))
    told_mine = asyncio.create_task(mine.evaluate(TOLD))
    await mine.evaluate("1")  # the listener is there
    ring()
    await told_mine
    assert not [url for url in asked if "part=list" in url]
    await expect(editing).to_have_value("Half a")
    await mine.locator("form[data-editing]").get_by_role("button", name="Save").click()
    await expect(mine.locator(".history-line.is-comment")).to_have_count(2)
    ring()
    await expect(theirs.locator(".history-line").get_by_text("Half a")).to_be_visible()

    await drop(mine, "[data-upload]", "крыша.png", png(400, 300))
    picture = mine.locator(".file-picture img")
    await expect(picture).to_be_visible()
    await expect(mine.locator(".file")).to_contain_text("крыша.png")
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    await drop(mine, "[data-upload]", "run.png", b"MZ\x90\x00")
    await expect(mine.locator(".upload-list .is-bad").first).to_contain_text("run.png was not kept")

    await mine.locator("#history-chip-comment").focus()
    await mine.keyboard.press("Enter")
    await expect(mine.locator(".history-line:not(.is-comment)")).to_have_count(0)
    await expect(mine).to_have_url(f"{live_site.url}{card}?history=comment")
    await mine.reload()
    await expect(mine.locator("#history-chip-comment[aria-current]")).to_be_visible()
    await expect(mine.locator(".history-line")).to_have_count(2)
    mine.once("dialog", lambda dialog: dialog.accept())
    await mine.locator(".comment-own").get_by_text("Delete").click()
    await expect(mine.locator(".history-line")).to_have_count(1)
    async with live_site.services.db.read() as session:
        assert len((await session.scalars(select(Comment))).all()) == 2
    for name, page in (("history", mine), ("history-phone", theirs)):
        assert await axe_violations(page) == []
        await screenshot(page, name)
