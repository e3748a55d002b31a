"""Composed pages as a detector learns from them: patches, and at every place what the answer should be."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch.utils.data import Dataset

from sutja.models.detector import CLASSES, STRIDE, UNIT
from sutja.pictures.contrast import evened
from sutja.synthesis.page import Page, compose
from sutja.synthesis.signs import LOOKALIKES
from sutja.synthesis.style import any_style
from sutja.synthesis.writer import Digits

PATCH = 192
PLACES = PATCH // STRIDE
SMALLEST, LARGEST = 10.0, 72.0
"""Pixels of the longer side of digits that the detector must find; smaller ones are not asked for."""
TOO_LARGE = 100.0
"""Digits from this size on are to be left to a smaller copy of the picture; between, either is right."""


@dataclass(frozen=True)
class Targets:
    """What the detector should say of a patch.

    Attributes:
        heat: How near each place is to the middle of a digit of each class, 1 at the middle itself.
        sizes: Near each middle offset x and y in places, and the logarithms of width and height in units of `UNIT`.
        sized: How much that counts there; 0 away from any digit.
        weight: 0 where no answer is wrong.
    """

    heat: Float32[np.ndarray, "10 p q"]
    sizes: Float32[np.ndarray, "4 p q"]
    sized: Float32[np.ndarray, "p q"]
    weight: Float32[np.ndarray, "p q"]


def targets_of(page: Page, left: int = 0, top: int = 0, side: int = PATCH) -> Targets:
    """The targets of a square part of a page; `left` and `top` may be negative where the patch is larger."""
    places = side // STRIDE
    heat, sizes = np.zeros((CLASSES, places, places), np.float32), np.zeros((4, places, places), np.float32)
    sized, weight = np.zeros((places, places), np.float32), np.ones((places, places), np.float32)
    rows, columns = np.mgrid[0:places, 0:places].astype(np.float32)
    for sign in page.signs:
        if sign.name in LOOKALIKES and not sign.spelled:
            _ignore(weight, sign.box, left, top)
    for digit in page.digits:
        x, y, width, height = digit.box
        x, y, size = x - left, y - top, max(width, height)
        if x + width <= 0 or y + height <= 0 or x >= side or y >= side or size >= TOO_LARGE:
            continue
        whole = x >= -0.1 * width and y >= -0.1 * height and x + 0.9 * width <= side and y + 0.9 * height <= side
        across, down = (x + width / 2) / STRIDE - 0.5, (y + height / 2) / STRIDE - 0.5
        column, row = round(across), round(down)
        inside = 0 <= column < places and 0 <= row < places
        if not (whole and inside and digit.visible and SMALLEST * 0.9 <= size <= LARGEST):
            _ignore(weight, digit.box, left, top)
            continue
        spread_x, spread_y = max(0.55, 0.13 * width / STRIDE), max(0.55, 0.13 * height / STRIDE)
        near = np.exp(-(((columns - column) / spread_x) ** 2 + ((rows - row) / spread_y) ** 2) / 2)
        np.maximum(heat[digit.label], near, out=heat[digit.label])
        core = (near > 0.6) & (near >= sized)
        values = (across - columns, down - rows, np.log(max(width, 2.0) / UNIT), np.log(max(height, 2.0) / UNIT))
        for number, value in enumerate(values):
            sizes[number][core] = value[core] if isinstance(value, np.ndarray) else value
        sized[core] = near[core]
        weight[row, column] = 1.0
    return Targets(heat, sizes, sized, weight)


class Patches(Dataset[tuple[torch.Tensor, ...]]):
    """Patches of composed pages by number, so that a run that goes on sees what an uninterrupted one would.

    Args:
        digits: Training images only.
        seed: The same seed and number give the same patch.
        count: How many there are.
    """

    def __init__(self, digits: Digits, seed: int, count: int) -> None:
        self.digits, self.seed, self.count = digits, seed, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> tuple[torch.Tensor, ...]:
        cv2.setNumThreads(1)
        random = np.random.default_rng((self.seed, number))
        page, left, top = patch_page(self.digits, random)
        picture = part_of(page.picture, left, top, PATCH)
        answer = targets_of(page, left, top)
        arrays = (evened(picture)[None], answer.heat, answer.sizes, answer.sized, answer.weight)
        return tuple(torch.from_numpy(array) for array in arrays)


def patch_page(digits: Digits, random: np.random.Generator) -> tuple[Page, int, int]:
    """A page, and where in it a patch lies: small pages lie in the patch, of large ones it shows a part."""
    kind = random.random()
    if kind < 0.5:
        width, height = PATCH, PATCH
    elif kind < 0.75:
        width, height = (int(side) for side in np.exp(random.uniform(np.log(48), np.log(PATCH), 2)))
    else:
        width, height = (int(side) for side in random.uniform(PATCH, 1.6 * PATCH, 2))
    page = compose(digits, any_style(random, width, height), random)
    left, top = (int(random.uniform(min(0, side - PATCH), max(0, side - PATCH) + 1)) for side in (width, height))
    return page, left, top


def part_of(picture: UInt8[np.ndarray, "h w"], left: int, top: int, side: int) -> UInt8[np.ndarray, "s s"]:
    """A square of a picture; beyond its border the border's own pixels are repeated."""
    part = picture[max(0, top) : top + side, max(0, left) : left + side]
    before = (max(0, -top), max(0, -left))
    after = (side - part.shape[0] - before[0], side - part.shape[1] - before[1])
    return cv2.copyMakeBorder(part, before[0], after[0], before[1], after[1], cv2.BORDER_REPLICATE)


def _ignore(weight: np.ndarray, box: tuple[float, float, float, float], left: int, top: int) -> None:
    x, y, width, height = box
    first_row, last_row = int((y - top) // STRIDE), int((y + height - top) // STRIDE)
    first, last = int((x - left) // STRIDE), int((x + width - left) // STRIDE)
    weight[max(0, first_row) : max(0, last_row + 1), max(0, first) : max(0, last + 1)] = 0.0
