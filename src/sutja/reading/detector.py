"""Finding digits with the learned detector, at several scales of the picture.

The network knows digits of about 10 to 72 pixels. It is shown the picture at halving sizes, so that whatever size a
digit has, it is within that range in one copy, if it has 20 pixels or more in two or three.
"""

import json
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from sutja.classifier.session import LOADING, session_of
from sutja.pictures.contrast import evened
from sutja.reading.places import MARGIN, STRONG, Copy, Found

STRIDE, UNIT = 4, 24.0
"""Of the network's outputs: pixels a place, and pixels of a digit of size 1; as in `sutja.models.detector`, which needs
PyTorch."""
SMALLEST_SIDE = 40
"""Copies of the picture are made down to about this longer side."""
ENLARGED_BELOW = 320
"""A picture whose longer side is below this is shown at twice its size too: its digits may be tiny."""
EVEN, MOSTLY = 6, 0.7
"""A border is all ground where grey levels within the first of their median are this share of it, or more."""
FAINTEST, FAINT = 0.15, 0.2
"""Places with a score below the first are not looked at; those below the second only beside a strong one. On composed
pages in others' hands 8 of 1,672 rows fewer are right from 0.2 on, from 0.08 on 1 more, in a third more time."""
BESIDE, AS_LARGE = 1.5, 1.6
"""It is no farther from that than so many times its longer side, and at most so many times as large or as small."""
SAME = 0.6
"""Boxes that share more than this part of the area that either covers are of one thing."""
MOST_FOUND = 3000
"""Of more places than this only those with the highest scores are looked at: time and memory stay bounded."""


class Detector:
    """The bundled detector, run by ONNX Runtime.

    Args:
        threads: How many it may use; 0 for as many as there are.
        content: Another model file than the bundled one.
    """

    def __init__(self, threads: int = 0, content: bytes | None = None) -> None:
        content = content or files("sutja.classifier").joinpath("bundled", "detector.onnx").read_bytes()
        self._session = session_of(content, threads, keep_memory=False)
        self.card = json.loads(self._session.get_modelmeta().custom_metadata_map["sutja"])

    def __call__(self, grey: UInt8[np.ndarray, "h w"]) -> tuple[Found, list[Copy]]:
        """Find digits.

        Args:
            grey: A picture's grey levels, at a size at which its smallest digits have 10 pixels or more.

        Returns:
            The places, of which several may share parts of a digit, and the copies of the picture that were looked at.
        """
        copies, found = [], []
        for scale in scales_of(grey.shape):
            copy, shapes = self._look(grey, scale)
            copies.append(copy)
            found.append(places_of(shapes, copy))
        joined = Found.joined(*found)
        order = np.argsort(-joined.score, kind="stable")[:MOST_FOUND]
        places = fused(joined.chosen(order))
        inside = (places.centres >= 0) & (places.centres < grey.shape[::-1])  # the rest is what a copy is continued by
        return places.chosen(np.flatnonzero(inside.all(axis=1) & ~faint_and_alone(places))), copies

    def _look(self, grey: UInt8[np.ndarray, "h w"], scale: float) -> tuple[Copy, Float32[np.ndarray, "4 p q"]]:
        """The picture at one size, with what the network says of it: scores, and where its digits are and how large."""
        height, width = (max(1, round(side * scale)) for side in grey.shape)
        if scale != 1:
            method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            resized = np.asarray(cv2.resize(grey, (width, height), interpolation=method), np.uint8)
        else:
            resized = grey
        down, across = (2 * MARGIN + (-side - 2 * MARGIN) % 16 for side in (height, width))
        padded = with_margins(resized, MARGIN, down - MARGIN, MARGIN, across - MARGIN)
        scores, shapes = self._session.run(None, {"evened": evened(padded)[None, None]})
        true_scale = width / grey.shape[1], height / grey.shape[0]
        return Copy(padded, true_scale, scores.max(axis=0)), shapes


