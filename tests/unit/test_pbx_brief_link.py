import pytest
from pydantic import SecretStr
from support.fake_ami import FakeAmi

from pbx.actions import Actions, ClickToCall
from pbx.brief_link import BriefLink
from pbx.errors import LoginRefused, NotConnected
from pbx.settings import PbxSettings

CALL = ClickToCall(channel="PJSIP/101", number="+79161234567", context="internal")


def settings(ami: FakeAmi, secret: str = "right") -> PbxSettings:
    return PbxSettings(
        ami_host="127.0.0.1", ami_port=ami.port, ami_user="slovo", ami_secret=SecretStr(secret)
    )


async def test_each_action_has_a_connection_of_its_own() -> None:
    async with FakeAmi() as ami:
        ami.replies["Originate"] = lambda _fields: [{"Response": "Success"}]
        actions = Actions(BriefLink(settings(ami)).send)
        await actions.originate(CALL)
        await actions.ping()
        assert ami.connections == 2
        sent = [str(action["Action"]) for action in ami.received]
        assert sent == ["Login", "Originate", "Logoff", "Login", "Ping", "Logoff"]
        assert [action["Events"] for action in ami.actions("Login")] == ["off", "off"]


async def test_wrong_secret_is_told() -> None:
    async with FakeAmi() as ami:
        with pytest.raises(LoginRefused):
            await Actions(BriefLink(settings(ami, "wrong")).send).originate(CALL)


async def test_pbx_that_is_away_is_told() -> None:
    async with FakeAmi() as ami:
        gone = settings(ami)
    with pytest.raises(NotConnected):
        await Actions(BriefLink(gone).send).originate(CALL)
