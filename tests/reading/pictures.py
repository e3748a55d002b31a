"""Pictures that the tests draw themselves."""

import cv2
import numpy as np

from sutja.reading.naming import Named
from sutja.reading.places import MARGIN, Copy, Found
from sutja.synthesis.strokes import digit_strokes, drawn

RING, PITCH = 40, 38
"""The height of the rings of `rings`, and from one to the next, in pixels."""


def row_of(images: np.ndarray, size: int = 60, gap: float = 0.5) -> np.ndarray:
    """Framed digits `[n, 28, 28]` side by side as ink: uint8, 0 for ground."""
    side = round(size * 28 / 20)
    tiles = [cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC) for image in images]
    width = round(size * (1 + gap)) * (len(tiles) - 1) + side
    ink = np.zeros((side, width), np.uint8)
    for number, tile in enumerate(tiles):
        left = number * round(size * (1 + gap))
        ink[:, left : left + side] = np.maximum(ink[:, left : left + side], tile)
    return ink


def on_paper(
    ink: np.ndarray, ground: float = 225, darkness: float = 0.7, margin: int = 40, seed: int = 0
) -> np.ndarray:
    """Ink on paper under uneven light, with a little grain: grey levels uint8."""
    ink = np.pad(ink, margin) / 255
    height, width = ink.shape
    down, across = np.mgrid[0:height, 0:width] / max(height, width)
    light = ground * (1 - 0.3 * across - 0.15 * down)
    grain = np.random.default_rng(seed).normal(0, 1.5, ink.shape)
    return np.asarray(np.clip(light * (1 - darkness * ink) + grain, 0, 255), np.uint8)


def sheet(height: int = 300, width: int = 400, ground: int = 235) -> np.ndarray:
    """An empty one."""
    return np.full((height, width), ground, np.uint8)


def put(canvas: np.ndarray, mask: np.ndarray, left: int, top: int, darkness: float = 0.8) -> None:
    """Ink on a sheet."""
    place = canvas[top : top + mask.shape[0], left : left + mask.shape[1]]
    part = mask[: place.shape[0], : place.shape[1]]
    place[:] = (place * (1 - darkness * (part / 255))).astype(np.uint8)


def written(text: str, height: int = 48, pitch: int = 50, seed: int = 0) -> np.ndarray:
    """Digits from strokes on a sheet, from left to right."""
    random, canvas = np.random.default_rng(seed), sheet(height + 80, pitch * len(text) + 80)
    for number, label in enumerate(text):
        put(canvas, drawn(digit_strokes(int(label), random), height, 4), 40 + number * pitch, 40)
    return canvas


def named_places(*places: tuple[float, float, float, float, float]) -> Named:
    """Places as x, y of the middle, width, height, probability."""
    values = np.array(places, np.float32).reshape(-1, 5)
    n = len(values)
    found = Found(values[:, :2], values[:, 2:4], np.zeros(n, np.float32))
    empty = np.zeros((n, 2, 28, 28), np.uint8), np.zeros((n, 11))
    return Named(found, *empty, np.arange(n), values[:, 4].astype(float), np.ones(n))


def rings(count: int, height: int = 120, width: int = 700, grey: int = 235) -> np.ndarray:
    """A row of rings, such as an o and a 0 may both be."""
    picture = np.full((height, width), grey, np.uint8)
    for number in range(count):
        cv2.ellipse(picture, middle_of(number), (14, RING // 2), 0, 0, 360, 20, 4, cv2.LINE_AA)
    return picture


def middle_of(number: int) -> tuple[int, int]:
    """Of a ring of `rings`, x and y."""
    return 60 + PITCH * number, 60


def named_rings(*numbers: int) -> Named:
    """These rings of the row, taken for digits."""
    centres = np.array([middle_of(number) for number in numbers], np.float32).reshape(-1, 2)
    count = len(centres)
    found = Found(centres, np.full((count, 2), (32, 44), np.float32), np.ones(count, np.float32))
    answers, sure = np.full((count, 11), 1 / 11), np.ones(count)
    return Named(found, np.zeros((count, 2, 28, 28), np.uint8), answers, np.zeros(count, int), sure, sure)


def copies_of(picture: np.ndarray) -> list[Copy]:
    """A picture as the detector saw it, at its own size only."""
    return [Copy(np.pad(picture, MARGIN, mode="edge"), (1.0, 1.0), np.zeros((1, 1), np.float32))]
