"""All checks, one after the other.

In: nothing but the environment. Out: the findings. A check that cannot be made because an earlier one failed is left
out: its finding would say the same thing again.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from crm.errors import CrmError
from pbx.errors import PbxError
from pbx.settings import PbxSettings
from web.doctor import machine
from web.doctor.finding import Finding, State, fail, ok
from web.doctor.own_record import own_record
from web.doctor.proof import proof
from web.doctor.recording_place import recording_place
from web.doctor.switch import examine_switch
from web.settings import Settings, load

HOW_TO_SET = (
    "Correct it in the settings file or the environment; `slovo settings` shows what is in force."
)


def examine() -> list[Finding]:
    """Make every check. Takes some seconds; blocks: call it outside of a loop."""
    try:
        settings = load()
        pbxs = settings.pbxs
    except (CrmError, PbxError) as error:
        return [fail("settings", str(error), HOW_TO_SET)]
    found = [_secrets(settings)]
    database = machine.database(settings.database_url)
    found += [database, machine.disk(settings.data_dir)]
    if database.state is State.OK:
        found += machine.phones(settings.database_url, settings.pbx_names)
        found += proof(settings.database_url, settings.data_dir)
    found += machine.models(settings.data_dir / "models", settings.locale)
    for pbx in pbxs:
        of_pbx = _examine_pbx(pbx)
        found += [replace(one, pbx=pbx.name) for one in of_pbx] if len(pbxs) > 1 else of_pbx
    return found


def _examine_pbx(pbx: PbxSettings) -> list[Finding]:
    """Its recordings, and the switch itself. One that does not answer keeps the others from nothing."""
    recordings = (
        recording_place(pbx)
        if pbx.recording_url
        else machine.recording_directory(pbx.recording_dir, pbx.key("recording_dir"))
    )
    found = [recordings, *own_record(pbx)]
    if not pbx.ami_secret:
        return found
    readable = pbx.recording_dir if recordings.state is not State.FAIL else None
    return [*found, *asyncio.run(examine_switch(pbx, readable))]


def _secrets(settings: Settings) -> Finding:
    """The secrets that have no default."""
    missing = [] if settings.secret_key else ["SLOVO_SECRET_KEY"]
    missing += [pbx.key("ami_secret") for pbx in settings.pbxs if not pbx.ami_secret]
    if missing:
        return fail(
            "settings",
            f"Not set: {'; '.join(missing) if len(settings.pbxs) > 1 else ', '.join(missing)}.",
            "`slovo init` writes a settings file with random secrets. The AMI secret must be the one in Asterisk's "
            "manager.conf, section [slovo].",
        )
    return ok("settings", "All needed settings are there.")
