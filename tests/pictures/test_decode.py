import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sutja.errors import PictureError
from sutja.pictures.decode import colours, grey_levels

DRAWING = np.full((40, 30), 255, np.uint8)
DRAWING[10:30, 12:16] = 0


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [("L", ".png"), ("RGB", ".png"), ("RGB", ".webp"), ("P", ".gif"), ("P", ".png"), ("1", ".png"), ("CMYK", ".jpg"),
     ("CMYK", ".tif"), ("YCbCr", ".jpg"), ("LA", ".png"), ("RGBA", ".png"), ("I;16", ".png"), ("I", ".tif"),
     ("F", ".tif"), ("HSV", ".tif"), ("LAB", ".tif"), ("L", ".bmp")],
)  # fmt: skip
def test_every_mode_gives_the_same_picture(mode: str, suffix: str, tmp_path: Path) -> None:
    image: Image.Image = Image.fromarray(DRAWING)
    if mode in ("I;16", "I", "F"):
        image = Image.fromarray(DRAWING.astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]) * 257)
    elif mode in ("HSV", "LAB"):
        if mode == "LAB":
            pytest.importorskip("PIL._imagingcms")
            from PIL import ImageCms

            converted = ImageCms.profileToProfile(
                image.convert("RGB"), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
            )
            assert converted is not None
            image = converted
        else:
            image = image.convert("RGB").convert("HSV")
    else:
        image = image.convert(mode)
    path = tmp_path / f"picture{suffix}"
    try:
        image.save(path)
    except OSError:  # no writer for this mode: the image itself is decoded
        found = grey_levels(image)
    else:
        found = grey_levels(path)
    assert found.shape == DRAWING.shape
    assert np.abs(found.astype(int) - DRAWING).mean() < 3
    assert colours(image).mode == "RGB"


def ink_on_nothing(ink: int, cover: float) -> Image.Image:
    """A transparent picture with a stroke of ink; `cover` is how opaque everything else is."""
    pixels = np.zeros((40, 30, 4), np.uint8)
    pixels[..., :3] = 255 - ink
    pixels[..., 3] = round(cover * 255)
    pixels[10:30, 12:16] = (ink, ink, ink, 255)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("cover", [0.0, 1.0])
def test_transparent_pixels_get_the_ground_on_which_the_ink_shows(ink: int, cover: float) -> None:
    found = grey_levels(ink_on_nothing(ink, cover))
    assert found[20, 14] == ink
    assert found[0, 0] == 255 - ink


def test_a_palette_with_transparency(tmp_path: Path) -> None:
    path = saved(ink_on_nothing(0, 0.0).quantize(8), tmp_path / "palette.png")
    assert grey_levels(path)[0, 0] == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_as_a_viewer_turns_them(orientation: int, tmp_path: Path) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(Image.fromarray(DRAWING), tmp_path / "photo.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    assert np.array_equal(grey_levels(path), expected)
    assert grey_levels(path).shape == ((40, 30) if orientation < 5 else (30, 40))


@pytest.mark.parametrize(
    "array",
    [DRAWING, DRAWING.astype(np.uint16) * 257, DRAWING > 0, DRAWING / 255, (DRAWING / 255).astype(np.float32),
     np.stack([DRAWING] * 3, -1), np.stack([DRAWING] * 3 + [np.full_like(DRAWING, 255)], -1)],
)  # fmt: skip
def test_arrays_of_many_types_are_pictures(array: np.ndarray) -> None:
    assert np.array_equal(grey_levels(array), DRAWING)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4, 5)), r"found \[3, 4, 5\]"),
        (np.zeros((0, 5), np.uint8), r"found \[0, 5\]"),
        (np.full((5, 5), 7.0), "found float64 from 7.0 to 7.0"),
        (np.zeros((5, 5), np.int64), "found int64"),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        grey_levels(array)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises that size, with hardly any data behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is an empty file"),
        (b"just some text", "is not a picture that can be opened"),
        (png_of(100_000, 100_000), "has more than 100,000,000 pixels"),
        (png_of(12_000, 10_000), "is 12,000×10,000: more than 100,000,000 pixels"),
        (png_of(100, 100)[:60], "is damaged or cut short"),
    ],
)
def test_bad_files_are_refused_with_their_name(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=rf"photo\.png {message}"):
        grey_levels(path)


def test_a_truncated_jpeg_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    path = tmp_path / "photo.jpg"
    path.write_bytes(buffer.getvalue()[:2000])
    with pytest.raises(PictureError, match=r"photo\.jpg is damaged or cut short .*Save or copy it again"):
        grey_levels(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="is a folder. Name the pictures in it"):
        grey_levels(tmp_path)
    with pytest.raises(PictureError, match=r"nothing\.png does not exist"):
        grey_levels(tmp_path / "nothing.png")
    with pytest.raises(PictureError, match="cannot be opened"):
        grey_levels("x" * 5000)
    with pytest.raises(PictureError, match="cannot be opened"):
        grey_levels("a\x00b.png")


@settings(max_examples=60, deadline=None)
@given(
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\x00", b"RIFF"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_give_a_picture_or_a_picture_error(
    start: bytes, rest: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "random.png"
    path.write_bytes(start + rest)
    try:
        grey_levels(path)
    except PictureError as error:
        assert "\n" not in str(error)
