"""Of a photo only its pixels come in, upright; what is none, lies about itself or is a bomb is refused."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geo_app.core.errors import BadInput
from geo_app.photos import picture
from tests import pictures


def opened(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_comes_in(kind: str) -> None:
    raw = pictures.photo(kind)
    assert any(one in raw for one in pictures.PLANTED)
    found = picture.clean(raw)
    for written in (found.whole, found.small):
        shown = opened(written)
        shown.load()
        assert (shown.format, dict(shown.getexif())) == ("JPEG", {})
        assert not {"exif", "icc_profile", "comment", "xmp"} & shown.info.keys()
        assert not [one for one in pictures.PLANTED if one in written]
    assert (found.width, found.height) == opened(found.whole).size == (640, 480)
    assert max(opened(found.small).size) == picture.SMALL_SIDE


def test_a_photo_taken_sideways_stands_upright() -> None:
    found = picture.clean(pictures.photo(orientation=6))
    shown = opened(found.whole)
    assert shown.size == (found.width, found.height) == (480, 640)
    red, green, _ = shown.getpixel((shown.width - 20, 20))  # the quarter that was left and above
    assert red > 200
    assert green < 60


def test_a_large_photo_gets_smaller_and_a_transparent_one_stands_on_white() -> None:
    found = picture.clean(pictures.photo(size=(5000, 3000)))
    assert (found.width, found.height) == (2048, 1229)
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(picture.clean(file.getvalue()).whole).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16", "LA"])
def test_other_kinds_of_pixels_are_read_too(mode: str) -> None:
    file = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (30, 20)).save(file, kind)
    assert opened(picture.clean(file.getvalue()).whole).mode == "RGB"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"II*\x00\x08\x00\x00\x00",
        b"\xff\xd8\xff\xe0 no JPEG at all",
        pictures.photo()[:4000],
        pictures.bomb(),
        pictures.bomb(8_000, 8_000),
        pictures.photo() + b"\xff\xda" * 200,
        bytes(picture.LARGEST + 1),
    ],
    ids=["empty", "svg", "html", "eps", "gif", "tiff", "lie", "half", "bomb", "large", "scans", "heavy"],
)
def test_what_is_no_photo_or_too_much_of_one_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        picture.clean(raw)
    assert refused.value.field == "photo"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # what it finds odd and reads all the same
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_bent_photo_is_a_picture_or_refused(kind: str, data: st.DataObject) -> None:
    raw = bytearray(pictures.photo(kind, (48, 32)))
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = picture.clean(bytes(raw))
    except BadInput:
        return
    assert opened(found.whole).format == "JPEG"
