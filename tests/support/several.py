"""Installations with several PBXs: "main", the first one, and "north"."""

from __future__ import annotations

from support.web import Site

from pbx.settings import PbxSettings

MAIN, NORTH = "main", "north"


def with_two_pbxs(site: Site) -> Site:
    """Give a site a second PBX."""
    settings = site.services.settings.model_copy()
    settings._given = (
        PbxSettings(name=MAIN),
        PbxSettings(name=NORTH, ami_port=5039, phone_channel="SIP/{extension}", dial_context="out"),
    )
    settings.__dict__.pop("pbxs", None)  # read before
    site.services.settings = settings
    return site
