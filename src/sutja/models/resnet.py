"""A residual network: as many layers as images of 28×28 pixels pay for."""

from torch import nn

from sutja.models.blocks import Residual, convolution

WIDTHS = (64, 128, 256)
DROPOUT = 0.2


def resnet(classes: int) -> nn.Sequential:
    """Three stages at 28, 14 and 7 pixels, each a convolution and two residual blocks; then the mean of each channel.

    Its blocks are those of He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2016; a convolution
    between stages takes the place of their projections. Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits
    float32 `[n, classes]`.

    Args:
        classes: Number of outputs; 10 gives 3,474,698 parameters.
    """
    layers: list[nn.Module] = []
    channels = 1
    for width in WIDTHS:
        layers += [*convolution(channels, width, 1 if channels == 1 else 2), Residual(width), Residual(width)]
        channels = width
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(channels, classes)
    )
