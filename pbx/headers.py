"""One header of an AMI message, or all that it says of one channel. Pure.

In: headers as `pbx.protocol` or a trace gives them. Out: text, numbers, `ChannelInfo`; "" and 0 for what is absent.
"""

from __future__ import annotations

from collections.abc import Mapping

from pbx.ami_events import ChannelInfo
from pbx.events import Linkedid, Uniqueid

Headers = Mapping[str, "str | list[str]"]
"""One AMI message. A header that came several times holds a list."""


def text(headers: Headers, name: str) -> str:
    """Return a header's value, its last one if it came several times, "" for none and for `<unknown>`."""
    value = headers.get(name)
    if value.__class__ is not str:
        value = _last(value)
    return "" if value == "<unknown>" else value


def _last(value: object) -> str:
    """Return a value that is no string as one: a repeated header's last, nothing for an absent one."""
    if isinstance(value, list):
        value = value[-1] if value else None
    return "" if value is None else str(value)


def number(headers: Headers, name: str, missing: int = 0) -> int:
    """Return a header as an integer, `missing` where it is absent or no number."""
    value = text(headers, name)
    try:
        return int(value)
    except ValueError:
        return missing


_FIELDS = (
    "Channel",
    "Uniqueid",
    "Linkedid",
    "ChannelState",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "Exten",
    "Context",
)
_PREFIXES = (
    "",
    "Dest",
    "LocalOne",
    "LocalTwo",
    "Transferer",
    "Transferee",
    "OrigTransferer",
    "SecondTransferer",
    "TransferTarget",
    "Target",
    "Parkee",
    "Retriever",
)
_KEYS = {prefix: tuple(prefix + field for field in _FIELDS) for prefix in _PREFIXES}


def channel_info(headers: Headers, prefix: str = "") -> ChannelInfo | None:
    """Return what a message says of one of its channels; None if it names none."""
    name, uniqueid, linkedid, state, caller, caller_name, connected, exten, context = _KEYS[prefix]
    unique = text(headers, uniqueid)
    if not unique:
        return None
    return ChannelInfo(
        text(headers, name),
        Uniqueid(unique),
        Linkedid(text(headers, linkedid) or unique),
        number(headers, state, -1),
        text(headers, caller),
        text(headers, caller_name),
        text(headers, connected),
        text(headers, exten),
        text(headers, context),
    )
