"""Parts that several networks are made of."""

from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    """Two convolutions whose result is added to what they were given.

    After He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2016.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *convolution(width, width), nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, values: Tensor) -> Tensor:
        """The sum, rectified."""
        return functional.relu(values + self.body(values))


def convolution(channels: int, width: int, stride: int = 1) -> tuple[nn.Module, ...]:
    """A 3×3 convolution with batch normalisation and ReLU; the normalisation would undo a bias, so it has none."""
    return (
        nn.Conv2d(channels, width, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )
