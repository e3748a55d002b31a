"""What is under the ink: papers, light and shadow, rulings, what lies around the paper."""

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from sutja.synthesis.plane import Plane

Random = np.random.Generator
Grey = Float32[np.ndarray, "h w"]
"""Grey levels, 0 black to 255 white, or changes of them."""
PRINTED = "ABCDEFGHJKLMNOPRSTUVWabcdehkmnprstuvw"
"""Letters of words in fine print, of which none is an upright stroke alone."""
BENDS, DASHES = (np.linspace(0, 1, count)[:, None] for count in (9, 61))
"""The places along a line at which it may bend, and those at which a broken one begins anew."""
BITS = 4
"""OpenCV takes whole coordinates; these are in sixteenths of a pixel."""


def smooth_noise(shape: tuple[int, int], cell: float, random: Random) -> Grey:
    """Random values of mean 0 and deviation about 1 that change over some pixels.

    Args:
        shape: Height and width in pixels.
        cell: Over how many pixels they change; up to 1 each pixel has its own.
        random: Where randomness comes from.

    Returns:
        float32 `[h, w]`.

    Example:
        >>> smooth_noise((48, 64), 8, np.random.default_rng(0)).shape
        (48, 64)
    """
    coarse = [max(2, round(side / cell) + 2) for side in shape]
    values = random.standard_normal(coarse, np.float32)
    if cell <= 1:
        return values[: shape[0], : shape[1]]
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def light(shape: tuple[int, int], unevenness: float, random: Random) -> Grey:
    """How bright each place is lit, about 1: a gradient, and slow changes.

    Args:
        shape: Height and width in pixels.
        unevenness: By which share the light changes over the picture.
        random: Where randomness comes from.

    Returns:
        A factor for each place, float32 `[h, w]`, above 0.
    """
    angle = random.uniform(0, 2 * np.pi)
    across = np.linspace(-0.5, 0.5, shape[1], dtype=np.float32) * np.float32(np.cos(angle))
    down = np.linspace(-0.5, 0.5, shape[0], dtype=np.float32) * np.float32(np.sin(angle))
    gradient = across[None] + down[:, None]
    factor = gradient + random.uniform(-0.6, 0.6) * gradient**2
    slow = smooth_noise(shape, max(shape) / random.uniform(1, 4), random)
    factor += 0.15 * slow
    factor *= unevenness
    factor += 1
    np.maximum(factor, 0.2, out=factor)
    factor /= max(1.0, 0.9 * float(factor.max()))
    return factor


def shadow(shape: tuple[int, int], random: Random) -> Grey:
    """A factor for each place: 1, and less in the shadow of a thing with straight edges, hard or soft."""
    height, width = shape
    factor = np.ones(shape, np.float32)
    straight = random.random() < 0.7
    corners = _half_plane(shape, random) if straight else random.uniform(-0.2, 1.2, (4, 2)) * (width, height)
    cv2.fillPoly(factor, [np.asarray(corners, np.int32)], float(random.uniform(0.35, 0.85)), cv2.LINE_AA)
    softness = random.choice([0.0, 1.0, 0.02 * max(shape), 0.06 * max(shape)])
    return np.asarray(cv2.GaussianBlur(factor, (0, 0), softness), np.float32) if softness else factor


def texture(shape: tuple[int, int], random: Random) -> Grey:
    """The structure of a surface, of deviation about 1, of a kind drawn at random: grain, print, cloth and others."""
    kind = int(random.integers(9))
    if kind < 6:
        return (_grain, _fibres, _folds, _blots, _rosettes, _fine_print)[kind](shape, random)
    angle, wavelength = random.uniform(0, np.pi), random.uniform(4, 40)
    return _weave(shape, angle, wavelength) if kind == 6 else _waves(shape, angle, wavelength, random, kind == 7)


def _grain(shape: tuple[int, int], random: Random) -> Grey:
    """As of paper close up."""
    fine = smooth_noise(shape, random.uniform(1, 3), random)
    return np.asarray(fine + smooth_noise(shape, random.uniform(3, 9), random), np.float32)


def _fibres(shape: tuple[int, int], random: Random) -> Grey:
    """Noise that is longer one way, as in wood and brushed metal."""
    fine, long = random.uniform(1, 5), random.uniform(10, 80)
    cells = (long, fine) if random.random() < 0.5 else (fine, long)
    coarse = [round(side / cell) + 2 for side, cell in zip(shape, cells, strict=True)]
    values = random.standard_normal(coarse, np.float32)
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32) * np.float32(1.5)


