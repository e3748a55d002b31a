"""A residual network: as many layers as images of 28×28 pixels pay for."""

from torch import nn

from sutja.models.blocks import Residual, convolution

STEM, FINE, COARSE = 32, 96, 192


def resnet(classes: int) -> nn.Sequential:
    """A convolution at 28×28 places, then two residual blocks each at 14×14 and 7×7; then the mean of each channel.

    Its blocks are those of He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2016; a convolution
    between stages takes the place of their projections, and nothing but the first two convolutions is computed at the
    full 28×28 places, where a channel costs most. Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits float32
    `[n, classes]`.

    Args:
        classes: Number of outputs; 10 gives 1,857,578 parameters.
    """
    layers = convolution(1, STEM)
    for channels, width in ((STEM, FINE), (FINE, COARSE)):
        layers += [*convolution(channels, width, pool=True), Residual(width), Residual(width)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(COARSE, classes))
