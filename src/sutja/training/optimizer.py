"""One buffer for all parameters, so that an optimizer step is a few operations however many layers there are."""

import torch
from torch import Tensor, nn

from sutja.training.recipe import Recipe


class RMSprop(torch.optim.Optimizer):
    """RMSprop as Keras defines it (Hinton, lecture 6e of Neural networks for machine learning, 2012).

    PyTorch's own differs: it adds epsilon after the square root, Keras within. For gradient g and moving average v,
    v ← rho·v + (1 - rho)·g² and w ← w - learning_rate·g / √(v + epsilon).
    """

    def __init__(self, parameters: list[nn.Parameter], lr: float = 1e-3, rho: float = 0.9, eps: float = 1e-7):
        super().__init__(parameters, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Move every parameter by its gradient; `closure` is there for the base class and not used."""
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                if not state:
                    state["average"] = torch.zeros_like(parameter)
                average, gradient = state["average"], parameter.grad
                average.mul_(group["rho"]).addcmul_(gradient, gradient, value=1 - group["rho"])
                parameter.addcdiv_(gradient, (average + group["eps"]).sqrt_(), value=-group["lr"])


def flatten(network: nn.Module) -> nn.Parameter:
    """Move all parameters of a network, and their gradients, into one buffer of which each becomes a view.

    Returns:
        The buffer, for an optimizer: float32 `[parameters]`, with its gradient.
    """
    parameters = list(network.parameters())
    buffer = nn.Parameter(torch.cat([parameter.detach().reshape(-1) for parameter in parameters]))
    buffer.grad = torch.zeros_like(buffer)
    start = 0
    for parameter in parameters:
        part = slice(start, start + parameter.numel())
        parameter.data = buffer.data[part].view_as(parameter)
        parameter.grad = buffer.grad[part].view_as(parameter)
        start = part.stop
    return buffer


def optimizer_for(recipe: Recipe, buffer: nn.Parameter) -> torch.optim.Optimizer:
    """The optimizer that a recipe asks for, over the flat buffer of all parameters."""
    if recipe.optimizer == "rmsprop":
        return RMSprop([buffer], lr=recipe.learning_rate)
    return torch.optim.AdamW([buffer], lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, of `steps` in the whole run."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    rise = 0.25 * steps
    return recipe.learning_rate * min((step + 1) / rise, (steps - step) / (steps - rise))


def state_arrays(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers about the buffer, by name."""
    (state,) = optimizer.state_dict()["state"].values() or ({},)
    return {name: torch.as_tensor(value) for name, value in state.items()}


def restore_state(optimizer: torch.optim.Optimizer, arrays: dict[str, Tensor]) -> None:
    """Give an optimizer back what `state_arrays` took from it."""
    whole = optimizer.state_dict()
    copies = {name: value.clone() for name, value in arrays.items()}  # PyTorch would keep the tensors themselves
    optimizer.load_state_dict({**whole, "state": {0: copies} if copies else {}})
