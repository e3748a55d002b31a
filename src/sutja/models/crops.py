"""The network that names crops: what the detector found, near, and with more around it."""

from torch import nn

from sutja.models.blocks import Residual, convolution

FINE, COARSE = 64, 128


def crops(classes: int) -> nn.Sequential:
    """Three residual blocks at 14×14 and 7×7 places, then 3×3 features and one dense layer.

    Three and a half times the parameters of `convnet` at little more multiplications, since nothing is computed at the
    full 28×28 places. The second crop shows three times as far around: an o within a word is no 0. Input float32
    `[n, 2, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`.

    Args:
        classes: Number of outputs: ten digits and none; 11 gives 902,539 parameters.
    """
    return nn.Sequential(
        *convolution(2, FINE, stride=2, side=5), Residual(FINE),
        *convolution(FINE, COARSE, stride=2), Residual(COARSE), Residual(COARSE),
        *convolution(COARSE, COARSE, pool=True),
        nn.Flatten(), nn.Linear(COARSE * 9, classes),
    )  # fmt: skip
