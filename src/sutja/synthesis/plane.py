"""Where a point of a flat page comes to lie in the picture of it."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


@dataclass(frozen=True)
class Plane:
    """A page seen by a camera: turned about its middle, and in perspective.

    Page and picture have the same size and, but for the turn and the perspective, the same pixels.

    Attributes:
        width: Of the page in pixels.
        height: Likewise.
        angle: By which it is turned clockwise, in radians.
        tilt: How much nearer one side is than the other, for both axes: (0, 0) from straight above.
    """

    width: int
    height: int
    angle: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)

    def points(self, places: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "n 2"]:
        """Pixels of the picture for points of the page, x then y."""
        middle = np.array([self.width, self.height]) / 2
        offsets = np.asarray(places, np.float64) - middle
        depth = 1 + offsets @ np.array(self.tilt) / max(self.width, self.height)
        return np.asarray(offsets @ self.turn.T / depth[:, None] + middle, np.float64)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """One point, as `points` does it."""
        return self.seen(x, y)[0]

    def seen(self, x: float, y: float) -> tuple[tuple[float, float], Float64[np.ndarray, "2 2"]]:
        """The pixel of a point of the page, and how small steps from that point change it (the derivative)."""
        half_width, half_height, far = self.width / 2, self.height / 2, max(self.width, self.height)
        tilt_x, tilt_y = self.tilt[0] / far, self.tilt[1] / far
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        x, y = x - half_width, y - half_height
        depth = 1 + tilt_x * x + tilt_y * y
        across, down = (cosine * x - sine * y) / depth, (sine * x + cosine * y) / depth
        linear = (
            ((cosine - across * tilt_x) / depth, (-sine - across * tilt_y) / depth),
            ((sine - down * tilt_x) / depth, (cosine - down * tilt_y) / depth),
        )
        return (across + half_width, down + half_height), np.array(linear)

    @property
    def turn(self) -> Float64[np.ndarray, "2 2"]:
        """The rotation alone."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cosine, -sine], [sine, cosine]])
