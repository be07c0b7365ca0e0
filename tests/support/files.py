"""Files for tests: pictures and a PDF made here, and a kept file with its row."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from calls.db import Database
from crm import files
from crm.access import Actor
from crm.file_store import Incoming
from crm.files import NewFile
from crm.subjects import Subject

SIDEWAYS = 6
"""EXIF orientation: the camera was turned, the picture is to be turned clockwise."""


def png(width: int = 30, height: int = 20, colour: str = "#0b6b63") -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def sideways_jpeg(width: int = 40, height: int = 20) -> bytes:
    """A photograph taken with the camera turned: to be shown `height` wide and `width` high."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = SIDEWAYS
    Image.new("RGB", (width, height), "#845208").save(out, "JPEG", exif=exif)
    return out.getvalue()


def pdf() -> bytes:
    """A document of one page."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "#ffffff").save(out, "PDF")
    return out.getvalue()


def received(data_dir: Path, content: bytes) -> Incoming:
    """Bytes that came in and are kept."""
    incoming = Incoming(data_dir, 2**20)
    incoming.open()
    incoming.write(content)
    incoming.keep()
    return incoming


async def kept(  # who puts what where, under which name
    db: Database,
    actor: Actor,
    subject: Subject,
    data_dir: Path,
    content: bytes,
    name: str = "a.png",
) -> int:
    """A file of this subject; returns its id."""
    new = NewFile(name, received(data_dir, content).received())
    async with db.write() as session:
        return (await files.add(session, actor, subject, new)).id
