import numpy as np
import pytest
import torch
from torch import nn

from sutja.training.optimizer import (
    AdamW,
    Optimizer,
    RMSprop,
    learning_rate,
    optimizer_for,
    restore_state,
    state_arrays,
)
from sutja.training.recipe import RECIPES, Recipe


# Keras converts tensors in a way that NumPy 2 remarks on.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_rmsprop_steps_as_keras_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", exc_type=ImportError)
    random = np.random.default_rng(0)
    start = random.normal(size=50).astype(np.float32)
    gradients = random.normal(size=(20, 50)).astype(np.float32) * np.logspace(-6, 1, 50, dtype=np.float32)
    theirs = keras.Variable(start)
    keras_optimizer = keras.optimizers.RMSprop(learning_rate=1e-3, rho=0.9, epsilon=1e-7)
    ours = nn.Parameter(torch.tensor(start))
    optimizer = RMSprop([ours])
    for gradient in gradients:
        keras_optimizer.apply([torch.tensor(gradient)], [theirs])
        ours.grad = torch.tensor(gradient)
        optimizer.step(1e-3)
    np.testing.assert_allclose(ours.detach().numpy(), keras.ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)


def test_rmsprop_starts_from_nothing_that_lay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "empty_like", lambda tensor: torch.full_like(tensor, float("nan")))
    parameter = nn.Parameter(torch.ones(20))
    optimizer = RMSprop([parameter])
    parameter.grad = torch.ones(20)
    optimizer.step(1e-3)
    assert torch.allclose(parameter, torch.tensor(1 - 1e-3 / 0.1**0.5), atol=1e-6)


def test_adamw_steps_as_pytorch_s_does() -> None:
    start, random = torch.linspace(-1, 1, 12).view(3, 4), torch.Generator().manual_seed(0)
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    optimizer, reference = AdamW([ours], 0.1), torch.optim.AdamW([theirs], lr=1e-3, weight_decay=0.1)
    for rate in (1e-2, 3e-2, 1e-3):
        gradient = torch.randn(3, 4, generator=random)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        reference.param_groups[0]["lr"] = rate
        optimizer.step(rate)
        reference.step()
    torch.testing.assert_close(ours, theirs)


def test_gradients_are_forgotten_not_added() -> None:
    weight = nn.Parameter(torch.ones(2))
    optimizer = RMSprop([weight])
    for _ in range(2):
        optimizer.zero_grad()
        (3 * weight).sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    assert weight.grad.tolist() == [3, 3]
    optimizer.zero_grad()
    before = weight.detach().clone()
    optimizer.step(1.0)
    assert torch.equal(weight, before)


@pytest.mark.parametrize("name", ["dense", "convnet"])
def test_the_state_of_an_optimizer_comes_back(name: str) -> None:
    def stepped(parameter: nn.Parameter, optimizer: Optimizer, times: int) -> None:
        for number in range(times):
            parameter.grad = torch.linspace(-1, 1, 7) * (number + 1)
            optimizer.step(1e-2)

    first = nn.Parameter(torch.zeros(7))
    optimizer = optimizer_for(RECIPES[name], [first])
    stepped(first, optimizer, 3)
    second = nn.Parameter(first.detach().clone())
    other = optimizer_for(RECIPES[name], [second])
    restore_state(other, state_arrays(optimizer))
    stepped(first, optimizer, 2)
    stepped(second, other, 2)
    assert torch.equal(first, second)
    with pytest.raises(KeyError):
        restore_state(other, {})


def test_one_cycle_rises_for_a_quarter_and_falls_to_nothing() -> None:
    recipe = Recipe("convnet", schedule="one-cycle", learning_rate=1.0)
    rates = [learning_rate(recipe, step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) == pytest.approx(1.0, abs=0.02)
    assert int(np.argmax(rates)) in (24, 25)
    assert rates[-1] == pytest.approx(1 / 75)
    assert learning_rate(Recipe("dense"), 50, 100) == 1e-3
