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


def channels_of(network: nn.Sequential) -> int:
    """How many images of 28×28 pixels a network looks at as one: one, but for `crops`."""
    first = next(network.children())
    return first.in_channels if isinstance(first, nn.Conv2d) else 1


def convolution(channels: int, width: int, stride: int = 1, side: int = 3, pool: bool = False) -> list[nn.Module]:
    """A convolution with batch normalisation and ReLU; the normalisation would undo a bias, so it has none.

    Args:
        channels: Of its input.
        width: Channels of its output.
        stride: Pixels from one place to the next.
        side: Of its square kernel, odd.
        pool: Whether the output is halved by max-pooling. That comes before the normalisation, which then has a
            quarter of the work.
    """
    return [
        nn.Conv2d(channels, width, side, stride, padding=side // 2, bias=False),
        *([nn.MaxPool2d(2)] if pool else []),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    ]
