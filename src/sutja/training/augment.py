"""Random changes of training images, drawn anew for every batch and computed for the whole batch at once.

A digit stays the same digit when it is moved, turned, sheared, scaled, wobbled, or written with another pen. Showing a
network such copies teaches it that (Simard, Steinkraus and Platt, Best practices for convolutional neural networks
applied to visual document analysis, 2003).
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

COARSE = 4
"""The wobble is drawn on a grid of this many points a side and made smooth between them."""


@dataclass(frozen=True)
class Augmentation:
    """How far images are changed; each change is drawn uniformly within plus or minus its bound.

    Attributes:
        shift: Pixels, along either axis.
        rotation: Degrees.
        shear: Horizontal shift a pixel of height, as in slanted writing.
        scale: Natural logarithm of the factor, drawn for each axis.
        wobble: Standard deviation in pixels of a smooth random displacement.
        thickness: Share of a full 3×3 dilation (thicker strokes) or erosion (thinner ones).
        flip: Whether half of the images are mirrored left to right.
        erase: Side in pixels of a square that is blanked at a random place (DeVries and Taylor, 2017).
    """

    shift: float = 0.0
    rotation: float = 0.0
    shear: float = 0.0
    scale: float = 0.0
    wobble: float = 0.0
    thickness: float = 0.0
    flip: bool = False
    erase: int = 0

    def __call__(self, images: Float[Tensor, "n c h w"], random: torch.Generator) -> Float[Tensor, "n c h w"]:
        """Change a batch of images.

        Args:
            images: Values within 0 to 1, ink bright on dark.
            random: Where the randomness comes from; the same state gives the same change.
        """
        images = self.moved(images, random)
        if self.thickness:
            images = self.repenned(images, random)
        if self.erase:
            images = self.erased(images, random)
        return images

    def moved(self, images: Tensor, random: torch.Generator) -> Tensor:
        """Shift, rotate, shear, scale, flip and wobble, in one resampling."""
        n, _, side, _ = images.shape
        amount = uniform(random, images.device, 6, n) * 2 - 1
        angle, shear = amount[0] * math.radians(self.rotation), amount[1] * self.shear
        wide, high = torch.exp(amount[2] * self.scale), torch.exp(amount[3] * self.scale)
        if self.flip:
            wide = torch.where(uniform(random, images.device, n) < 0.5, wide, -wide)
        cosine, sine = torch.cos(angle), torch.sin(angle)
        unit = 2 / side  # grid coordinates run from -1 to 1
        rows = (
            torch.stack((cosine * wide, (shear * cosine - sine) * high, amount[4] * self.shift * unit), 1),
            torch.stack((sine * wide, (shear * sine + cosine) * high, amount[5] * self.shift * unit), 1),
        )
        grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
        if self.wobble:
            coarse = torch.randn(n, 2, COARSE, COARSE, generator=random, device=random.device).to(images.device)
            coarse = coarse * (self.wobble * unit)
            smooth = functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)
            grid = grid + smooth.permute(0, 2, 3, 1)
        return functional.grid_sample(images, grid, align_corners=False)

    def repenned(self, images: Tensor, random: torch.Generator) -> Tensor:
        """Make strokes thicker or thinner, by blending each image with its own dilation or erosion."""
        amount = (uniform(random, images.device, len(images), 1, 1, 1) * 2 - 1) * self.thickness
        thick = functional.max_pool2d(images, 3, stride=1, padding=1)
        thin = -functional.max_pool2d(-images, 3, stride=1, padding=1)
        return images + amount.clamp(min=0) * (thick - images) - amount.clamp(max=0) * (thin - images)

    def erased(self, images: Tensor, random: torch.Generator) -> Tensor:
        """Blank a square of each image, which may lie partly outside."""
        side = images.shape[-1]
        corner = uniform(random, images.device, 2, len(images), 1) * (side + self.erase) - self.erase
        place = torch.arange(side, device=images.device)
        rows, columns = ((place >= at) & (place < at + self.erase) for at in corner)
        return images.masked_fill(rows[:, None, :, None] & columns[:, None, None, :], 0.0)


def uniform(random: torch.Generator, device: torch.device, *shape: int) -> Tensor:
    """Numbers from 0 to 1, drawn where the generator is, on a device."""
    return torch.rand(shape, generator=random, device=random.device).to(device)
