"""Small pictures of people's files: of pictures, and of the first page of a PDF.

In: a kept file and its media type. Out: a WebP file in `previews/`, made once, in a thread. What cannot be drawn is
remembered as well. Pictures that would unpack to more than `MOST_PIXELS` are not unpacked.
"""

from __future__ import annotations

import threading
import warnings
from enum import IntEnum
from pathlib import Path
from typing import Any

import structlog

from calls.recordings.storage import replacing
from crm.file_kinds import has_preview
from crm.file_store import place_of

log = structlog.get_logger(__name__)

FOLDER = "previews"
MOST_PIXELS = 60_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_QUALITY = 80
_LARGEST_SCALE = 4.0
_one_at_a_time = threading.Lock()
"""pdfium is not safe in threads; and unpacking several big pictures at once would take much memory."""


class Size(IntEnum):
    """The longer side, in pixels."""

    SMALL = 320
    LARGE = 1600


def preview_of(
    data_dir: Path, sha256: str, media_type: str, size: Size = Size.SMALL
) -> Path | None:
    """The preview's file, made if it is not there yet; None if there can be none. Blocks.

    Args:
        data_dir: the data directory.
        sha256: of the kept file.
        media_type: as recognised from its bytes.
        size: how large.

    Raises:
        StorageFull: the disk is.
    """
    if not has_preview(media_type):
        return None
    source = data_dir / place_of(sha256)
    target = data_dir / FOLDER / sha256[:2] / f"{sha256}-{size.value}.webp"
    with _one_at_a_time:
        if not target.is_file():
            if not source.is_file():
                return None
            _make(source, target, media_type, size)
    return target if target.stat().st_size else None


def _make(source: Path, target: Path, media_type: str, size: Size) -> None:
    try:
        picture = _page(source, size) if media_type == "application/pdf" else _picture(source, size)
    except Exception as error:  # whatever a damaged or hostile file makes its reader raise
        log.warning("no_preview", file=source.name, why=repr(error))
        picture = None
    with replacing(target, 2**20) as part:
        if picture is None:
            part.write_bytes(b"")
        else:
            picture.save(part, "WEBP", quality=_QUALITY)


def _picture(source: Path, size: Size) -> Any:
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is below
        with Image.open(source, formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise ValueError(f"{width}x{height} pixels are too many")
            picture.draft("RGB", (size.value * 2, size.value * 2))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((size.value, size.value))
            return upright.convert("RGBA" if "A" in upright.getbands() else "RGB")


def _page(source: Path, size: Size) -> Any:
    import pypdfium2  # type: ignore[import-untyped]

    with pypdfium2.PdfDocument(source) as document:
        page = document[0]
        width, height = page.get_size()
        scale = min(size.value / max(width, height, 1.0), _LARGEST_SCALE)
        return page.render(scale=scale).to_pil().convert("RGB")
