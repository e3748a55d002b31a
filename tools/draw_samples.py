"""Draw the sample pictures that the package carries: `python tools/draw_samples.py`.

The digits are strokes of our own, smoothed, jittered and drawn on paper, a screen and a blackboard. The same command
gives the same pictures.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

TARGET = Path(__file__).parents[1] / "src" / "sutja" / "samples"

# Each digit as strokes through points in a box one high; x to the right, y down.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0.34, 0.03), (0.12, 0.22), (0.05, 0.55), (0.16, 0.9), (0.36, 0.97), (0.56, 0.74), (0.58, 0.36), (0.44, 0.08), (0.3, 0.04)]],
    "1": [[(0.2, 0.14), (0.3, 0.03), (0.29, 0.4), (0.26, 0.98)]],
    "2": [[(0.06, 0.24), (0.18, 0.05), (0.42, 0.04), (0.54, 0.22), (0.42, 0.5), (0.06, 0.93), (0.1, 0.95), (0.6, 0.92)]],
    "3": [[(0.08, 0.12), (0.3, 0.02), (0.5, 0.16), (0.44, 0.36), (0.22, 0.46), (0.44, 0.52), (0.56, 0.74), (0.4, 0.95), (0.06, 0.9)]],
    "4": [[(0.36, 0.03), (0.2, 0.34), (0.04, 0.62), (0.32, 0.63), (0.62, 0.6)], [(0.46, 0.34), (0.44, 0.66), (0.4, 0.98)]],
    "5": [[(0.54, 0.05), (0.16, 0.06), (0.12, 0.42), (0.34, 0.38), (0.54, 0.56), (0.5, 0.84), (0.26, 0.98), (0.04, 0.9)]],
    "6": [[(0.46, 0.02), (0.2, 0.28), (0.06, 0.66), (0.18, 0.94), (0.42, 0.94), (0.52, 0.72), (0.38, 0.54), (0.16, 0.62), (0.08, 0.74)]],
    "7": [[(0.04, 0.08), (0.3, 0.06), (0.56, 0.06), (0.44, 0.4), (0.24, 0.98)]],
    "8": [[(0.5, 0.16), (0.3, 0.02), (0.1, 0.16), (0.2, 0.4), (0.44, 0.58), (0.52, 0.82), (0.3, 0.98), (0.08, 0.82), (0.18, 0.58), (0.42, 0.38), (0.52, 0.18), (0.46, 0.1)]],
    "9": [[(0.54, 0.2), (0.36, 0.03), (0.12, 0.14), (0.1, 0.38), (0.3, 0.46), (0.5, 0.3), (0.54, 0.14), (0.52, 0.5), (0.42, 0.98)]],
}  # fmt: skip


def smooth(points: np.ndarray) -> np.ndarray:
    """A curve through the points of a stroke: corners are cut four times (Chaikin, 1974), the ends stay."""
    for _ in range(4):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.concatenate((points[:1], np.stack((near, far), 1).reshape(-1, 2), points[-1:]))
    return points


def write(
    ink: np.ndarray,
    text: str,
    left: float,
    top: float,
    size: float,
    width: float,
    random: np.random.Generator,
) -> None:
    """Draw the digits of a text into a picture of ink, as a hand would: no two alike."""
    for sign in text:
        slant, turn = random.normal(0.08, 0.04), random.normal(0, 0.04)
        high, wide = size * random.normal(1, 0.05), size * random.normal(1, 0.07)
        for stroke in STROKES[sign]:
            points = smooth(np.array(stroke) + random.normal(0, 0.015, (len(stroke), 2)))
            x = left + wide * points[:, 0] + high * (slant - turn) * (0.5 - points[:, 1])
            y = top + high * points[:, 1] + wide * turn * points[:, 0]
            path = np.rint(np.stack((x, y), 1) * 16).astype(np.int32)
            cv2.polylines(ink, [path], False, 1.0, max(1, round(width * random.normal(1, 0.08))), cv2.LINE_AA, 4)
        left += size * random.normal(0.86, 0.05)
        top += size * random.normal(0.0, 0.03)


def picture(
    name: str, shape: tuple[int, int], rows: list[tuple[str, float, float, float]], pen: float,
    ground: tuple[int, int, int], colour: tuple[int, int, int], light: float, grain: float, seed: int,
    rules: tuple[tuple[int, int, int, int], ...] = (),
) -> None:  # fmt: skip
    """Write one picture: text at places, in a colour on a ground, under a light that falls off to one corner.

    `rules` are thin lines from x, y to x, y.
    """
    random = np.random.default_rng(seed)
    ink = np.zeros(shape, np.float32)
    for left, top, right, bottom in rules:
        cv2.line(ink, (left, top), (right, bottom), 0.55, 2, cv2.LINE_AA)
    for text, left, top, size in rows:
        write(ink, text, left, top, size, pen, random)
    ink = np.asarray(cv2.GaussianBlur(np.clip(ink, 0, 1), (0, 0), 0.8), np.float32)
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]] / max(shape)
    lit = 1 - light * (down + across) / 2
    rough = cv2.GaussianBlur(random.normal(0, grain, shape).astype(np.float32), (0, 0), 0.7)
    ground_and_ink = np.array(ground) * (1 - ink[..., None]) + np.array(colour) * ink[..., None]
    pixels = ground_and_ink * lit[..., None] + rough[..., None]
    image = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
    image.quantize(64, dither=Image.Dither.NONE).save(TARGET / name, optimize=True)


def main() -> None:
    """Draw all samples."""
    TARGET.mkdir(exist_ok=True)
    picture("digit.png", (150, 130), [("5", 36, 24, 100)], 9, (255, 255, 255), (0, 0, 0), 0, 0, 1)
    picture("row.png", (150, 560), [("1234567890", 24, 44, 60)], 4, (247, 244, 232), (35, 45, 120), 0.25, 3, 2)
    picture(
        "rows.png", (420, 520), [("30941", 60, 50, 70), ("72685", 75, 170, 66), ("114", 55, 290, 72)], 4,
        (232, 228, 215), (60, 60, 64), 0.55, 5, 5,
    )  # fmt: skip
    marks = ("1", "17", "8", "25"), ("2", "9", "", "21"), ("3", "14", "6", "20"), ("4", "", "10", "")
    cells = [
        (text, 48 + 120.0 * column, 44 + 84.0 * row, 44.0)
        for row, texts in enumerate(marks)
        for column, text in enumerate(texts)
    ]
    level = [(24, 24 + 84 * i, 504, 30 + 84 * i) for i in range(5)]
    upright = [(24 + 120 * i, 24, 24 + 120 * i, 366) for i in range(5)]
    picture(
        "marks.png", (392, 530), cells, 3, (240, 240, 232), (40, 45, 80), 0.3, 3, 6, rules=(*level, *upright),
    )  # fmt: skip
    picture("blackboard.png", (220, 480), [("20268", 50, 60, 95)], 8, (38, 62, 50), (225, 228, 220), 0.35, 6, 4)


if __name__ == "__main__":
    main()
