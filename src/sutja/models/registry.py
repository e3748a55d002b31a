"""The networks by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sutja.errors import ModelError, unknown_name

if TYPE_CHECKING:
    from torch import nn

NETWORKS = ("dense", "tiny", "quick", "quick-deep", "convnet", "resnet", "crops")


def build(name: str, classes: int) -> "nn.Sequential":
    """A new network, initialised from PyTorch's global random state.

    Args:
        name: One of `NETWORKS`.
        classes: Number of outputs.

    Raises:
        ModelError: no network of that name, or PyTorch is not installed.
    """
    return constructor(name)(classes)


def constructor(name: str) -> Callable[[int], "nn.Sequential"]:
    """The function that makes a network of that name from its number of classes."""
    if name not in NETWORKS:
        raise ModelError(unknown_name("network", name, NETWORKS))
    try:
        from sutja.models import convnet, crops, dense, quick, resnet, tiny
    except ImportError as error:
        raise ModelError('networks need PyTorch. Install it, in the folder of sutja: pip install ".[train]"') from error
    makers: dict[str, Callable[[int], nn.Sequential]] = {
        "dense": dense.dense,
        "tiny": tiny.tiny,
        "quick": quick.quick,
        "quick-deep": quick.quick_deep,
        "convnet": convnet.convnet,
        "resnet": resnet.resnet,
        "crops": crops.crops,
    }
    return makers[name]
