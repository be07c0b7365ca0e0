"""What a file is, told from its bytes."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from crm.file_kinds import LONGEST_NAME, UNKNOWN, Group, clean_name, group_of, media_type

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2)).save(out, form)
    return out.getvalue()


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "group"),
    [
        (picture("PNG"), Group.PICTURE),
        (picture("JPEG"), Group.PICTURE),
        (picture("GIF"), Group.PICTURE),
        (picture("WEBP"), Group.PICTURE),
        (picture("TIFF"), Group.PICTURE),
        (b"%PDF-1.7 ...", Group.PDF),
        (packed("[Content_Types].xml", "word/document.xml"), Group.DOCUMENT),
        (packed("[Content_Types].xml", "xl/workbook.xml"), Group.TABLE),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), Group.SLIDES),
        (packed("word/document.xml", "word/vbaProject.bin"), Group.PROGRAM),
        (packed("a.txt"), Group.ARCHIVE),
        (OLE + "WordDocument".encode("utf-16-le"), Group.DOCUMENT),
        (OLE, Group.OTHER),
        ("Договор № 5".encode(), Group.TEXT),
        ("Договор № 5".encode("cp1251"), Group.TEXT),
        ("Договор".encode("utf-16"), Group.TEXT),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", Group.SOUND),
        (b"\xff\xfb\x90\x00" + bytes(40), Group.SOUND),
        (b"\x00\x00\x00\x18ftypmp42", Group.VIDEO),
        (b"<!DOCTYPE html><html>", Group.WEB),
        (b"\xef\xbb\xbf  <script>alert(1)</script>", Group.WEB),
        (b"<?xml version='1.0'?><!-- a --><!-- b --><svg xmlns='x'/>", Group.WEB),
        ("<html>".encode("utf-16"), Group.WEB),
        (b"<!---->" * 9000 + b"<x", Group.WEB),
        (b"MZ\x90\x00", Group.PROGRAM),
        (b"#!/bin/sh\n", Group.PROGRAM),
        (b"\x00\x01\x02", Group.OTHER),
        (b"", Group.OTHER),
    ],
)
def test_group_follows_the_bytes(content: bytes, group: Group) -> None:
    assert group_of(media_type(content, content[-4096:])) is group


@pytest.mark.parametrize("name", ["bill.pdf.exe", "a.JS", "letter.docm", "x.lnk "])
def test_name_that_a_computer_would_run_makes_a_program(name: str) -> None:
    assert group_of("text/plain", name) is Group.PROGRAM


def test_harmless_name_does_not_make_a_program_harmless() -> None:
    assert group_of(media_type(b"MZ\x90\x00"), "photo.jpg") is Group.PROGRAM


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Договор № 5.pdf", "Договор № 5.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\bill.pdf", "bill.pdf"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("cod\u202efdp.exe", "codfdp.exe"),
        ("..", ""),
        ("   ", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_name_is_cleaned(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@given(st.text(max_size=400))
def test_cleaned_name_is_always_safe(typed: str) -> None:
    kept = clean_name(typed)
    assert len(kept) <= LONGEST_NAME
    assert not {"/", "\\", "\0", "\r", "\n"} & set(kept)
    assert kept not in (".", "..")


@given(st.binary(max_size=300))
def test_any_bytes_have_some_type(content: bytes) -> None:
    kind = media_type(content, content)
    assert "/" in kind
    assert group_of(UNKNOWN) is Group.OTHER
