"""Photos as phones send them: with the place, the phone and a comment beside the picture, or bent out of shape."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

LATITUDE, LONGITUDE = (39.0, 54.0, 26.37), (116.0, 23.0, 29.61)
"""Degrees, minutes, seconds: what EXIF says of where the photo was taken."""
CAMERA, COMMENT, XMP = "Planted Phone 7", "planted comment", b"<x:xmpmeta>planted packet</x:xmpmeta>"
PLANTED = (
    CAMERA.encode(),
    COMMENT.encode(),
    b"planted packet",
    b"Exif",
    b"GPS",
    b"ICC_PROFILE",
    b"http://ns.adobe.com",
)
"""What must be nowhere in a picture that was written anew."""


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), *, orientation: int = 1, colour: str = "seagreen"
) -> bytes:
    """Return a photo whose left upper quarter is red, with GPS, camera, comment, XMP and a profile beside it."""
    image = Image.new("RGB", size, colour)
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CAMERA, orientation
    exif.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "E", 4: LONGITUDE})
    more = {"comment": COMMENT.encode(), "xmp": XMP} if kind == "JPEG" else {}
    file = io.BytesIO()
    image.save(file, kind, exif=exif, icc_profile=b"planted profile" * 20, **more)
    return file.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """Return a PNG of a few bytes that says it has billions of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def form(raw: bytes, name: str = "photo.jpg", **more: str) -> tuple[bytes, str]:
    """Return the body of a form with a photo, and its type."""
    said = b"".join(
        f'--planted\r\nContent-Disposition: form-data; name="{part}"\r\n\r\n{value}\r\n'.encode()
        for part, value in more.items()
    )
    head = f'--planted\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n\r\n'.encode()
    return said + head + raw + b"\r\n--planted--\r\n", "multipart/form-data; boundary=planted"
