"""The player's tools: a two-hour call, silence that is skipped, a loop, marks, and a clip that a stranger plays."""

import re
from datetime import UTC, datetime

from playwright.async_api import Page, expect
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import add_heard_call
from support.long_call import SECONDS, add_long_call

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


_PAINTED = """() => {
  const root = [...document.querySelectorAll("[data-player-wave] *")].find((one) => one.shadowRoot).shadowRoot;
  const canvas = root.querySelector(".canvases canvas");
  const { data } = canvas.getContext("2d").getImageData(0, Math.round(canvas.height / 4), canvas.width, 1);
  return data.filter((value, index) => index % 4 === 3 && value > 200).length / canvas.width;
}"""
"""How much of the waveform's upper half is filled: bars as high as the sample's tones."""


async def ready(page: Page) -> None:
    await expect(page.locator("html")).to_have_attribute("data-live", "yes")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-ready", "true")


async def position(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('audio').currentTime"))


async def test_two_hours_are_opened_sought_and_zoomed_in_small_pieces_and_silence_is_skipped(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    sample = await add_long_call(services.db, services.settings.data_dir, AT, words_a_turn=20)
    watched = await open_page("sergey", "/")
    page = watched.page
    async with page.expect_response(lambda answer: "/peaks?pairs=1000" in answer.url) as told:
        await page.goto(f"/calls/{sample.call}")
    outline = await (await told.value).body()
    await ready(page)
    assert len(outline) < 30_000, "the whole of a long call is drawn from a small outline"
    await page.keyboard.press("x")
    told_silence = page.locator("[data-silence-told]")
    await expect(told_silence).to_contain_text("1:39:12 of 2:00:00 is silence")
    last_turn = page.locator(f'.word[data-start="{SECONDS - 60.0}"]')
    await last_turn.scroll_into_view_if_needed()
    await last_turn.click()
    await expect(page.locator("[data-player-position]")).to_have_text(re.compile("1:59:0[1-9]"))
    held = await page.evaluate(
        """() => {
          const { buffered } = document.querySelector("audio");
          return [...Array(buffered.length).keys()].reduce((sum, n) => sum + buffered.end(n) - buffered.start(n), 0);
        }"""
    )
    assert 0 < held < SECONDS / 4, "what lies before the place is not fetched"
    # The turn lasts ten seconds; behind it there is silence to the end: it is jumped over.
    await page.keyboard.press(".")
    await page.evaluate("document.querySelector('audio').currentTime = 7149")
    await page.evaluate("document.querySelector('audio').currentTime = 71")
    await expect(page.locator("[data-player-position]")).to_have_text("2:00")
    await expect(told_silence).not_to_contain_text("skipped so far: 0:00")
    await page.keyboard.press("Space")
    await page.evaluate("document.querySelector('audio').currentTime = 0")
    async with page.expect_response(lambda answer: "/peaks" in answer.url) as told:
        await page.get_by_role("button", name="Show less of the call, but larger").click()
    pairs = len((await (await told.value).json())["channels"][0]) // 2
    await expect(page.get_by_test_id("player")).to_have_attribute("data-zoom", "2")
    assert pairs <= 2000
    for zoom in (4, 8, 16, 32):
        await page.keyboard.press("=")
        await expect(page.get_by_test_id("player")).to_have_attribute("data-zoom", str(zoom))
    # One side speaks a twelfth of the time, and bars fill two thirds of it.
    assert 0.04 < await page.evaluate(_PAINTED) < 0.07, (
        "a bar for every three pixels, however large"
    )
    await page.keyboard.press("-")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-zoom", "16")


async def test_marked_place_is_seen_by_colleagues_and_a_clip_of_it_by_a_stranger(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    sample = await add_heard_call(services.db, services.settings.data_dir, AT)
    watched = await open_page("mila", f"/calls/{sample.call}")
    watched.allow("inline")  # axe makes a style element to read the waveform's
    page = watched.page
    await ready(page)
    word = page.locator(".word", has_text="скидку").last
    await word.focus()
    await page.keyboard.press("Shift+ArrowRight")
    tools = page.locator("[data-selection-tools]")
    await expect(tools).to_be_visible()
    await expect(tools.get_by_role("button", name="Mark as a promise")).to_have_count(0)
    await page.keyboard.press("l")
    await expect(page.locator("[data-player-loop]")).to_have_attribute("aria-pressed", "true")
    await page.evaluate(
        """() => new Promise((tell) => {
          let times = 0;
          document.querySelector("audio").addEventListener("seeking", () => (times += 1) === 2 && tell());
        })"""
    )
    assert 9.4 <= await position(page) <= 11, "the selection is played again and again"
    await page.keyboard.press("l")
    await page.keyboard.press("m")
    dialog = page.locator("[data-mark-dialog]")
    await dialog.get_by_text("question").click()
    await dialog.get_by_role("textbox").fill("@ser")
    await page.locator(".mention-list [role=option]").click()
    await screenshot(page, "mark-dialog")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.locator("#marks .mark-text")).to_have_text("@Сергей Лис")
    await screenshot(page, "call-marked")
    await word.focus()
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("s")
    sharing = page.locator("[data-share-dialog]")
    await sharing.get_by_label("Who may play it").select_option("anyone")
    await sharing.get_by_label("With the words of the transcript").check()
    await sharing.get_by_role("button", name="Make a link").click()
    link = sharing.get_by_label("Link to the clip")
    await expect(link).to_have_value(re.compile("/clips/a"))
    address = await link.input_value()
    await screenshot(page, "clip-link")
    await sharing.get_by_role("button", name="Close").click()
    await expect(page.locator("#shared-clips .shared-clip")).to_have_count(1)
    assert await axe_violations(page, skip=("region",)) == []

    stranger = await open_page("", address, viewport=PHONE)
    await expect(stranger.page.locator(".shared-words")).to_contain_text("скидку десять")
    await stranger.page.evaluate(
        """() => new Promise((tell) => {
          const audio = document.querySelector("audio");
          audio.addEventListener("ended", () => tell());
          audio.play();
        })"""
    )
    await screenshot(stranger.page, "clip-page")
    assert await axe_violations(stranger.page, skip=("region",)) == []

    await page.reload()
    await expect(page.locator("#shared-clips .shared-clip")).to_contain_text("1 play")
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.locator("#shared-clips .shared-clip")).to_contain_text("revoked")
    stranger.allow("404")
    answer = await stranger.page.reload()
    assert answer is not None
    assert answer.status == 404

    small = (await open_page("anna", f"/calls/{sample.call}", viewport=PHONE)).page
    await ready(small)
    await expect(small.locator("#marks .mark-text")).to_have_text("@Сергей Лис")
    sizes = await small.eval_on_selector_all(
        ".player-controls .btn, .marks .btn",
        "all => all.map((one) => one.getBoundingClientRect()).filter((box) => box.width < 44 || box.height < 44).length",
    )
    assert sizes == 0, "buttons for a finger"
    assert await small.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await screenshot(small, "call-tools-phone")
