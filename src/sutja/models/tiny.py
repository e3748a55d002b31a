"""A network of fewer than 8,000 parameters: what fits on a microcontroller."""

from torch import nn

from sutja.models.blocks import convolution

WIDTHS = (8, 14, 16, 16, 10)


def tiny(classes: int) -> nn.Sequential:
    """Five narrow 3×3 convolutions with batch normalisation: 28, 14, 7, then 3×3 features and one dense layer.

    Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`.

    Args:
        classes: Number of outputs; 10 gives 7,878 parameters.
    """
    first, second, third, fourth, fifth = WIDTHS
    return nn.Sequential(
        *convolution(1, first), *convolution(first, second), nn.MaxPool2d(2),
        *convolution(second, third), *convolution(third, fourth), nn.MaxPool2d(2),
        *convolution(fourth, fifth), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(fifth * 9, classes),
    )  # fmt: skip
