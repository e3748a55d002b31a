import numpy as np
import pytest
import torch
from torch import nn

from sutja.training.optimizer import RMSprop, learning_rate, optimizer_for, restore_state, state_arrays
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
        optimizer.step()
    np.testing.assert_allclose(ours.detach().numpy(), keras.ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", RECIPES)
def test_the_state_of_an_optimizer_comes_back(name: str) -> None:
    def stepped(parameter: nn.Parameter, optimizer: torch.optim.Optimizer, times: int) -> None:
        for number in range(times):
            parameter.grad = torch.linspace(-1, 1, 7) * (number + 1)
            optimizer.step()

    first = nn.Parameter(torch.zeros(7))
    optimizer = optimizer_for(RECIPES[name], [first])
    assert state_arrays(optimizer) == {}
    stepped(first, optimizer, 3)
    second = nn.Parameter(first.detach().clone())
    other = optimizer_for(RECIPES[name], [second])
    restore_state(other, state_arrays(optimizer))
    stepped(first, optimizer, 2)
    stepped(second, other, 2)
    assert torch.equal(first, second)


def test_one_cycle_rises_for_a_quarter_and_falls_to_nothing() -> None:
    recipe = Recipe("convnet", schedule="one-cycle", learning_rate=1.0)
    rates = [learning_rate(recipe, step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) == pytest.approx(1.0, abs=0.02)
    assert int(np.argmax(rates)) in (24, 25)
    assert rates[-1] == pytest.approx(1 / 75)
    assert learning_rate(Recipe("dense"), 50, 100) == 1e-3
