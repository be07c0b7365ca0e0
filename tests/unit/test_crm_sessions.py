"""Logins: in, out, for how long, and how often one may guess."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from support.people import person
from support.web import CHEAP

from calls.db import Database
from calls.tables import FeedEvent
from crm import agents, audit, passwords
from crm.access import SYSTEM, Actor
from crm.errors import LoginFailed
from crm.sessions import Sessions, Visitor
from crm.settings import CrmSettings
from crm.tables import LoginAttempt, Session, User

PASSWORD = "correct horse battery"
HASH = CHEAP.hash(PASSWORD)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(db: Database, clock: Clock) -> Sessions:
    settings = CrmSettings(password_attempts=3, address_attempts=5, password_lockout_s=60)
    return Sessions(db, settings, clock)


@pytest.fixture
async def anna(db: Database) -> Actor:
    return await person(db, "anna", extensions=("101",), password_hash=HASH)


async def count(db: Database, table: type[Session] | type[LoginAttempt]) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_right_password_gives_a_token_that_names_the_person(
    sessions: Sessions, anna: Actor
) -> None:
    token = await sessions.login(" ANNA ", PASSWORD, Visitor(address="192.0.2.1"))
    actor = await sessions.actor_of(token, "192.0.2.1")
    assert actor is not None
    assert actor.user_id == anna.user_id
    assert actor.extensions == {("main", "101")}
    assert actor.address == "192.0.2.1"


async def test_database_never_holds_the_token(
    sessions: Sessions, anna: Actor, db: Database
) -> None:
    token = await sessions.login("anna", PASSWORD)
    async with db.read() as session:
        row = (await session.scalars(select(Session))).one()
    assert token not in (row.token_hash, row.address, row.user_agent)
    assert len(token) >= 43


@pytest.mark.parametrize("token", ["", "x", "ё" * 43])
async def test_unknown_token_is_nobody(sessions: Sessions, anna: Actor, token: str) -> None:
    await sessions.login("anna", PASSWORD)
    assert await sessions.actor_of(token) is None


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", "")])
async def test_wrong_login_or_password_fails_alike(
    sessions: Sessions, anna: Actor, login: str, password: str
) -> None:
    with pytest.raises(LoginFailed) as caught:
        await sessions.login(login, password)
    assert caught.value.retry_after_s is None
    assert str(caught.value) == "wrong login or password"


async def test_locked_person_is_out_at_once_and_cannot_come_in(
    sessions: Sessions, anna: Actor, db: Database
) -> None:
    token = await sessions.login("anna", PASSWORD)
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, anna.user_id, False)
    assert await sessions.actor_of(token) is None
    with pytest.raises(LoginFailed):
        await sessions.login("anna", PASSWORD)


async def test_new_password_ends_all_sessions(
    sessions: Sessions, anna: Actor, db: Database
) -> None:
    token = await sessions.login("anna", PASSWORD)
    async with db.write() as session:
        await agents.set_password(session, anna, anna.user_id, CHEAP.hash("another good one"))
    assert await sessions.actor_of(token) is None
    with pytest.raises(LoginFailed):
        await sessions.login("anna", PASSWORD)
    assert await sessions.login("anna", "another good one")


async def test_session_slides_with_use_and_ends_when_idle(
    sessions: Sessions, anna: Actor, clock: Clock
) -> None:
    token = await sessions.login("anna", PASSWORD)
    for _ in range(3):
        clock.forward(hours=11)
        assert await sessions.actor_of(token) is not None
    clock.forward(hours=12)
    assert await sessions.actor_of(token) is None


async def test_session_ends_after_its_longest_life_even_in_use(
    sessions: Sessions, anna: Actor, clock: Clock
) -> None:
    token = await sessions.login("anna", PASSWORD)
    lived_h = 0
    while await sessions.actor_of(token) is not None and lived_h < 1000:
        clock.forward(hours=6)
        lived_h += 6
    assert lived_h == 7 * 24


async def test_login_ends_the_session_that_the_browser_brought(
    sessions: Sessions, anna: Actor
) -> None:
    planted = await sessions.login("anna", PASSWORD)
    token = await sessions.login("anna", PASSWORD, Visitor(old_token=planted))
    assert token != planted
    assert await sessions.actor_of(planted) is None
    assert await sessions.actor_of(token) is not None


async def test_logout_ends_one_session_logout_everywhere_all(
    sessions: Sessions, anna: Actor
) -> None:
    tokens = [await sessions.login("anna", PASSWORD) for _ in range(3)]
    await sessions.logout(tokens[0])
    assert [await sessions.actor_of(t) is not None for t in tokens] == [False, True, True]
    await sessions.logout_everywhere(anna.user_id)
    assert [await sessions.actor_of(t) for t in tokens] == [None] * 3


async def fail(sessions: Sessions, login: str, address: str = "") -> int | None:
    with pytest.raises(LoginFailed) as caught:
        await sessions.login(login, "wrong", Visitor(address=address))
    return caught.value.retry_after_s


async def test_guessing_one_login_is_stopped_and_the_wait_is_told(
    sessions: Sessions, anna: Actor, clock: Clock
) -> None:
    for _ in range(3):
        assert await fail(sessions, "anna") is None
        clock.forward(seconds=5)
    assert await fail(sessions, "anna") == 45
    with pytest.raises(LoginFailed):
        await sessions.login("anna", PASSWORD)
    clock.forward(seconds=46)
    assert await sessions.login("anna", PASSWORD)


async def test_guessing_many_logins_from_one_address_is_stopped(
    sessions: Sessions, anna: Actor
) -> None:
    for number in range(5):
        assert await fail(sessions, f"user{number}", "192.0.2.9") is None
    assert await fail(sessions, "anna", "192.0.2.9") == 60
    assert await sessions.login("anna", PASSWORD, Visitor(address="192.0.2.10"))


async def test_success_forgives_the_login_but_not_the_address(
    sessions: Sessions, anna: Actor, db: Database
) -> None:
    await fail(sessions, "anna", "192.0.2.9")
    await sessions.login("anna", PASSWORD, Visitor(address="192.0.2.9"))
    async with db.read() as session:
        left = (await session.scalars(select(LoginAttempt.subject))).all()
    assert left == ["address:192.0.2.9"]


async def test_guessing_at_once_wins_no_attempts(sessions: Sessions, anna: Actor) -> None:
    results = await asyncio.gather(
        *(sessions.login("anna", "wrong") for _ in range(10)), return_exceptions=True
    )
    told = [r.retry_after_s for r in results if isinstance(r, LoginFailed)]
    assert len(told) == 10
    assert told.count(None) == 3


async def test_prune_deletes_what_has_ended(
    sessions: Sessions, anna: Actor, db: Database, clock: Clock
) -> None:
    await sessions.login("anna", PASSWORD)
    await fail(sessions, "anna")
    clock.forward(days=8)
    await sessions.prune()
    assert await count(db, Session) == 0
    assert await count(db, LoginAttempt) == 0


async def test_logins_and_failures_are_audited_without_the_password(
    sessions: Sessions, anna: Actor, db: Database
) -> None:
    await fail(sessions, "anna", "192.0.2.9")
    await sessions.login("anna", PASSWORD, Visitor(address="192.0.2.9"))
    async with db.read() as session:
        rows = await audit.entries(session, SYSTEM, limit=2)
    assert [row.action for row in rows] == ["login", "login.failed"]
    assert rows[0].user_id == anna.user_id
    assert "wrong" not in str([(row.detail, row.subject_id) for row in rows])


async def test_outdated_hash_is_renewed_at_login(
    sessions: Sessions, anna: Actor, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", stronger)
    await sessions.login("anna", PASSWORD)
    async with db.read() as session:
        user = (await session.scalars(select(User))).one()
    assert not stronger.check_needs_rehash(user.password_hash)
    assert await sessions.login("anna", PASSWORD)


@pytest.mark.parametrize("way", ["logout", "everywhere", "password"])
async def test_end_of_a_login_is_announced_so_that_its_open_pages_end(
    db: Database, sessions: Sessions, anna: Actor, way: str
) -> None:
    token = await sessions.login("anna", PASSWORD)
    async with db.read() as session:
        before = await session.scalar(select(func.max(FeedEvent.id))) or 0
    if way == "logout":
        await sessions.logout(token)
    elif way == "everywhere":
        await sessions.logout_everywhere(anna.user_id)
    else:
        async with db.write() as session:
            await agents.set_password(session, SYSTEM, anna.user_id, HASH)
    async with db.read() as session:
        told = await session.scalars(select(FeedEvent.topic).where(FeedEvent.id > before))
        assert set(told) == {"user"}


async def test_logout_with_an_unknown_token_announces_nothing(
    db: Database, sessions: Sessions
) -> None:
    await sessions.logout("nonsense")
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(FeedEvent)) == 0
