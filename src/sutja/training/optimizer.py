"""The optimizers: RMSprop as Keras has it, AdamW, and Muon.

They are plain classes. PyTorch's own base class imports its compiler first, which takes about as long as an epoch of a
small network.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
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

    def step(self, learning_rate: float | Tensor) -> None:
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
    def step(self, learning_rate: float | Tensor) -> None:
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
    def step(self, learning_rate: float | Tensor) -> None:
        """Move every parameter by its gradient."""
        torch._foreach_add_(self.state["steps"], 1)
        torch._fused_adamw_(
            self.parameters, self.gradients(), self.state["first"], self.state["second"], [], self.state["steps"],
            lr=learning_rate, beta1=0.9, beta2=0.999, weight_decay=self.weight_decay, eps=1e-8, amsgrad=False,
            maximize=False,
        )  # fmt: skip


class Muon(Optimizer):
    """Steps of equal size in every direction for the kernels of convolutions; AdamW for all other parameters.

    The gradient of a kernel, as a matrix with a row for each output, mostly points in few directions. Muon averages it
    over the steps and makes all its singular values about equal before it moves along it (Jordan and others, Muon: an
    optimizer for hidden layers in neural networks, 2024). The step is scaled to the size that AdamW's has, so that both
    take the same learning rate (Liu and others, Muon is scalable for LLM training, 2025).
    """

    def __init__(self, parameters: Sequence[nn.Parameter], weight_decay: float, momentum: float = 0.9) -> None:
        kernels = [each for each in parameters if each.dim() == 4 and each.shape[1] > 1]
        self.others = AdamW([each for each in parameters if each.dim() != 4 or each.shape[1] == 1], weight_decay)
        super().__init__(parameters, momentum=[torch.zeros_like(each) for each in kernels], **self.others.state)
        self.kernels, self.weight_decay, self.momentum = kernels, weight_decay, momentum

    @torch.no_grad()
    def step(self, learning_rate: float | Tensor) -> None:
        """Move every parameter by its gradient."""
        self.others.step(learning_rate)
        for kernel, average in zip(self.kernels, self.state["momentum"], strict=True):
            if kernel.grad is None:
                continue
            average.lerp_(kernel.grad, 1 - self.momentum)
            ahead = kernel.grad.lerp(average, self.momentum).flatten(1)  # of Nesterov
            size = 0.2 * max(ahead.shape) ** 0.5  # the root mean square of AdamW's steps is about 0.2
            kernel.mul_(1 - learning_rate * self.weight_decay)
            kernel.sub_(orthogonalized(ahead).view_as(kernel).mul_(learning_rate * size))


def orthogonalized(matrix: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """A matrix with the singular vectors of the given one, and singular values between about 0.7 and 1.2.

    By five steps of Newton and Schulz's iteration with Jordan's coefficients, in bfloat16 as they need no precision.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    wide: Tensor = matrix.T if tall else matrix
    values = (wide / (wide.norm() + 1e-7)).bfloat16()
    for _ in range(5):
        square = values @ values.T
        values = 3.4445 * values + (-4.7750 * square + 2.0315 * (square @ square)) @ values
    wide = values.to(matrix.dtype)
    return wide.T if tall else wide


def optimizer_for(recipe: Recipe, parameters: Sequence[nn.Parameter]) -> Optimizer:
    """The optimizer that a recipe asks for."""
    if recipe.optimizer == "rmsprop":
        return RMSprop(parameters)
    return (Muon if recipe.optimizer == "muon" else AdamW)(parameters, recipe.weight_decay)


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
