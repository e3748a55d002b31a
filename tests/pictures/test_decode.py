import io
import math
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from sutja.errors import PictureError
from sutja.pictures import decode
from sutja.pictures.decode import Sheet, colours, grey_levels, sheet_of

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
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(Image.fromarray(DRAWING), tmp_path / "photo.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    assert np.array_equal(grey_levels(path), expected)
    assert grey_levels(path).shape == ((40, 30) if orientation < 5 else (30, 40))


@pytest.mark.parametrize(
    "array",
    [DRAWING, DRAWING.astype(np.uint16) * 257, DRAWING.astype(np.uint16), DRAWING > 0, DRAWING / 255,
     (DRAWING / 255).astype(np.float32),
     np.stack([DRAWING] * 3, -1), np.stack([DRAWING] * 3 + [np.full_like(DRAWING, 255)], -1)],
)  # fmt: skip
def test_arrays_of_many_types_are_pictures(array: np.ndarray) -> None:
    assert np.array_equal(grey_levels(array), DRAWING)


def test_what_is_no_picture_at_all_is_named() -> None:
    script = "import sutja; print(*sutja.read_all([None, 7]), sep='\\n')"  # types are checked in our own process
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "".join(
        f"expected a path, bytes, a Pillow image or an array; found {name}.\n" for name in ("NoneType", "int")
    )


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
    assert_sheet_or_picture_error(path)


def assert_sheet_or_picture_error(path: Path) -> None:
    try:
        sheet = sheet_of(path, 50)
    except PictureError as error:
        assert "\n" not in str(error)
    else:
        assert 1 <= max(sheet.grey.shape) <= 50
        assert min(sheet.width, sheet.height) >= 1


def photo(width: int, height: int) -> Image.Image:
    """A smooth, coloured picture with strokes in it, and nothing symmetric."""
    rows, columns = np.mgrid[:height, :width]
    ground = np.stack([150 + 80 * columns / width, 160 + 60 * rows / height, 140 + 90 * rows / height], -1)
    canvas = np.ascontiguousarray(ground.astype(np.uint8))
    cv2.line(canvas, (width // 8, height // 6), (width // 2, height // 3), (30, 20, 60), max(3, width // 40))
    cv2.circle(canvas, (width * 3 // 4, height * 2 // 3), min(width, height) // 5, (10, 60, 20), max(3, width // 50))
    return Image.fromarray(canvas)


def reduced_by_opencv(image: Image.Image, longest_side: int) -> np.ndarray:
    """What is right: everything decoded, then averaged over areas."""
    grey = np.asarray(image.convert("L"))
    scale = min(1.0, longest_side / max(grey.shape))
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("longest_side", [40, 101, 199, 250, 400, 1000])
@pytest.mark.parametrize("size", [(400, 300), (300, 400), (397, 211), (400, 3), (2, 399)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_sheet_is_the_whole_picture_averaged_over_areas(
    kind: str, size: tuple[int, int], longest_side: int, tmp_path: Path
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(encoded(photo(*size), kind, quality=95))
    sheet = sheet_of(path, longest_side)
    with Image.open(path) as image:
        expected = reduced_by_opencv(image, longest_side)
    assert sheet.grey.shape == expected.shape
    assert (sheet.width, sheet.height) == size
    difference = np.abs(sheet.grey.astype(int) - expected)
    assert difference.mean() < 2.5
    assert np.quantile(difference, 0.9) < 16


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("longest_side", [100, math.inf])
def test_sheets_are_turned_and_report_the_size_that_a_viewer_shows(
    longest_side: float, kind: str, orientation: int, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo"
    path.write_bytes(encoded(photo(401, 300), kind, exif=exif, **({} if kind == "TIFF" else {"quality": 95})))
    with Image.open(path) as image:
        expected = ImageOps.exif_transpose(image)
    sheet = sheet_of(path, longest_side)
    assert (sheet.width, sheet.height) == expected.size == ((401, 300) if orientation < 5 else (300, 401))
    oracle = reduced_by_opencv(expected, int(min(longest_side, 10_000)))
    assert sheet.grey.shape == oracle.shape
    assert np.abs(sheet.grey.astype(int) - oracle).mean() < 2.5
    assert colours(path, longest_side).size == oracle.shape[::-1]


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [("L", "JPEG", {}), ("RGB", "JPEG", {"progressive": True}), ("CMYK", "JPEG", {}), ("1", "PNG", {}),
     ("P", "PNG", {"transparency": 255}), ("LA", "PNG", {}), ("RGBA", "PNG", {}), ("RGBA", "WEBP", {}),
     ("P", "GIF", {}), ("RGB", "TIFF", {"compression": "tiff_lzw"}), ("RGB", "TIFF", {"compression": "jpeg"}),
     ("RGB", "BMP", {}), ("RGB", "PPM", {}), ("L", "JPEG2000", {})],
)  # fmt: skip
def test_every_kind_of_file_gives_a_sheet(mode: str, kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    drawing = Image.fromarray(np.kron(DRAWING, np.ones((8, 8), np.uint8)))
    path = tmp_path / "photo.jpg"  # whatever it is named, its content counts
    path.write_bytes(encoded(drawing.convert(mode), kind, **options))
    for longest_side in (40, 133):
        sheet = sheet_of(path, longest_side)
        assert (sheet.width, sheet.height) == (240, 320)
        assert np.abs(sheet.grey.astype(int) - reduced_by_opencv(drawing, longest_side)).mean() < 4


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "MPO"])
def test_of_several_frames_the_first_is_read(kind: str, tmp_path: Path) -> None:
    first, second = Image.new("L", (200, 100), 200), Image.new("L", (200, 100), 20)
    path = tmp_path / "frames"
    path.write_bytes(encoded(first, kind, save_all=True, append_images=[second]))
    sheet = sheet_of(path, 50)
    assert sheet.grey.shape == (25, 50)
    assert np.abs(sheet.grey.astype(int) - 200).max() <= 2


def test_sixteen_bits_and_floats_keep_their_range_when_they_are_reduced(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 400)[None, :] * np.ones((300, 1))
    ramp[0, 0] = np.nan
    expected = cv2.resize(np.nan_to_num(ramp) * 255, (40, 30), interpolation=cv2.INTER_AREA)
    for values in (ramp.astype(np.float32), np.nan_to_num(ramp * 65535).astype(np.uint16)):
        path = saved(Image.fromarray(values), tmp_path / "deep.tif")
        assert np.abs(sheet_of(path, 40).grey - expected).max() < 2


@pytest.mark.parametrize("ink", [0, 255])
def test_transparent_pixels_get_their_ground_in_a_sheet_too(ink: int) -> None:
    large = ink_on_nothing(ink, 0.0).resize((300, 400), Image.Resampling.NEAREST)
    assert np.array_equal(sheet_of(large, 40).grey, grey_levels(ink_on_nothing(ink, 0.0)))


def test_bands_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    image = photo(403, 301)
    whole = {side: sheet_of(image, side).grey for side in (40, 100, math.inf)}
    monkeypatch.setattr(decode, "BAND_PIXELS", 1000)
    for side, expected in whole.items():
        assert np.array_equal(sheet_of(image, side).grey, expected)


def test_a_pillow_image_is_left_as_it_was(tmp_path: Path) -> None:
    with Image.open(saved(photo(400, 300), tmp_path / "photo.jpg")) as image:
        assert sheet_of(image, 50).grey.shape == (38, 50)
        assert (image.size, image.mode) == ((400, 300), "RGB")
        returned = colours(image)
        returned.paste("black", (0, 0, 400, 300))
        assert image.getpixel((0, 0)) != (0, 0, 0)


@pytest.mark.parametrize(
    "array", [np.full((300, 400, 4), 255, np.uint8), np.full((300, 400), 1.0), np.ones((300, 400), bool)]
)
def test_arrays_give_sheets(array: np.ndarray) -> None:
    sheet = sheet_of(array, 40)
    assert (sheet.grey.shape, sheet.width, sheet.height) == ((30, 40), 400, 300)
    assert (sheet.grey == 255).all()


def test_arrays_that_hold_no_levels_are_refused() -> None:
    for array in (np.full((5, 5), np.nan), np.full((5, 5), "a"), np.full((5, 5), None), np.full((5, 5), 1j)):
        with pytest.raises(PictureError, match="Convert it to uint8"):
            sheet_of(array, 40)
    with pytest.raises(PictureError, match="the picture is 0×5: it has no pixels"):
        sheet_of(Image.new("L", (0, 5)), 40)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "exif",
    [b"", b"XX\x01\x12", b"MM\x00*\xff", b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x09",
     b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x07\x00\x00\x00\x01\x06\x00\x00\x00",
     b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x05\x00\x00\x00\x01\x00\x00\x00\x00"],
)  # fmt: skip
def test_broken_exif_does_not_hide_a_whole_picture(exif: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(encoded(photo(400, 300), kind, exif=b"Exif\x00\x00" + exif))
    assert sheet_of(path, 50).grey.shape == (38, 50)


def jpeg_of(width: int, height: int, progressive: bool = False) -> bytes:
    """A JPEG whose header was changed to promise that size; its data is that of a small one."""
    content = encoded(Image.new("L", (64, 64), 128), "JPEG", progressive=progressive)
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


@pytest.mark.parametrize(
    ("content", "longest_side", "message"),
    [
        (jpeg_of(21_000, 20_000), 2000, "is 21,000×20,000: more than 400,000,000 pixels"),
        (jpeg_of(12_000, 10_000, progressive=True), 2000, "is 12,000×10,000: more than 100,000,000 pixels"),
        (jpeg_of(12_000, 10_000), 11_000, "is 12,000×10,000: more than 100,000,000 pixels"),
        (jpeg_of(20_000, 19_000), math.inf, "is 20,000×19,000: more than 100,000,000 pixels"),
        (png_of(12_000, 10_000), 2000, "is 12,000×10,000: more than 100,000,000 pixels"),
        (png_of(100_000, 100_000), 2000, "has more than 100,000,000 pixels. Make it smaller"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 2000, "is not a picture that can be opened"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 2000, "is not a picture that can be opened"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", 2000, "is not a picture that can be opened"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40), 2000, "is not a picture that can be opened"),
    ],
)  # fmt: skip
def test_what_is_too_large_or_no_picture_is_refused(
    content: bytes, longest_side: float, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=rf"photo\.jpg {message}") as caught:
        sheet_of(path, longest_side)
    assert "\n" not in str(caught.value)


def test_a_jpeg_beyond_the_limit_of_pillow_is_read_reduced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    monkeypatch.setattr(decode, "MOST_PIXELS", 10_000)
    path = saved(photo(400, 300), tmp_path / "photo.jpg")
    sheet = sheet_of(path, 100)
    assert (sheet.grey.shape, sheet.width, sheet.height) == ((75, 100), 400, 300)
    with pytest.raises(PictureError, match=r"photo\.png has more than 10,000 pixels"):
        sheet_of(saved(photo(400, 300), tmp_path / "photo.png"), 100)


def test_a_pillow_that_lacks_a_format_still_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(decode, "FORMATS", ("PNG", "A FORMAT OF THE FUTURE"))
    with pytest.raises(PictureError, match=r"photo\.jpg is not a picture that can be opened"):
        sheet_of(saved(photo(40, 30), tmp_path / "photo.jpg"), 100)


def test_a_home_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PictureError, match="cannot be opened"):
        sheet_of("~nobody-of-this-name/photo.jpg", 100)


def test_no_warning_and_no_log_reaches_the_user(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    content = bytearray(encoded(photo(40, 30), "TIFF"))
    tag = content.index(struct.pack("<HH", 277, 3))  # samples per pixel
    content[tag + 8 : tag + 10] = struct.pack("<H", 60_000)
    path.write_bytes(content)
    script = f"""
from sutja.errors import PictureError
from sutja.pictures.decode import sheet_of
try:
    sheet_of({str(path)!r}, 100)
except PictureError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "is not a picture that can be opened" in done.stdout
    assert not done.stderr
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sheet_of(np.array([[0.0, np.nan]]), 100)
    assert not caught


@pytest.mark.parametrize(
    ("kind", "mode", "bytes_a_pixel"), [("JPEG", "RGB", 0.5), ("PNG", "RGB", 6), ("PNG", "RGBA", 6)]
)
def test_a_large_picture_is_never_held_twice(kind: str, mode: str, bytes_a_pixel: float, tmp_path: Path) -> None:
    """The peak of a process of its own, less what it takes to read a small picture. Pillow holds 4 bytes a pixel."""
    pytest.importorskip("resource", reason="measures memory as Unix does")
    large, small = tmp_path / "large", tmp_path / "small"
    pixels = 6000 * 5000
    large.write_bytes(encoded(Image.new(mode, (6000, 5000), "orange"), kind, compress_level=1))
    small.write_bytes(encoded(Image.new(mode, (60, 50), "orange"), kind))
    script = f"""
import resource
from sutja.pictures.decode import sheet_of
peaks = []
for path in ({str(small)!r}, {str(large)!r}):
    assert max(sheet_of(path, 1000).grey.shape) <= 1000
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    grown = int(done.stdout) * (1 if sys.platform == "darwin" else 1024)
    assert grown < bytes_a_pixel * pixels


REAL = {
    "JPEG": encoded(photo(80, 60), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00"),
    "progressive JPEG": encoded(photo(80, 60), "JPEG", progressive=True),
    "PNG": encoded(photo(80, 60), "PNG"),
    "palette PNG": encoded(photo(80, 60).convert("P"), "PNG", transparency=3),
    "GIF": encoded(photo(80, 60), "GIF", save_all=True, append_images=[photo(80, 60).rotate(9)]),
    "WEBP": encoded(photo(80, 60), "WEBP"),
    "MPO": encoded(photo(80, 60), "MPO", save_all=True, append_images=[photo(80, 60)]),
    "TIFF": encoded(photo(80, 60), "TIFF"),
}


@settings(max_examples=300, deadline=None)
@given(
    content=st.sampled_from(list(REAL.values())),
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=6),
    near_the_start=st.booleans(),
    length=st.none() | st.integers(1, 20_000),
)
def test_a_damaged_picture_gives_a_sheet_or_a_picture_error(
    content: bytes,
    changes: list[tuple[int, int]],
    near_the_start: bool,
    length: int | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % (min(200, len(content)) if near_the_start else len(content))] = value
    path = tmp_path_factory.getbasetemp() / "damaged.jpg"
    path.write_bytes(damaged[:length])
    assert_sheet_or_picture_error(path)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 120), st.sampled_from(["L", "RGB", "RGBA", "1", "P"]))
def test_a_sheet_fits_and_keeps_its_proportions(width: int, height: int, longest_side: int, mode: str) -> None:
    sheet: Sheet = sheet_of(Image.new(mode, (width, height), 1), longest_side)
    assert (sheet.width, sheet.height) == (width, height)
    assert max(sheet.grey.shape) == min(longest_side, max(width, height))
    assert abs(sheet.grey.shape[1] / sheet.grey.shape[0] - width / height) <= width / height + 1
    assert len(np.unique(sheet.grey)) == 1
