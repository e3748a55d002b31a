"""The detector: a small fully convolutional network that says at every place which digit's middle is there.

Features are gathered at three scales and joined from coarse to fine (Lin and others, Feature pyramid networks for
object detection, 2017); the outputs are heat maps of centres, sizes and offsets (Zhou, Wang and Krähenbühl, Objects as
points, 2019). It works on two or three octaves of sizes: the reader shows it the picture at several scales.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from sutja.models.blocks import Residual, convolution

STRIDE = 4
"""The outputs have a place for each square of this many pixels a side."""
CLASSES = 10
OUTPUTS = CLASSES + 4
"""Of each place: ten logits, the offset of the middle from that of the place in places (x, y), and the logarithm of
width and height in units of `UNIT` pixels."""
UNIT = 24.0
"""A digit of this many pixels has size 1 for the network."""
WIDTHS = (16, 24, 64, 96)
JOINED = 32


class Detector(nn.Module):
    """Input float32 `[n, 1, h, w]` as `sutja.pictures.contrast.evened` gives it, sides multiples of 16.

    Output float32 `[n, 14, h / 4, w / 4]`. It has about half a million parameters.
    """

    def __init__(self) -> None:
        super().__init__()
        first, fine, middle, coarse = WIDTHS
        self.stem = nn.Sequential(*convolution(1, first, 2), *convolution(first, fine, 2))
        self.middle = nn.Sequential(*convolution(fine, middle, 2), Residual(middle))
        self.coarse = nn.Sequential(*convolution(middle, coarse, 2), Residual(coarse), Residual(coarse))
        self.from_coarse = nn.Conv2d(coarse, middle, 1)
        self.joined_middle = nn.Sequential(*convolution(middle, middle))
        self.from_middle = nn.Conv2d(middle, JOINED, 1)
        self.from_fine = nn.Conv2d(fine, JOINED, 1)
        self.joined_fine = nn.Sequential(*convolution(JOINED, JOINED))
        self.head = nn.Conv2d(JOINED, OUTPUTS, 1)
        with torch.no_grad():
            self.head.bias.zero_()  # type: ignore[union-attr]  # each has one
            self.head.bias[:CLASSES] = -4.6  # type: ignore[index]  # at first nothing is a digit (Lin and others, 2017)

    def forward(self, evened: Tensor) -> Tensor:
        """Logits, offsets and logarithms of sizes for every place."""
        fine = self.stem(evened)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.joined_middle(functional.relu(middle + twice(self.from_coarse(coarse))))
        fine = self.joined_fine(functional.relu(self.from_fine(fine) + twice(self.from_middle(middle))))
        return self.head(fine)  # type: ignore[no-any-return]  # PyTorch says Any


def twice(values: Tensor) -> Tensor:
    """The values at twice the resolution, each as four."""
    return functional.interpolate(values, scale_factor=2.0, mode="nearest")