def _folds(shape: tuple[int, int], random: Random) -> Grey:
    """Folds and crumples: the steepness of a rough surface."""
    rough = smooth_noise(shape, random.uniform(8, 50), random)
    steep = np.asarray(cv2.Sobel(np.abs(rough), cv2.CV_32F, 1, 0), np.float32)
    return np.asarray(steep / max(1e-3, float(steep.std())), np.float32)


def _waves(shape: tuple[int, int], angle: float, wavelength: float, random: Random, peaked: bool) -> Grey:
    """Bent waves, as in the ground of banknotes and cheques."""
    along, across = _turned(shape, angle)
    phase = along * np.float32(2 * np.pi / wavelength)
    bends = np.sin(across * np.float32(2 * np.pi / random.uniform(15, 120)))
    waves = np.sin(phase + random.uniform(0.5, 5) * bends + random.uniform(0, 6))
    return np.asarray(2 * np.square(np.square(waves)) if peaked else waves, np.float32)


def _weave(shape: tuple[int, int], angle: float, wavelength: float) -> Grey:
    """Waves both ways, as in cloth and halftone print."""
    along, across = _turned(shape, angle)
    crossed = np.sin(along * np.float32(2 * np.pi / wavelength)) * np.sin(across * (2 * np.pi / wavelength))
    return np.asarray(crossed, np.float32) * np.float32(1.5)


def _blots(shape: tuple[int, int], random: Random) -> Grey:
    """Blots, or what shows through from the other side."""
    blots = smooth_noise(shape, random.uniform(6, 30), random)
    return np.asarray(np.clip(blots - 0.8, 0, 0.7) * 3, np.float32)


def _rosettes(shape: tuple[int, int], random: Random) -> Grey:
    """Rings of fine lines that wind about a middle, as engraved on cheques and certificates."""
    x, y = (np.arange(side, dtype=np.float32) for side in shape[::-1])
    across, down = x - random.uniform(0, shape[1]), (y - random.uniform(0, shape[0]))[:, None]
    petals, depth = int(random.integers(5, 25)), random.uniform(2, 12)
    away = np.hypot(across, down) + depth * np.sin(petals * np.arctan2(down, across))
    rings = np.sin(away * np.float32(2 * np.pi / random.uniform(4, 14)))
    return np.asarray(_sign(random) * 2 * np.square(np.square(rings)), np.float32)


def _fine_print(shape: tuple[int, int], random: Random) -> Grey:
    """A word printed again and again, in rows that may slope."""
    height = random.uniform(5, 24)
    word = "".join(random.choice(list(PRINTED), random.integers(3, 9))) + " "
    side = int(1.5 * max(shape)) + 1
    face = int(random.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX]))
    scale = cv2.getFontScaleFromHeight(face, max(1, round(height)))
    sheet, pitch = np.zeros((side, side), np.uint8), height * random.uniform(1.3, 2.5)
    text = word * (int(side / (height * 0.5 * len(word))) + 2)
    for y in np.arange(0, side + pitch, pitch):
        start = (-int(random.uniform(0, height * len(word) / 2)), int(y))
        cv2.putText(sheet, text, start, face, scale, 255, 1, cv2.LINE_AA)
    angle = random.choice([0.0, random.uniform(-60, 60)])
    turn = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), angle, 1.0)
    shift = np.array([[1, 0, (shape[1] - side) / 2], [0, 1, (shape[0] - side) / 2], [0, 0, 1]])
    printed = np.asarray(cv2.warpAffine(sheet, turn @ shift, shape[::-1]), np.float32)
    return printed * np.float32(_sign(random) * 2 / 255)


def _sign(random: Random) -> int:
    """-1 or 1, whether print is darker or lighter than its paper."""
    return 1 if random.random() < 0.3 else -1


def _turned(shape: tuple[int, int], angle: float) -> tuple[Float64[np.ndarray, "h w"], Float64[np.ndarray, "h w"]]:
    """The coordinates of each pixel along an angle, and across it."""
    y, x = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)
    cosine, sine = np.cos(angle), np.sin(angle)
    return cosine * x + sine * y, cosine * y - sine * x


def surroundings(paper: Grey, random: Random) -> Grey:
    """The paper, with what lies around it at one or two sides, or on it: a desk, a dark edge, fingers, a pen."""
    for _ in range(random.integers(1, 3)):
        thing = (_beside, _finger, _pen)[random.choice(3, p=[0.55, 0.2, 0.25])]
        mask = thing(paper.shape, random)
        level = random.uniform(5, 250) + random.uniform(0, 18) * texture(paper.shape, random)
        if random.random() < 0.4:  # the paper throws a shadow, or its edge is bright
            edge = cv2.GaussianBlur(mask, (0, 0), random.uniform(1, 6))
            paper = paper * (1 + random.uniform(-0.4, 0.15) * edge)
        paper = paper * (1 - mask) + level * mask
    return np.asarray(paper, np.float32)