def bundled_detector(threads: int = 0) -> Detector:
    """The detector that the package carries, loaded once a process for each number of threads."""
    with LOADING:
        return _bundled_detector(threads)


@cache
def _bundled_detector(threads: int) -> Detector:
    return Detector(threads)


def scales_of(shape: tuple[int, ...]) -> list[float]:
    """The sizes at which a picture is shown to the network: each half of the one before."""
    longest = max(shape)
    scale = 2.0 if longest < ENLARGED_BELOW else 1.0
    scales = [scale]
    while longest * scale > 2 * SMALLEST_SIDE:
        scale /= 2
        scales.append(scale)
    return scales


def with_margins(
    grey: UInt8[np.ndarray, "h w"], top: int, bottom: int, left: int, right: int
) -> UInt8[np.ndarray, "a b"]:
    """The picture with its ground continued beyond its border.

    Where most of the border is of one grey level, that is the ground: a stroke that the border cuts ends there.
    Under uneven light there is no such level, and the pixels of the border are repeated.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = int(np.median(border))
    even = np.mean(np.abs(border.astype(int) - ground) <= EVEN) >= MOSTLY
    kind = cv2.BORDER_CONSTANT if even else cv2.BORDER_REPLICATE
    return np.asarray(cv2.copyMakeBorder(grey, top, bottom, left, right, kind, value=ground), np.uint8)


def places_of(shapes: Float32[np.ndarray, "4 p q"], copy: Copy) -> Found:
    """The places in one copy whose score is the highest around."""
    heat = copy.heat
    rows, columns = np.nonzero((heat >= FAINTEST) & (heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))))
    offset_x, offset_y, width, height = shapes[:, rows, columns]
    x = (columns + 0.5 + offset_x.clip(-1.5, 1.5)) * STRIDE - MARGIN
    y = (rows + 0.5 + offset_y.clip(-1.5, 1.5)) * STRIDE - MARGIN
    sizes = np.exp(np.stack([width, height], 1).clip(-3, 3)) * UNIT
    centres = np.stack([x, y], 1)
    scale = np.array(copy.scale, np.float32)
    return Found(np.asarray(centres / scale, np.float32), np.asarray(sizes / scale, np.float32), heat[rows, columns])


def faint_and_alone(found: Found) -> Bool[np.ndarray, "n"]:
    """Which places are faint and stand beside no strong one of about their size: cloth and crumpled paper have many."""
    size = found.sizes.max(axis=1, initial=0)
    alone, strong = found.score < FAINT, found.score >= STRONG
    for number in np.flatnonzero(alone).tolist():
        near = np.abs(found.centres[strong] - found.centres[number]).max(axis=1, initial=0) <= BESIDE * size[strong]
        alike = np.abs(np.log(size[strong] / size[number])) <= np.log(AS_LARGE)
        alone[number] = not (near & alike).any()
    return np.asarray(alone)


def fused(found: Found) -> Found:
    """Finds of one thing in several copies of the picture as one place.

    The strongest stands for all whose boxes are much like its own; its box becomes their mean, weighted by their scores
    (Solovyev, Wang and Gabruseva, Weighted boxes fusion, 2021), and its own score stays: the highest among them.
    """
    left_top, right_bottom = found.centres - found.sizes / 2, found.centres + found.sizes / 2
    area = found.sizes.prod(axis=1)
    free, kept = np.ones(len(found), bool), []
    centres, sizes = found.centres.copy(), found.sizes.copy()
    for number in range(len(found)):
        if not free[number]:
            continue
        kept.append(number)
        low, high = np.maximum(left_top, left_top[number]), np.minimum(right_bottom, right_bottom[number])
        shared = (high - low).clip(0).prod(axis=1)
        alike = np.flatnonzero(free & (shared > SAME * (area + area[number] - shared)))
        free[alike] = False
        weight = found.score[alike, None] / found.score[alike].sum()
        centres[number], sizes[number] = (
            (values[alike] * weight).sum(axis=0) for values in (found.centres, found.sizes)
        )
    return Found(centres, sizes, found.score).chosen(np.array(kept, int))
