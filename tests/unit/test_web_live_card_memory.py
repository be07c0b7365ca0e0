from datetime import timedelta

from support.web import Site
from support.web_seed import CLIENT_NUMBER, add_call

from web.live.card_memory import lay_cards_again
from web.live.pops import PopState
from web.services import utc_now


async def test_talks_that_go_on_have_their_cards_after_a_restart(site: Site) -> None:
    async with site.services.db.write() as session:
        going_on = await add_call(session, "1.1", at=utc_now())
        going_on.ended, going_on.outcome, going_on.ended_at = False, None, None
        await add_call(session, "1.2", at=utc_now())
        rings = await add_call(session, "1.3", at=utc_now(), outcome=None)
        rings.legs[0].result = None
    await lay_cards_again(site.services)
    (card,) = site.services.hub.pops.of(site.people["anna"])
    assert (card.call, card.number, card.state) == ("1.1", CLIENT_NUMBER, PopState.ANSWERED)
    assert site.services.hub.pops.of(site.people["boris"]) == []


async def test_card_of_a_talk_stays_with_who_sat_there_when_it_began(site: Site) -> None:
    began = utc_now() - timedelta(minutes=5)
    async with site.services.db.write() as session:
        call = await add_call(session, "1.1", at=began)
        call.ended, call.outcome, call.ended_at = False, None, None
    nophone = await site.client("nophone")
    await nophone.post("/seat", data={"pbx": "main", "extension": "101", "sure": "1"})
    await lay_cards_again(site.services)
    assert len(site.services.hub.pops.of(site.people["anna"])) == 1
    assert site.services.hub.pops.of(site.people["nophone"]) == []
