"""A network at a glance: its layers, their output shapes and parameters."""

from dataclasses import dataclass

from sutja.models.registry import build


@dataclass(frozen=True)
class Layer:
    """One line of a summary; `shape` is of one image's output, without the batch."""

    name: str
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True)
class Summary:
    """The layers of a network; printing it gives a table."""

    network: str
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(layer.parameters for layer in self.layers)

    def __str__(self) -> str:
        rows = [("layer", "output shape", "parameters")]
        rows += [(layer.name, "×".join(map(str, layer.shape)), f"{layer.parameters:,}") for layer in self.layers]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
        rule = "─" * len(lines[0])
        total = f"{'total':<{len(lines[0]) - widths[2]}}{self.parameters:>{widths[2]},}"
        return "\n".join([f"{self.network}: 28×28 pixels in", rule, lines[0], rule, *lines[1:], rule, total])


def summary(network: str, classes: int = 10) -> Summary:
    """List the layers of a network with their output shapes and parameters.

    Args:
        network: One of `sutja.models.registry.NETWORKS`.
        classes: Number of outputs.

    Raises:
        ModelError: no network of that name, or PyTorch is not installed.

    Example:
        >>> summary("dense").parameters
        407050
    """
    model = build(network, classes).eval()
    import torch

    from sutja.models.blocks import channels_of

    layers, values = [], torch.zeros(1, channels_of(model), 28, 28)
    with torch.inference_mode():
        for layer in model:
            values = layer(values)
            count = sum(parameter.numel() for parameter in layer.parameters())
            layers.append(Layer(type(layer).__name__, tuple(values.shape[1:]), count))
    return Summary(network, tuple(layers))
