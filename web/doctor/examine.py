"""All checks, one after the other.

In: nothing but the environment. Out: the findings. A check that cannot be made because an earlier one failed is left
out: its finding would say the same thing again.
"""

from __future__ import annotations

import asyncio

from crm.errors import CrmError
from pbx.errors import PbxError
from web.doctor import machine
from web.doctor.finding import Finding, State, fail, ok
from web.doctor.switch import examine_switch
from web.settings import Settings, load

HOW_TO_SET = (
    "Correct it in the settings file or the environment; `slovo settings` shows what is in force."
)


def examine() -> list[Finding]:
    """Make every check. Takes some seconds; blocks: call it outside of a loop."""
    try:
        settings = load()
        pbx = settings.pbx
    except (CrmError, PbxError) as error:
        return [fail("settings", str(error), HOW_TO_SET)]
    found = [_secrets(settings)]
    found += [machine.database(settings.database_url), machine.disk(settings.data_dir)]
    found += machine.models(settings.data_dir / "models", settings.locale)
    recordings = machine.recording_directory(pbx.recording_dir)
    found.append(recordings)
    if pbx.ami_secret:
        readable = pbx.recording_dir if recordings.state is not State.FAIL else None
        found += asyncio.run(examine_switch(pbx, readable))
    return found


def _secrets(settings: Settings) -> Finding:
    """The secrets that have no default."""
    missing = []
    if not settings.secret_key:
        missing.append("SLOVO_SECRET_KEY")
    if not settings.pbx.ami_secret:
        missing.append("SLOVO_AMI_SECRET")
    if missing:
        return fail(
            "settings",
            f"Not set: {', '.join(missing)}.",
            "`slovo init` writes a settings file with random secrets. The AMI secret must be the one in Asterisk's "
            "manager.conf, section [slovo].",
        )
    return ok("settings", "All needed settings are there.")
