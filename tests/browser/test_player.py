import asyncio
import re
from datetime import UTC, datetime

from playwright.async_api import Page, Route, expect
from sqlalchemy import func, select
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import DURATION_S, Sample, add_heard_call

from crm.tables import AuditEntry

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def heard(site: LiveSite) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


def from_second(first: int) -> re.Pattern[str]:
    """The shown position from this second on: a busy machine may not look in each second while it plays."""
    return re.compile("|".join(f"0:{second:02}" for second in range(first, int(DURATION_S) + 1)))


async def position(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('audio').currentTime"))


async def ready(page: Page) -> None:
    await expect(page.get_by_test_id("player")).to_have_attribute("data-ready", "true")


async def plays(site: LiveSite) -> int:
    async with site.services.db.read() as session:
        found = await session.scalar(
            select(func.count()).where(AuditEntry.action == "recording.play")
        )
    return found or 0


async def test_play_button_plays_and_the_listening_is_logged_once(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    assert await plays(live_site) == 0, "opening the page is no listening"
    await page.get_by_role("button", name="Play").first.click()
    await expect(page.locator("[data-player-position]")).to_have_text(from_second(1))
    await page.get_by_test_id("player").get_by_role("button", name="Pause").click()
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "false")
    on = int(await position(page)) + 10
    await page.get_by_role("button", name="10 seconds on").click()
    await expect(page.locator("[data-player-position]")).to_have_text(f"0:{on}")
    assert await plays(live_site) == 1


async def test_both_sides_are_drawn_from_the_servers_peaks(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    drawn = await page.evaluate(
        """() => {
          const root = [...document.querySelectorAll("[data-player-wave] *")].find((e) => e.shadowRoot)?.shadowRoot
            ?? document.querySelector("[data-player-wave]").firstElementChild.shadowRoot;
          return [...root.querySelectorAll(".canvases canvas")].length;
        }"""
    )
    assert drawn >= 2


async def test_click_on_the_waveform_seeks(live_site: LiveSite, open_page: OpenPage) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    wave = page.locator("[data-player-wave]")
    box = await wave.bounding_box()
    assert box is not None
    await wave.click(position={"x": box["width"] / 2, "y": 20})
    await expect(page.locator("[data-player-position]")).to_have_text("0:10")


async def test_keys_play_seek_and_change_speed_but_not_while_typing(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Shift+ArrowRight")
    await expect(page.locator("[data-player-position]")).to_have_text("0:15")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("[data-player-position]")).to_have_text("0:10")
    await page.keyboard.press(".")
    assert await page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    await page.keyboard.press("Space")
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("[data-player-position]")).to_have_text(from_second(11))
    await page.keyboard.press("Space")
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "false")
    stopped = await position(page)
    assert stopped > 10
    await page.locator("[data-player-speed]").focus()
    await page.keyboard.press("ArrowRight")
    assert await position(page) == stopped


async def test_keys_pressed_before_the_sound_came_are_not_lost(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    asked, may_come = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await may_come.wait()
        await route.continue_()

    await page.route("**/stereo?v=*", late)
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Space")
    await asked.wait()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-player-position]")).to_have_text("0:10")
    may_come.set()
    await expect(page.locator("[data-player-position]")).to_have_text(from_second(11))
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "true")


async def test_link_with_a_time_plays_from_there(live_site: LiveSite, open_page: OpenPage) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}?t=12.3")).page
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("[data-player-position]")).to_have_text(from_second(13))
    assert 12.3 <= await position(page) < DURATION_S


async def test_each_side_can_be_heard_alone_and_in_both_ears(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    """The routing itself is rendered offline: left is the client, right the operator."""
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    heard_levels = await page.evaluate(
        """async () => {
          const { routeSides } = await import("/static/js/player_sides.js");
          const levels = {};
          for (const side of ["both", "client", "operator"]) {
            const context = new OfflineAudioContext(2, 128, 8000);
            const buffer = context.createBuffer(2, 128, 8000);
            buffer.getChannelData(0).fill(0.25);
            buffer.getChannelData(1).fill(0.5);
            const source = new AudioBufferSourceNode(context, { buffer });
            routeSides(context, source, context.destination)(side);
            source.start();
            const sound = await context.startRendering();
            levels[side] = [sound.getChannelData(0)[64], sound.getChannelData(1)[64]];
          }
          return levels;
        }"""
    )
    assert heard_levels == {"both": [0.25, 0.5], "client": [0.25, 0.25], "operator": [0.5, 0.5]}
    await page.get_by_role("button", name="client", exact=True).click()
    await expect(page.get_by_test_id("player")).to_have_attribute("data-side", "client")
    await page.locator("[data-player-toggle]").click()
    await expect(page.locator("[data-player-position]")).to_have_text(from_second(1))


async def test_selection_shows_its_times_and_is_cleared(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    box = await page.locator("[data-player-wave]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 30)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 30, steps=5)
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 30, steps=5)
    await page.mouse.up()
    bar = page.locator("[data-selection-tools]")
    await expect(bar).to_be_visible()
    start, end = [
        float(await bar.locator(f"input[name={name}]").first.input_value())
        for name in ("start_s", "end_s")
    ]
    assert abs(start - 5) < 0.3
    assert abs(end - 10) < 0.3
    await screenshot(page, "call-selection")
    await bar.get_by_role("button", name="Clear the selection").click()
    await expect(bar).to_be_hidden()


async def test_page_of_a_call_is_accessible_and_fits_a_phone(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    watched = await open_page("sergey", f"/calls/{sample.call}")
    watched.allow("inline")  # axe makes a style element to read the waveform's
    page = watched.page
    await ready(page)
    assert await axe_violations(page, skip=("region",)) == []
    await screenshot(page, "call-desktop")
    small = (await open_page("anna", f"/calls/{sample.call}", viewport=PHONE, dark=True)).page
    await ready(small)
    wide = await small.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    await screenshot(small, "call-phone-dark")
