"""Evening out light and contrast, so that faint pencil in a shadow looks like a marker on white paper."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

WINDOW = 49
"""Side in pixels of the surroundings that a pixel is compared with."""
FAINTEST = 5.0
"""Grey levels: contrast far below this is noise, and is not raised."""
CROP = 28
"""The side of a crop in pixels."""
CROP_DIGIT = 18
"""The longer side of a digit within its crop: what is beside it can be seen too."""
GROUND, INK = 40, 240
"""The grey levels that the ground and the ink of a crop are brought to."""
WIDER = 3
"""So many times as far a second crop shows what is around: the digits of a row, or the letters of a word."""


def evened(grey: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Each pixel's difference from the mean around it, in units of the contrast around it.

    Local contrast normalisation (Jarrett, Kavukcuoglu, Ranzato and LeCun, What is the best multi-stage architecture
    for object recognition?, 2009), with a box as its window, which costs the same whatever its size.

    Returns:
        About -3 to 3; 0 where nothing stands out.
    """
    values = grey.astype(np.float32)
    mean = cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT_101)
    values -= mean
    power = cv2.blur(values * values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(values / np.sqrt(power + np.float32(FAINTEST**2)), np.float32)


def near_and_wide(
    grey: UInt8[np.ndarray, "h w"], centre: tuple[float, float], size: float
) -> UInt8[np.ndarray, "2 28 28"]:
    """A place of a picture as a patch, and what is `WIDER` times as far around it; arguments as of `patch_of`.

    So far around light may change: of the second what is even over half of it is taken away.
    """
    whole = patch_of(grey, centre, size, side=WIDER * CROP)
    near = np.s_[(WIDER - 1) * CROP // 2 : (WIDER + 1) * CROP // 2]
    wide = cv2.resize(whole, (CROP, CROP), interpolation=cv2.INTER_AREA)
    level = cv2.blur(wide, (CROP // 2, CROP // 2), borderType=cv2.BORDER_REFLECT_101)
    return np.stack([whole[near, near], cv2.addWeighted(wide, 1.0, level, -1.0, 128.0)])


def patch_of(
    grey: UInt8[np.ndarray, "h w"], centre: tuple[float, float], size: float, side: int = CROP, lean: float = 0.0
) -> UInt8[np.ndarray, "s s"]:
    """A place of a picture, scaled so that `size` becomes `CROP_DIGIT` pixels.

    Args:
        grey: Grey levels. Nothing is averaged: `size` should be no more than about twice `CROP_DIGIT`. What fills the
            smallest copy of a picture is up to four times as large, and is read as well as with averaging.
        centre: The middle of the digit in pixels, x then y.
        size: The longer side of its box in pixels.
        side: Of the patch, in its own pixels.
        lean: Strokes that go so far to the right as they go up, as a share of that, are upright in it.
    """
    scale = size / CROP_DIGIT
    offset_x, offset_y = (middle - 0.5 - scale * (side - 1) / 2 for middle in centre)
    offset_x += lean * scale * (side - 1) / 2
    patch = cv2.warpAffine(
        grey, np.array([[scale, -lean * scale, offset_x], [0, scale, offset_y]]), (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(patch, np.uint8)


def bright(patches: UInt8[np.ndarray, "*n 28 28"]) -> UInt8[np.ndarray, "*n 28 28"]:
    """Patches with their ink bright on dark: the ground of each at grey level `GROUND`, its ink at `INK`.

    Ink is on the side of the median to which the pixels reach farther. Contrast that is hardly above noise stays low.
    """
    ground, reach = ground_and_reach(patches)
    reach = np.copysign(np.maximum(np.abs(reach), 2 * FAINTEST), reach)
    signed = (patches - ground) * ((INK - GROUND) / reach)
    return np.asarray(np.clip(np.rint(GROUND + signed), 0, 255), np.uint8)


def ground_and_reach(
    patches: UInt8[np.ndarray, "*n h w"],
) -> tuple[Float32[np.ndarray, "*n 1 1"], Float32[np.ndarray, "*n 1 1"]]:
    """Of each patch the median, and how far its ink is from that in grey levels: below 0 where the ink is darker."""
    low, ground, high = np.percentile(patches, (2, 50, 98), axis=(-2, -1), keepdims=True).astype(np.float32)
    return ground, np.where(ground - low > high - ground, low - ground, high - ground)
