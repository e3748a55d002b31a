"""Showing what was read: the picture with a box and a label at every digit, coloured by how sure the reader is."""

from PIL import Image, ImageDraw, ImageFont

from sutja.pictures.decode import Picture, colours
from sutja.reading.result import Digit, Reading

SURE, DOUBTFUL, UNSURE = (22, 163, 74), (217, 119, 6), (220, 38, 38)
LONGEST_SIDE = 1600
SMALLEST_SIDE = 480


def overlay(picture: Picture, reading: Reading) -> Image.Image:
    """Draw a reading into its picture.

    A digit is green from a probability of 0.95, orange from 0.7, red below. Pictures are drawn at a size that fits a
    screen: large ones smaller, small ones larger.

    Args:
        picture: What was read, as it was given to `read`.
        reading: What came of it.

    Returns:
        An RGB image.
    """
    image = colours(picture, LONGEST_SIDE)
    times = _enlargement(image)
    image = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    scale = image.width / max(1, reading.width)
    margin = max((_font_size(digit, scale) for digit in reading.digits), default=0) + 6
    sheet = Image.new("RGB", (image.width, image.height + margin), (255, 255, 255))
    sheet.paste(image, (0, margin))
    draw = ImageDraw.Draw(sheet)
    thickness = max(2, round(max(sheet.size) / 500))
    for digit in reading.digits:
        _draw_digit(draw, digit, scale, margin, thickness)
    return sheet


def colour_of(probability: float) -> tuple[int, int, int]:
    """Green from a probability of 0.95, orange from 0.7, red below."""
    return SURE if probability >= 0.95 else DOUBTFUL if probability >= 0.7 else UNSURE


def _draw_digit(draw: ImageDraw.ImageDraw, digit: Digit, scale: float, margin: int, thickness: int) -> None:
    colour = colour_of(digit.probability)
    left, top = digit.box.x * scale - thickness, digit.box.y * scale + margin - thickness
    right, bottom = digit.box.right * scale + thickness, digit.box.bottom * scale + margin + thickness
    draw.rectangle((left, top, max(right, left), max(bottom, top)), outline=colour, width=thickness)
    font = ImageFont.load_default(_font_size(digit, scale))
    _, _, width, height = draw.textbbox((0, 0), digit.label, font=font)
    draw.rectangle((left, top - height - 4, left + width + 6, top), fill=colour)
    draw.text((left + 3, top - height - 3), digit.label, font=font, fill=(255, 255, 255))


def _font_size(digit: Digit, scale: float) -> int:
    return int(min(28, max(12, digit.box.height * scale * 0.35)))


def _enlargement(image: Image.Image) -> int:
    """By how many times a small picture is shown larger: a whole number, so that its pixels stay square."""
    return max(1, SMALLEST_SIDE // max(image.size))
