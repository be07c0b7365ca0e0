from datetime import UTC, datetime

from sqlalchemy import select
from support.web import Site

from crm.tables import ApiToken, Webhook, WebhookDelivery


async def test_key_is_shown_once_works_and_is_ended(site: Site) -> None:
    mila = await site.client("mila")
    page = await mila.get("/admin/api")
    assert page.status_code == 200
    assert "No keys yet" in page.text
    assert "Webhooks" not in page.text
    made = await mila.post(
        "/admin/api/keys", data={"name": "shop", "scope": ["clients:read"], "days": "30"}
    )
    secret = made.text.split('data-testid="api-secret">')[1].split("<")[0]
    shop = await site.client()
    shop.headers["authorization"] = f"Bearer {secret}"
    assert (await shop.get("/api/v1/me")).json()["login"] == "mila"
    later = await mila.get("/admin/api")
    assert "shop" in later.text
    assert secret not in later.text
    async with site.services.db.read() as session:
        token_id = await session.scalar(select(ApiToken.id))
    ended = await mila.post(f"/admin/api/keys/{token_id}/end")
    assert ended.status_code == 303
    assert (await shop.get("/api/v1/me")).status_code == 401


async def test_what_was_typed_stays_when_a_key_cannot_be_made(site: Site) -> None:
    mila = await site.client("mila")
    answer = await mila.post("/admin/api/keys", data={"name": "my shop", "days": ""})
    assert answer.status_code == 422
    assert 'value="my shop"' in answer.text
    assert 'role="alert"' in answer.text


async def test_webhook_is_added_shown_paused_sent_again_and_removed(site: Site) -> None:
    root = await site.client("root")
    bad = await root.post("/admin/webhooks", data={"url": "nowhere", "event": "client.created"})
    assert bad.status_code == 422
    made = await root.post(
        "/admin/webhooks", data={"url": "https://shop.example/x", "event": "client.created"}
    )
    assert 'data-testid="api-secret"' in made.text
    now = datetime.now(UTC)
    async with site.services.db.write() as session:
        hook = (await session.scalars(select(Webhook))).one()
        told = {"subject": {"kind": "client", "id": 5}}
        session.add(
            WebhookDelivery(
                webhook_id=hook.id, event="client.created", payload=told, state="given_up",
                attempts=9, status=500, answer="<b>oops</b>", next_at=now, created_at=now,
            )
        )  # fmt: skip
    page = await root.get(f"/admin/webhooks/{hook.id}")
    assert "given up" in page.text
    assert "&lt;b&gt;oops" in page.text
    async with site.services.db.read() as session:
        sent = await session.scalar(select(WebhookDelivery.id))
    assert (await root.post(f"/admin/webhooks/deliveries/{sent}/again")).status_code == 303
    await root.post(f"/admin/webhooks/{hook.id}", data={"event": ["deal.created"]})
    async with site.services.db.read() as session:
        row = await session.get_one(Webhook, hook.id)
        assert (row.active, row.events) == (False, ["deal.created"])
        assert (await session.scalar(select(WebhookDelivery.state))) == "waiting"
    assert (await root.post(f"/admin/webhooks/{hook.id}/remove")).status_code == 303
    assert (await root.get(f"/admin/webhooks/{hook.id}")).status_code == 404


async def test_operators_have_no_keys_and_managers_no_webhooks(site: Site) -> None:
    anna, mila = await site.client("anna"), await site.client("mila")
    assert (await anna.get("/admin/api")).status_code == 403
    assert (
        await mila.post("/admin/webhooks", data={"url": "https://x.example"})
    ).status_code == 403


async def test_reference_names_every_address(site: Site) -> None:
    page = await (await site.client("mila")).get("/admin/api/reference")
    assert "/api/v1/me" in page.text
