"""The optimizers: RMSprop as Keras has it, and AdamW.

They are plain classes. PyTorch's own base class imports its compiler first, which takes about as long as an epoch of a
small network.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from sutja.training.recipe import Recipe

LONG_AGO = 1e6
"""Steps after which Adam no longer corrects its averages for having started from nothing."""


class Optimizer:
    """Moves parameters against their gradients.

    Args:
        parameters: What is moved; each has its gradient in `grad` when a step is taken.

    Attributes:
        parameters: Those.
        state: What is remembered about each parameter, by name: a list of tensors, one for each.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], **state: list[Tensor]) -> None:
        self.parameters: list[Tensor] = list(parameters)
        self.state = state

    def zero_grad(self) -> None:
        """Forget the gradients, so that the next ones are kept as they come and not added to zeros."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self, learning_rate: float) -> None:
        """Move every parameter by its gradient."""
        raise NotImplementedError

    def gradients(self) -> list[Tensor]:
        """The gradient of each parameter."""
        return [torch.zeros_like(each) if each.grad is None else each.grad for each in self.parameters]


class RMSprop(Optimizer):
    """RMSprop as Keras defines it (Hinton, lecture 6e of Neural networks for machine learning, 2012).

    PyTorch's own differs: it adds epsilon after the square root, Keras within. For gradient g and moving average v,
    v ← rho·v + (1 - rho)·g² and w ← w - learning_rate·g / √(v + epsilon).

    The arithmetic is PyTorch's fused kernel of Adam, with nothing kept of its first moment and no epsilon, over
    u = v + epsilon: u ← rho·u + (1 - rho)·(g² + epsilon).
    """

    def __init__(self, parameters: Sequence[nn.Parameter], rho: float = 0.9, epsilon: float = 1e-7) -> None:
        super().__init__(parameters, average=[torch.full_like(each, epsilon) for each in parameters])
        self.rho, self.epsilon = rho, epsilon
        self.moments = [torch.zeros_like(each) for each in parameters]  # 0 times what lay in memory may be NaN
        self.steps = [torch.full((), LONG_AGO, device=each.device) for each in parameters]

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move every parameter by its gradient."""
        average = self.state["average"]
        torch._foreach_add_(average, self.epsilon * (1 - self.rho) / self.rho)
        torch._fused_adam_(
            self.parameters, self.gradients(), self.moments, average, [], self.steps, lr=learning_rate, beta1=0.0,
            beta2=self.rho, weight_decay=0.0, eps=0.0, amsgrad=False, maximize=False,
        )  # fmt: skip


class AdamW(Optimizer):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, Decoupled weight decay, 2017).

    The arithmetic is PyTorch's fused kernel, as in `torch.optim.AdamW(fused=True)`.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], weight_decay: float) -> None:
        first, second = ([torch.zeros_like(each) for each in parameters] for _ in range(2))
        steps = [torch.zeros((), device=each.device) for each in parameters]
        super().__init__(parameters, first=first, second=second, steps=steps)
        self.weight_decay = weight_decay

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move every parameter by its gradient."""
        torch._foreach_add_(self.state["steps"], 1)
        torch._fused_adamw_(
            self.parameters, self.gradients(), self.state["first"], self.state["second"], [], self.state["steps"],
            lr=learning_rate, beta1=0.9, beta2=0.999, weight_decay=self.weight_decay, eps=1e-8, amsgrad=False,
            maximize=False,
        )  # fmt: skip


def optimizer_for(recipe: Recipe, parameters: Sequence[nn.Parameter]) -> Optimizer:
    """The optimizer that a recipe asks for."""
    return RMSprop(parameters) if recipe.optimizer == "rmsprop" else AdamW(parameters, recipe.weight_decay)


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, of `steps` in the whole run."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    rise = 0.25 * steps
    return recipe.learning_rate * min((step + 1) / rise, (steps - step) / (steps - rise))


def state_arrays(optimizer: Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers about each parameter, by a name and the parameter's number: `average/0`."""
    return {f"{name}/{number}": value for name in optimizer.state for number, value in enumerate(optimizer.state[name])}


def restore_state(optimizer: Optimizer, arrays: dict[str, Tensor]) -> None:
    """Give an optimizer back what `state_arrays` took from it.

    Raises:
        KeyError: something is missing.
    """
    for name, value in state_arrays(optimizer).items():
        value.copy_(arrays[name])
