"""The network that names crops: what the detector found, near, and with more around it."""

from torch import nn

from sutja.models.blocks import Residual, convolution

STEM, FINE, COARSE = 32, 64, 128


def crops(classes: int) -> nn.Sequential:
    """Two convolutions at 28×28 places, three residual blocks at 14×14 and 7×7, then 3×3 features and one dense layer.

    Every pixel is looked at before anything is halved: at the same time for training that misnames a fifth less than
    more channels behind a coarse first convolution. The second crop shows three times as far around: an o within a word
    is no 0. Input float32 `[n, 2, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`.

    Args:
        classes: Number of outputs: ten digits and none; 11 gives 918,411 parameters.
    """
    return nn.Sequential(
        *convolution(2, STEM), *convolution(STEM, FINE, pool=True), Residual(FINE),
        *convolution(FINE, COARSE, pool=True), Residual(COARSE), Residual(COARSE),
        *convolution(COARSE, COARSE, pool=True),
        nn.Flatten(), nn.Linear(COARSE * 9, classes),
    )  # fmt: skip
