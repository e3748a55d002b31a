"""What each stage of reading a picture saw, as pictures that a person can look at."""

import math
from collections.abc import Iterable

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image, ImageDraw, ImageFont

from sutja.pictures.contrast import evened
from sutja.reading.detector import STRIDE
from sutja.reading.overlay import colour_of, overlay
from sutja.reading.places import MARGIN, Copy
from sutja.reading.reader import Stages

TILE, COLUMNS, MOST_TILES = 56, 9, 240
"""Crops are shown at this size in pixels, so many in a row, and no more than so many."""
CAPTION = 16
SHOWN_HEIGHT = 360
"""The copies of a picture are shown side by side at this height in pixels."""


def explain(stages: Stages) -> dict[str, Image.Image]:
    """Draw what each stage saw.

    Args:
        stages: As `sutja.reading.reader.stages_of` gives them.

    Returns:
        Pictures by name, in the order of the stages. With the method "detector": the grey levels, light and contrast
        evened out, where the network saw middles of digits, all places that it found, their crops, and the digits that
        stayed. With "components": the grey levels, the ink, and the digits.
    """
    grey = stages.sheet.grey
    shown = {"1-grey": Image.fromarray(grey)}
    if stages.ink is not None:
        shown["2-ink"] = Image.fromarray(stages.ink)
        shown["3-digits"] = overlay(grey, stages.upright())
        return shown
    shown["2-evened"] = Image.fromarray(np.clip(128 + 50 * evened(grey), 0, 255).astype(np.uint8))
    shown["3-heat"] = side_by_side([heated(copy) for copy in stages.copies])
    if stages.places is not None:
        shown["4-places"] = places_shown(stages)
        named = stages.places
        captions = [f"{label} {p:.2f}" for label, p in zip(named.label, named.probability, strict=True)]
        shown["5-crops"] = crops_shown(named.crops, captions, named.probability)
    shown["6-digits"] = overlay(grey, stages.upright())
    return shown


def account(stages: Stages) -> str:
    """The stages in words and numbers, a line each; boxes are pixels of the picture as a viewer shows it."""
    height, width = stages.sheet.grey.shape
    whole = "×".join(map(str, stages.size_as_shown))
    level = f", levelled by {math.degrees(stages.slope):.1f}°" if stages.size else ""
    lines = [f"decoded {whole}, turned {stages.turn}°{level}, read at {width}×{height}"]
    if stages.places is not None:
        sizes = ", ".join(f"{round(width * copy.scale[0])}×{round(height * copy.scale[1])}" for copy in stages.copies)
        lines.append(f"looked at in {len(stages.copies)} sizes: {sizes}")
        likely = int(stages.places.likely(min(stages.sheet.grey.shape)).sum())
        lines.append(f"found {len(stages.places.found)} places, {likely} of them likely digits")
    lines.append(f"kept {len(stages.digits)} digits")
    for digit in stages.digits:
        others = ", ".join(f"{label} {p:.3f}" for label, p in digit.alternatives)
        place = ", ".join(map(str, stages.as_shown(digit.box)))
        lines.append(f"  {digit.label}  {digit.probability:.3f}  at {place}  else {others}")
    return "\n".join(lines) + "\n"


def heated(copy: Copy) -> UInt8[np.ndarray, "h w 3"]:
    """A copy of the picture with the places coloured where the network saw the middle of a digit, red first."""
    height, width = copy.grey.shape
    heat = cv2.resize(
        copy.heat, (copy.heat.shape[1] * STRIDE, copy.heat.shape[0] * STRIDE), interpolation=cv2.INTER_LINEAR
    )
    strength: Float32[np.ndarray, "h w"] = np.clip(heat[:height, :width, None], 0, 1)
    picture = copy.grey[..., None] * np.float32(0.6) + np.float32(90)
    mixed = picture * (1 - strength) + np.array([230, 30, 60], np.float32) * strength
    shown = np.asarray(np.clip(mixed, 0, 255), np.uint8)
    return shown[MARGIN : height - MARGIN, MARGIN : width - MARGIN]


def side_by_side(pictures: Iterable[np.ndarray]) -> Image.Image:
    """Pictures at one height in a row, with a white line between them."""
    tiles = []
    for picture in pictures:
        height, width = picture.shape[:2]
        size = (max(1, round(width * SHOWN_HEIGHT / height)), SHOWN_HEIGHT)
        tiles += [cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.full((SHOWN_HEIGHT, 6, 3), 255, np.uint8)]
    return Image.fromarray(np.concatenate(tiles[:-1], axis=1))


def places_shown(stages: Stages) -> Image.Image:
    """All places that the detector found, the surest drawn last, coloured by how likely each is a digit."""
    image = Image.fromarray(stages.sheet.grey).convert("RGB")
    draw = ImageDraw.Draw(image)
    named = stages.places
    if named is None:
        return image
    for number in np.argsort(named.probability):
        (x, y), (width, height) = named.found.centres[number], named.found.sizes[number]
        box = (float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2))
        draw.rectangle(
            box, outline=colour_of(float(named.probability[number])), width=1 + (named.probability[number] >= 0.5)
        )
    return image


def crops_shown(crops: UInt8[np.ndarray, "n 2 28 28"], captions: list[str], probability: np.ndarray) -> Image.Image:
    """What the classifier saw of each place, near and wide, in the detector's order, with what it was taken for."""
    count = min(len(crops), MOST_TILES)
    rows = max(1, -(-count // COLUMNS))
    sheet = Image.new("RGB", (COLUMNS * (2 * TILE + 8), rows * (TILE + CAPTION + 4)), (255, 255, 255))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(CAPTION - 4)
    for number in range(count):
        left, top = number % COLUMNS * (2 * TILE + 8) + 3, number // COLUMNS * (TILE + CAPTION + 4) + 2
        for which, crop in enumerate(crops[number]):
            tile = Image.fromarray(crop).resize((TILE, TILE), Image.Resampling.NEAREST)
            sheet.paste(tile, (left + which * (TILE + 2), top + CAPTION))
        draw.text((left + 1, top), captions[number], font=font, fill=colour_of(float(probability[number])))
    return sheet
