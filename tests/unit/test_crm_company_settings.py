import pytest
from pydantic import BaseModel
from support.people import person

from calls.db import Database
from crm import company_settings
from crm.access import SYSTEM
from crm.errors import Forbidden, SettingInvalid
from crm.tables import CompanySetting


class Rules(BaseModel):
    days: int = 30


async def test_rules_have_defaults_until_an_administrator_changes_them(db: Database) -> None:
    async with db.write() as session:
        assert (await company_settings.load(session, "x", Rules)).days == 30
        await company_settings.save(session, SYSTEM, "x", Rules(days=7))
        await company_settings.save(session, SYSTEM, "x", Rules(days=8))
    async with db.read() as session:
        assert (await company_settings.load(session, "x", Rules)).days == 8


async def test_others_than_administrators_change_nothing(db: Database) -> None:
    anna = await person(db, "anna", "supervisor")
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await company_settings.save(session, anna, "x", Rules())


async def test_value_that_does_not_fit_is_named(db: Database) -> None:
    async with db.write() as session:
        await company_settings.save(session, SYSTEM, "x", Rules())
        row = await session.get_one(CompanySetting, "x")
        row.value = {"days": "many"}
    async with db.read() as session:
        with pytest.raises(SettingInvalid, match="company setting x"):
            await company_settings.load(session, "x", Rules)
