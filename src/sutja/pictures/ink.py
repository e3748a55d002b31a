"""Separating ink from its ground: even out the light, find out which of the two is darker, and where strokes are."""

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

GROUND_SIDE = 160
"""The ground is estimated on a copy of the picture reduced to this many pixels on its longer side."""
FITS = 8
"""How often the surface is fitted again, each time with less weight on what it does not explain."""
THICKEST = 0.15
"""Half the width of the thickest stroke, as a share of the picture; what is thicker is a shadow or a thing."""
LIGHT_CHANGES = 0.12
"""Over this share of the picture the light may change beyond what a smooth surface explains."""
CELLS = 24
"""The contrast of the strokes is measured in this many cells along the longer side."""
FAINTEST = 10.0
"""Grey levels by which ink differs from its ground at least."""
NOISE_MARGIN = 6.0
"""How many standard deviations of the ground's noise ink stands out at least."""
CORE, EDGE = 0.4, 0.25
"""A stroke has a core of at least the first share of the contrast, and reaches as far as the second."""
FAINTEST_GARMENT = 12
"""Grey levels by which a garment differs from its ground at least."""
SMOOTHED_FROM = 64
"""Pictures of this many pixels or more are smoothed a little before strokes are told from grain."""


def ink_of(grey: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """How much ink there is at each pixel, whatever the light and whether ink or ground is the darker.

    Args:
        grey: Grey levels of a picture.

    Returns:
        0 off the strokes, 255 in the middle of a stroke of ordinary contrast, between at its edges. All zeros when
        nothing stands out from the ground.

    Example:
        >>> paper = np.full((60, 60), 200, np.uint8)
        >>> paper[10:50, 28:32] = 90
        >>> ink_of(paper)[30, 27:33]
        array([  0, 255, 255, 255, 255,   0], dtype=uint8)
    """
    residual = upright(grey - ground_of(grey))
    contrast = stroke_contrast(residual)
    if not contrast:
        return np.zeros_like(grey)
    strength = np.clip(residual * (255 / contrast), 1, 255) * strokes(residual, contrast)
    return np.asarray(np.rint(strength), np.uint8)


def strokes(residual: Float32[np.ndarray, "h w"], contrast: float) -> Bool[np.ndarray, "h w"]:
    """Where strokes are: from every pixel of a core outwards, as far as there is ink (hysteresis; Canny, 1986)."""
    if min(residual.shape) >= SMOOTHED_FROM:
        residual = np.asarray(cv2.GaussianBlur(residual, (0, 0), 0.8), np.float32)
    edge = max(EDGE * contrast, 3 * noise_of(residual))
    core = residual >= max(CORE * contrast, edge)
    _, numbers = cv2.connectedComponents((residual >= edge).astype(np.uint8), connectivity=8)
    with_core = np.zeros(int(numbers.max()) + 1, bool)
    with_core[numbers[core]] = True
    with_core[0] = False
    return np.asarray(with_core[numbers], bool)


def ground_of(grey: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """The ground under the ink: a smooth surface first, then the mean of what is around that is no ink."""
    height, width = grey.shape
    scale = min(1.0, GROUND_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    surface = smooth_surface(small)
    bare = ~inked(small - surface)
    spread = max(1.0, LIGHT_CHANGES * max(size))
    weight = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), spread) + 0.02  # far from bare ground: the surface
    ground = surface + cv2.GaussianBlur((small - surface) * bare, (0, 0), spread) / weight
    return np.asarray(cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def smooth_surface(grey: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """A surface of second degree through the grey levels that most pixels agree on.

    Fitted by iteratively reweighted least squares with Cauchy weights (Holland and Welsch, 1977): ink pulls less at
    the surface the farther it is from it.
    """
    height, width = grey.shape
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], 1)[:, : 6 if min(height, width) > 2 else 1]
    values = grey.ravel().astype(np.float64)
    residual = values - np.median(values)
    for _ in range(FITS):
        spread = max(2.0, float(np.percentile(np.abs(residual), 30)) / 0.385)  # of a normal deviation
        weighted = terms * (1 / (1 + (residual / (2 * spread)) ** 2))[:, None]
        coefficients = np.linalg.lstsq(weighted.T @ terms, weighted.T @ values, rcond=None)[0]
        residual = values - terms @ coefficients
    return np.asarray((terms @ coefficients).reshape(grey.shape), np.float32)


def inked(residual: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """What seems to be strokes, with a margin; thick things such as shadows are left out."""
    residual = upright(residual)
    contrast = stroke_contrast(residual)
    if not contrast:
        return np.zeros(residual.shape, bool)
    likely = (residual >= EDGE * contrast).astype(np.uint8)
    depth = cv2.distanceTransform(cv2.copyMakeBorder(likely, 1, 1, 1, 1, cv2.BORDER_REPLICATE), cv2.DIST_L2, 3)
    numbers = np.asarray(cv2.connectedComponents(likely, connectivity=8)[1], np.int32)
    deepest = np.zeros(int(numbers.max()) + 1)
    np.maximum.at(deepest, numbers, depth[1:-1, 1:-1])
    thin = (deepest <= THICKEST * max(residual.shape))[numbers] & (numbers > 0)
    return np.asarray(cv2.dilate(thin.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)


def upright(residual: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """A difference from the ground with ink positive: ink is on the side to which pixels differ the more."""
    below, above = (float(np.square(side).sum()) for side in (residual.clip(max=0), residual.clip(min=0)))
    return -residual if below >= above else residual


def stroke_contrast(residual: Float32[np.ndarray, "h w"]) -> float:
    """By how many grey levels ordinary strokes stand out; 0 when nothing stands out from the noise.

    The strongest pixel of each cell of a coarse grid is taken, cells without ink are dropped, and the median of the
    rest is the contrast: a share of the pixels would depend on how much is written.
    """
    floor = max(FAINTEST, NOISE_MARGIN * noise_of(residual))
    height, width = residual.shape
    side = max(1, -(-max(height, width) // CELLS))
    padded = np.pad(residual, ((0, -height % side), (0, -width % side)), mode="edge")
    cells = padded.reshape(padded.shape[0] // side, side, -1, side).max(axis=(1, 3))
    strong = cells[cells >= max(floor, 0.4 * float(cells.max()))]
    return float(np.median(strong)) if strong.size else 0.0


def noise_of(residual: Float32[np.ndarray, "h w"]) -> float:
    """The standard deviation of the grain, from the median difference of pixels that lie three apart.

    It depends neither on the light nor on how much is written, and unlike that of neighbours it sees grain that a
    camera or JPEG has smeared.
    """
    across = np.abs(residual[:, 3:] - residual[:, :-3])
    down = np.abs(residual[3:] - residual[:-3])
    differences = np.concatenate((across.ravel(), down.ravel()))
    return 1.4826 / 2**0.5 * float(np.median(differences)) if differences.size else 0.0


def shades_of(grey: UInt8[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """A garment in its shades on an empty ground, as in Fashion-MNIST: there a light ground was turned to black.

    The ground is the median along the border of the picture. What hardly differs from it becomes 0.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = float(np.median(border))
    level, ceiling = grey.astype(np.float32), 255 - ground
    shades = (ground - level) * (255 / ground) if ground >= 128 else (level - ground) * (255 / ceiling)
    return np.where(np.abs(level - ground) < FAINTEST_GARMENT, 0, np.clip(shades, 0, 255)).astype(np.uint8)
