"""A small convolutional network in the manner of VGG, with batch normalisation."""

from torch import nn

from sutja.models.blocks import convolution

STEM, FINE, COARSE = 32, 64, 80


def convnet(classes: int) -> nn.Sequential:
    """Seven 3×3 convolutions: one at 28×28 places, three each for 14×14 and 7×7, then the mean of each channel.

    After Simonyan and Zisserman, Very deep convolutional networks, 2014, with batch normalisation (Ioffe and Szegedy,
    2015) before each ReLU. Where the image is halved, it is halved before the normalisation, which then has a quarter
    of the work. Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`.

    Args:
        classes: Number of outputs; 10 gives 255,466 parameters.
    """
    layers = convolution(1, STEM)
    for channels, width in ((STEM, FINE), (FINE, COARSE)):
        layers += convolution(channels, width, pool=True)
        layers += [*convolution(width, width), *convolution(width, width)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(COARSE, classes))