def _beside(shape: tuple[int, int], random: Random) -> Grey:
    """1 beyond a nearly straight edge, 0 on the paper."""
    mask = np.zeros(shape, np.float32)
    cv2.fillPoly(mask, [np.asarray(_half_plane(shape, random, 0.25), np.int32)], 1.0, cv2.LINE_AA)
    return mask


def _finger(shape: tuple[int, int], random: Random) -> Grey:
    """1 in an ellipse that reaches in from a side, 0 on the paper."""
    mask = np.zeros(shape, np.float32)
    side, size = random.integers(4), random.uniform(0.06, 0.2) * max(shape)
    middle = [(0, random.random()), (1, random.random()), (random.random(), 0), (random.random(), 1)][side]
    centre = (round(middle[0] * shape[1]), round(middle[1] * shape[0]))
    axes = (max(2, round(size * random.uniform(0.9, 2.4))), max(2, round(size * 0.6)))
    turn = (0 if side < 2 else 90) + random.uniform(-35, 35)
    cv2.ellipse(mask, centre, axes, turn, 0, 360, 1.0, -1, cv2.LINE_AA)
    return mask


def _pen(shape: tuple[int, int], random: Random) -> Grey:
    """1 in a pen or pencil, mostly along a side of the picture, 0 around it."""
    mask, longer = np.zeros(shape, np.float32), max(shape)
    length, breadth = random.uniform(0.25, 1.2) * longer, max(2.0, random.uniform(0.01, 0.045) * longer)
    angle = random.choice([0, np.pi / 2, np.pi, -np.pi / 2]) + random.normal(0, 0.25)
    outline = np.array([(-0.5, -0.5), (0.42, -0.5), (0.5, -0.1), (0.5, 0.1), (0.42, 0.5), (-0.5, 0.5)])
    along, aside = (outline * (length, breadth)).T
    corners = np.stack(
        [np.cos(angle) * along - np.sin(angle) * aside, np.sin(angle) * along + np.cos(angle) * aside], 1
    )
    middle = random.uniform(0.03, 0.97, 2) * shape[::-1]
    cv2.fillPoly(mask, [np.rint((middle + corners) * (1 << BITS)).astype(np.int32)], 1.0, cv2.LINE_AA, BITS)
    return mask


def _half_plane(shape: tuple[int, int], random: Random, deepest: float = 0.7) -> Float64[np.ndarray, "4 2"]:
    """The corners of what lies beyond a nearly straight edge along one side of the picture."""
    height, width = shape
    one, other = random.uniform(0.01, deepest, 2)
    if random.random() < 0.6:
        other = one + random.uniform(-0.05, 0.05)
    corners = np.array([(-0.1, -0.1), (1.1, -0.1), (1.1, one), (-0.1, other)])
    for _ in range(random.integers(4)):
        corners = np.column_stack([1 - corners[:, 1], corners[:, 0]])
    return corners * (width, height)


def ruled(
    shape: tuple[int, int], plane: Plane, lines: list[np.ndarray], thickness: float, random: Random, dash: bool = False
) -> Grey:
    """Printed lines as a mask from 0 to 1, each a little bent.

    Args:
        shape: Height and width of the picture in pixels.
        plane: From the page to the picture.
        lines: Pairs of points of the page, `[2, 2]` each.
        thickness: In pixels; below 1 they are fainter instead.
        random: Where randomness comes from.
        dash: Whether the level ones are broken. A piece of a broken upright line looks like a 1, and nobody could tell.

    Returns:
        float32 `[h, w]`.
    """
    mask, pen = np.zeros(shape, np.uint8), max(1, round(thickness))
    for line in lines:
        across, down = np.abs(line[1] - line[0])
        broken = dash and across > down
        steps = DASHES if broken else BENDS
        bend = plane.height * random.uniform(-0.004, 0.004)
        points = plane.points(line[0] * (1 - steps) + line[1] * steps + bend * np.sin(np.pi * steps))
        fixed = np.rint(points * (1 << BITS)).astype(np.int32)
        paths = np.stack([fixed[:-1], (fixed[:-1] + fixed[1:]) // 2], axis=1) if broken else fixed[None]
        cv2.polylines(mask, list(paths), False, 255, pen, cv2.LINE_AA, BITS)
    return mask.astype(np.float32) * np.float32(min(1.0, thickness) / 255)
