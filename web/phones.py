"""How a PBX names a phone: what click-to-call rings, and what a queue gets as its member.

In: a person or a phone. Out: a channel such as "PJSIP/101". The settings' pattern, unless an administrator gave the phone
a channel of its own.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.access import Actor
from crm.errors import Invalid
from crm.tables import Device, PhoneHolding
from pbx.settings import PbxSettings
from web.settings import Settings


async def phone_of(
    session: AsyncSession, settings: Settings, actor: Actor, preferred: str = ""
) -> tuple[PbxSettings, str]:
    """The PBX that rings this person, and what it dials: where they sit, else their first phone.

    Args:
        session: a read session.
        settings: of the installation.
        actor: whose phone.
        preferred: PBX of the call that is answered by this one; "" or a PBX without a phone of theirs: no matter.

    Raises:
        Invalid: the person has no phone.
    """
    pbxs = {pbx.name: pbx for pbx in settings.pbxs}
    query = select(PhoneHolding).where(
        PhoneHolding.user_id == actor.user_id, PhoneHolding.until_at.is_(None)
    )
    held = [
        one for one in await session.scalars(query.order_by(PhoneHolding.id)) if one.pbx in pbxs
    ]
    if not held:
        raise Invalid(
            "phone", "you have no phone: sit down at one, or let an administrator tie one to you"
        )
    held.sort(key=lambda one: (one.pbx != preferred, one.how != "seat"))
    pbx = pbxs[held[0].pbx]
    return pbx, await channel_of(session, pbx, held[0].extension, actor.user_id)


async def channel_of(
    session: AsyncSession, pbx: PbxSettings, extension: str, user_id: int = 0
) -> str:
    """What this PBX calls a phone. Of several people to whom it is tied, this one's word counts first."""
    query = select(Device).where(
        Device.pbx == pbx.name, Device.extension == extension, Device.channel != ""
    )
    devices = sorted(await session.scalars(query), key=lambda one: (one.user_id != user_id, one.id))
    if devices:
        return devices[0].channel
    return pbx.phone_channel.replace("{extension}", extension)
