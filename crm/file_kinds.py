"""What a file is, told from its bytes; its name can only make it more suspicious. Pure.

In: the first and the last bytes of a file, and its name. Out: a media type, and a group that the administrator allows or
not. A browser's word for it is never asked.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

HEAD_BYTES = 64 * 1024
"""How much of the beginning and of the end is looked at."""
LONGEST_NAME = 200
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
_OOXML = "application/vnd.openxmlformats-officedocument."


class Group(StrEnum):
    """Groups of media types, as the administrator allows them."""

    PICTURE = "picture"
    PDF = "pdf"
    DOCUMENT = "document"
    TABLE = "table"
    SLIDES = "slides"
    TEXT = "text"
    SOUND = "sound"
    VIDEO = "video"
    ARCHIVE = "archive"
    WEB = "web"
    """Web pages and drawings that can hold scripts: HTML, SVG, XML."""
    PROGRAM = "program"
    """What a computer might run."""
    OTHER = "other"


USUAL = frozenset(Group) - {Group.WEB, Group.PROGRAM, Group.OTHER}
"""What is allowed until the administrator says otherwise."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"#!", "text/x-shellscript"),
    (b"\x30\x82", "application/pkcs7-mime"),
)
_RIFF = {b"WAVE": "audio/wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif",
           b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}  # fmt: skip
_INSIDE_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"application/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    (b"word/document.xml", _OOXML + "wordprocessingml.document"),
    (b"xl/workbook.", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", _OOXML + "presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
)  # fmt: skip
_INSIDE_OLE: tuple[tuple[str, str], ...] = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_MACROS = b"vbaProject.bin"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GROUPS = {
    "application/pdf": Group.PDF,
    "application/rtf": Group.DOCUMENT,
    "application/pkcs7-mime": Group.DOCUMENT,  # an electronic signature beside its document
    "application/msword": Group.DOCUMENT,
    "application/vnd.oasis.opendocument.text": Group.DOCUMENT,
    _OOXML + "wordprocessingml.document": Group.DOCUMENT,
    "application/vnd.ms-excel": Group.TABLE,
    "application/vnd.oasis.opendocument.spreadsheet": Group.TABLE,
    _OOXML + "spreadsheetml.sheet": Group.TABLE,
    "application/vnd.ms-powerpoint": Group.SLIDES,
    "application/vnd.oasis.opendocument.presentation": Group.SLIDES,
    _OOXML + "presentationml.presentation": Group.SLIDES,
    TEXT: Group.TEXT,
    "application/zip": Group.ARCHIVE,
    "application/vnd.rar": Group.ARCHIVE,
    "application/x-7z-compressed": Group.ARCHIVE,
    "application/gzip": Group.ARCHIVE,
    "text/html": Group.WEB,
    "image/svg+xml": Group.WEB,
    "application/xml": Group.WEB,
    UNKNOWN: Group.OTHER,
    "application/x-ole-storage": Group.OTHER,
}
_BY_FAMILY = {"image": Group.PICTURE, "audio": Group.SOUND, "video": Group.VIDEO}
_RUN_BY_NAME = frozenset({
    "apk", "app", "bat", "cmd", "com", "cpl", "dll", "exe", "gadget", "hta", "inf", "ins", "jar",
    "js", "jse", "lnk", "msc", "msi", "msp", "pif", "ps1", "reg", "scf", "scr", "sh", "url", "vb",
    "vbe", "vbs", "ws", "wsc", "wsf", "wsh", "docm", "dotm", "xlsm", "xltm", "pptm", "potm",
})  # fmt: skip
"""Ends of names that make a computer run a file, whatever its bytes look like."""
_MARKUP = re.compile(rb"<(?:!doctype\s+)?([a-z][\w:-]*)", re.IGNORECASE)
_HTML_TAGS = frozenset(b"a body div head html iframe img meta p script style table title".split())
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def media_type(head: bytes, tail: bytes = b"") -> str:
    """Tell what a file is.

    Args:
        head: its first bytes, up to `HEAD_BYTES`.
        tail: its last bytes; the names of what is in a ZIP stand there.
    """
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(head, tail)
    if head.startswith(_OLE):
        return _of_ole(head + tail)
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return _of_text(head)


def group_of(kind: str, name: str = "") -> Group:
    """The group of a media type; a name that a computer would run makes it a program."""
    if _end_of(name) in _RUN_BY_NAME:
        return Group.PROGRAM
    known = _GROUPS.get(kind)
    return known if known is not None else _BY_FAMILY.get(kind.partition("/")[0], Group.PROGRAM)


def has_preview(kind: str) -> bool:
    """Whether a small picture of it can be made."""
    return kind in {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "application/pdf",
    }  # fmt: skip


def clean_name(name: str) -> str:
    """A name as it may be kept and shown: no folders, no control or direction signs, not too long; "" for nothing."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    shown = " ".join(seen.split()).strip(". ")
    if len(shown) <= LONGEST_NAME:
        return shown
    end = _end_of(shown)
    kept = LONGEST_NAME - len(end) - 1
    return f"{shown[:kept]}.{end}" if end and len(end) <= 10 else shown[:LONGEST_NAME]


def _end_of(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _of_zip(head: bytes, tail: bytes) -> str:
    both = head + tail
    if _MACROS in both:
        return "application/vnd.ms-office.macro"
    return next((kind for mark, kind in _INSIDE_ZIP if mark in both), "application/zip")


def _of_ole(seen: bytes) -> str:
    for name, kind in _INSIDE_OLE:
        if name.encode("utf-16-le") in seen:
            return kind
    return "application/x-ole-storage"


def _of_text(head: bytes) -> str:
    if not head:
        return UNKNOWN
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    if _CONTROL.search(head):
        return UNKNOWN
    markup = _MARKUP.match(_after_prolog(head.removeprefix(b"\xef\xbb\xbf")))
    if markup:
        return _of_markup(markup.group(1).lower())
    # Anything without control signs may be cp1251, in which untidy Russian files are written.
    return TEXT


def _after_prolog(text: bytes) -> bytes:
    """Without an XML declaration and comments at the beginning."""
    text = text.lstrip()
    for begin, end in ((b"<?", b"?>"), (b"<!--", b"-->")):
        while text.startswith(begin):
            text = text.partition(end)[2].lstrip()
    return text


def _of_markup(tag: bytes) -> str:
    if tag == b"svg" or tag.endswith(b":svg"):
        return "image/svg+xml"
    if tag in (
        b"html",
        b"head",
        b"body",
        b"script",
        b"iframe",
        b"a",
        b"div",
        b"p",
        b"table",
        b"style",
    ):
        return "text/html"
    return "application/xml"
