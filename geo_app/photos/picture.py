"""What a phone sends becomes a picture: opened by its content, turned upright, written anew; pure.

Only pixels go over. EXIF with the place and the phone, XMP, comments, thumbnails and colour profiles stay behind, and
with them whatever was hidden there. Before anything is decoded its size is known: a bomb is refused by its header.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib

from PIL import Image, ImageOps

from geo_app.core.errors import BadInput
from geo_app.photos.model import Picture

LARGEST = 8_000_000
"""Bytes as sent."""
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 12_500_000, "WEBP": 12_500_000}
"""By what it is: a JPEG is read at half or a quarter of its size when it is large, the others are not."""
MOST_SCANS = 20
"""Scans of a JPEG: each goes over the whole picture, and a few bytes make one."""
SIDE, SMALL_SIDE = 2048, 320
"""Longest side in pixels: whole, and small as in a list."""
QUALITY, SMALL_QUALITY = 85, 75
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, struct.error, zlib.error,
    OverflowError, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow says of a file it cannot read."""
RULE = "a photo that can be opened: JPEG, PNG or WebP"
_decoding = threading.BoundedSemaphore(2)
"""A large picture takes some 100 MB while it is decoded: no more than two at once in a process."""


def clean(raw: bytes) -> Picture:
    """Return the picture of a file; BadInput when it is none, is too large or broken."""
    if not 1 <= len(raw) <= LARGEST:
        raise BadInput("photo", f"{len(raw)} bytes", f"a photo of 1 to {LARGEST:,} bytes")
    with _decoding:
        try:
            image = _open(raw)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            pixels = _pixels(upright)
        except BROKEN as error:
            raise BadInput("photo", f"{len(raw)} bytes", RULE) from error
        small = pixels.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return Picture(pixels.width, pixels.height, _jpeg(pixels, QUALITY), _jpeg(small, SMALL_QUALITY))


def _open(raw: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(raw), formats=tuple(MOST_PIXELS))
    kind = image.format or ""
    most = MOST_PIXELS[kind]
    if image.width * image.height > most:
        shown = f"{image.width} × {image.height}"
        raise BadInput("photo", shown, f"a {kind} of at most {most // 1_000_000} million pixels")
    if kind == "JPEG":
        if raw.count(b"\xff\xda") > MOST_SCANS:
            raise BadInput("photo", f"{len(raw)} bytes", f"a JPEG of at most {MOST_SCANS} scans")
        image.draft("RGB", (SIDE, SIDE))
    return image


def _pixels(image: Image.Image) -> Image.Image:
    """Return only the pixels, on white where they are transparent: a new image that knows nothing of the old one."""
    has_alpha = image.mode in {"RGBA", "LA", "PA", "RGBa"} or "transparency" in image.info
    colours = image.convert("RGBA" if has_alpha else "RGB")
    bare = Image.new("RGB", colours.size, "white")
    bare.paste(colours, mask=colours if has_alpha else None)
    return bare


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
