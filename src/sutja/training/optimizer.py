"""Optimizers whose step is a few operations, each over the parameters of all layers."""

import torch
from torch import Tensor, nn

from sutja.training.recipe import Recipe


class RMSprop(torch.optim.Optimizer):
    """RMSprop as Keras defines it (Hinton, lecture 6e of Neural networks for machine learning, 2012).

    PyTorch's own differs: it adds epsilon after the square root, Keras within. For gradient g and moving average v,
    v ← rho·v + (1 - rho)·g² and w ← w - learning_rate·g / √(v + epsilon).

    Kept is u = v + epsilon, since u ← rho·u + (1 - rho)·(g² + epsilon): four passes over memory in place of six.
    """

    def __init__(self, parameters: list[nn.Parameter], lr: float = 1e-3, rho: float = 0.9, eps: float = 1e-7):
        super().__init__(parameters, {"lr": lr, "rho": rho, "eps": eps})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Move every parameter by its gradient; `closure` is there for the base class and not used."""
        for group in self.param_groups:
            moved = [parameter for parameter in group["params"] if parameter.grad is not None]
            gradients = [parameter.grad for parameter in moved]
            for parameter in moved:
                if not self.state[parameter]:
                    self.state[parameter]["average"] = torch.full_like(parameter, group["eps"])
            averages = [self.state[parameter]["average"] for parameter in moved]
            epsilon = torch.tensor(group["eps"])
            squares = [torch.addcmul(epsilon.to(one.device), one, one) for one in gradients]
            torch._foreach_lerp_(averages, squares, 1 - group["rho"])
            torch._foreach_addcmul_(moved, gradients, torch._foreach_rsqrt(averages), value=-group["lr"])


def optimizer_for(recipe: Recipe, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer that a recipe asks for."""
    if recipe.optimizer == "rmsprop":
        return RMSprop(parameters, lr=recipe.learning_rate)
    return torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, of `steps` in the whole run."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    rise = 0.25 * steps
    return recipe.learning_rate * min((step + 1) / rise, (steps - step) / (steps - rise))


def state_arrays(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers about each parameter, by the parameter's number and a name: `0/average`."""
    states = optimizer.state_dict()["state"]
    return {f"{number}/{name}": torch.as_tensor(value) for number in states for name, value in states[number].items()}


def restore_state(optimizer: torch.optim.Optimizer, arrays: dict[str, Tensor]) -> None:
    """Give an optimizer back what `state_arrays` took from it."""
    states: dict[int, dict[str, Tensor]] = {}
    for key, value in arrays.items():
        number, name = key.split("/")
        states.setdefault(int(number), {})[name] = value.clone()  # PyTorch would keep the tensors themselves
    optimizer.load_state_dict({**optimizer.state_dict(), "state": states})
