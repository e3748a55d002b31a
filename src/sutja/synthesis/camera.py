"""What a camera or a scanner does to a page: fewer pixels, blur, noise, sharpening, compression."""

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from sutja.synthesis.grounds import smooth_noise
from sutja.synthesis.style import Style

Random = np.random.Generator
Light = Float32[np.ndarray, "h w"]
"""Grey levels before they are rounded."""
SHARPEST_NEEDED = 0.045
"""A blur of more than this share of a digit's height leaves nothing to read."""
REDUCED = 1.02
"""Up to this reduction the pixels are left as they are."""
BRIGHTNESS = np.array([0.299, 0.587, 0.114])
"""Of red, green and blue in the brightness (ITU-R BT.601)."""
PENS = ((60, 60, 64), (25, 25, 30), (35, 55, 160), (20, 60, 120), (180, 35, 45), (30, 110, 65), (90, 45, 120))
"""Red, green and blue of inks: pencil, black, two blues, red, green, violet."""
PEN_SHARES = (0.2, 0.3, 0.22, 0.1, 0.1, 0.05, 0.03)
SHEETS = ((235, 215, 150), (200, 220, 240), (240, 210, 215), (205, 230, 205), (205, 180, 145))
"""Of coloured papers: yellow, blue, pink, green, brown."""


def photographed(page: Light, style: Style, random: Random) -> UInt8[np.ndarray, "h w"]:
    """A picture of a page, as its style takes it.

    Args:
        page: Grey levels, float32 `[h, w]`, 0 black to 255 white.
        style: Says how few pixels, how much blur and noise, and which compression.
        random: Where randomness comes from.

    Returns:
        uint8 `[h, w]`, of the page's size.
    """
    height, width = page.shape
    if style.reduction > REDUCED:
        size = (max(8, round(width / style.reduction)), max(8, round(height / style.reduction)))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.float32)
    page = _blurred(page, min(style.blur, SHARPEST_NEEDED * style.digit / style.reduction), random)
    if style.noise:
        page = page + np.float32(style.noise) * _grain(page.shape, random)
    if style.blur > 0.5 and random.random() < 0.25:
        page = page + random.uniform(0.3, 1.2) * (page - cv2.GaussianBlur(page, (0, 0), 1.5))
    if style.reduction > REDUCED:
        way = random.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC])
        page = np.asarray(cv2.resize(page, (width, height), interpolation=way), np.float32)
    if style.binary:
        page = _black_and_white(page, (0.25 if style.dark else -0.25) * style.contrast)
    picture = np.clip(np.rint(page), 0, 255).astype(np.uint8)
    return _compressed(picture, style.quality) if style.quality else picture


def _blurred(page: Light, blur: float, random: Random) -> Light:
    """The page out of focus, and perhaps with the camera shaken."""
    if blur > 0.2:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), blur), np.float32)
    return shaken(page, blur, random) if blur > 0.8 and random.random() < 0.3 else page


def _grain(shape: tuple[int, ...], random: Random) -> Light:
    """Noise of deviation about 1: of each pixel its own, or somewhat coarser."""
    grain = random.standard_normal(shape, np.float32)
    if random.random() < 0.4:
        return np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.8), np.float32) * np.float32(2.5)
    return grain


def _black_and_white(page: Light, margin: float) -> Light:
    """White where a pixel is lighter than those around by more than a margin."""
    around = np.asarray(cv2.blur(page, (41, 41), borderType=cv2.BORDER_REPLICATE), np.float32)
    return np.where(page > around + margin, np.float32(255), np.float32(0))


def _compressed(picture: UInt8[np.ndarray, "h w"], quality: int) -> UInt8[np.ndarray, "h w"]:
    """The picture as it comes back from JPEG."""
    _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def shaken(page: Light, length: float, random: Random) -> Light:
    """The page blurred along a short straight path that reaches so many pixels to both sides."""
    side = 2 * int(np.ceil(length)) + 3
    path = np.zeros((side, side), np.float32)
    angle, middle = random.uniform(0, np.pi), side // 2
    step = np.array([np.cos(angle), np.sin(angle)]) * length
    ends = [np.rint(middle + sign * step).astype(int).tolist() for sign in (-1, 1)]
    cv2.line(path, ends[0], ends[1], 1.0, 1, cv2.LINE_AA)
    return np.asarray(cv2.filter2D(page, -1, path / path.sum(), borderType=cv2.BORDER_REPLICATE), np.float32)


def coloured(
    picture: UInt8[np.ndarray, "h w"], ink: Float32[np.ndarray, "h w"], random: Random
) -> UInt8[np.ndarray, "h w 3"]:
    """Paper and ink of a grey picture in colours of the same brightness.

    Args:
        picture: Grey levels.
        ink: How much ink is at each pixel, 0 to 1.
        random: Chooses the colours of pen, paper and light.

    Returns:
        Red, green and blue, uint8 `[h, w, 3]`; their brightness (ITU-R BT.601) is the picture's, but for rounding.
    """
    pen = _hue(np.array(PENS[random.choice(len(PENS), p=PEN_SHARES)]) + random.normal(0, 6, 3))
    lamp = random.normal(0, 6) * np.array([1.0, 0.1, -1.4])  # warm or cold
    paper = _hue(lamp + random.normal(0, 1.5, 3))
    if random.random() < 0.15:
        paper += _hue(np.array(SHEETS[random.integers(len(SHEETS))], np.float64))
    drift = 1 + np.float32(0.2) * smooth_noise(picture.shape, max(picture.shape) / 2, random)
    inked = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32)  # cameras see colours less sharply
    written = inked * cv2.LUT(picture, _room(pen))
    bare = (1 - inked) * drift * cv2.LUT(picture, _room(1.5 * paper))
    parts = cv2.merge([picture.astype(np.float32), written, bare])
    return np.asarray(cv2.convertScaleAbs(cv2.transform(parts, np.column_stack([np.ones(3), pen, paper]))), np.uint8)


def _hue(colour: Float64[np.ndarray, "3"]) -> Float64[np.ndarray, "3"]:
    """What a colour adds to the grey of its brightness."""
    return np.asarray(colour - colour @ BRIGHTNESS, np.float64)


def _room(hue: Float64[np.ndarray, "3"]) -> Float32[np.ndarray, "256"]:
    """Which share of a hue can be added to each grey level so that all channels stay between 0 and 255."""
    level = np.arange(256)
    below, above = level / max(1.0, -float(hue.min())), (255 - level) / max(1.0, float(hue.max()))
    return np.minimum(np.minimum(below, above), 1).astype(np.float32)
