"""A small convolutional network in the manner of VGG, with batch normalisation."""

from torch import nn

from sutja.models.blocks import convolution

WIDTHS = (32, 64, 96)
DROPOUT = 0.3


def convnet(classes: int) -> nn.Sequential:
    """Three stages of two 3×3 convolutions, each halving the image: 28, 14, 7, then 3×3 features and one dense layer.

    After Simonyan and Zisserman, Very deep convolutional networks, 2014, with batch normalisation (Ioffe and Szegedy,
    2015) before each ReLU. Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`.

    Args:
        classes: Number of outputs; 10 gives 212,458 parameters.
    """
    layers: list[nn.Module] = []
    channels = 1
    for width in WIDTHS:
        layers += [*convolution(channels, width), *convolution(width, width), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(channels * 9, classes))
