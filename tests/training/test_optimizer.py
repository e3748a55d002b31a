import numpy as np
import pytest
import torch
from torch import nn

from sutja.training.optimizer import (
    AdamW,
    Muon,
    Optimizer,
    RMSprop,
    learning_rate,
    optimizer_for,
    orthogonalized,
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


@pytest.mark.parametrize("name", ["rmsprop", "adamw", "muon"])
def test_a_learning_rate_may_be_a_tensor(name: str) -> None:
    recipe, start = RECIPES["dense"].with_changes(optimizer=name), torch.linspace(-1, 1, 48)
    moved = []
    for rates in ((1e-2, 3e-3), (torch.tensor(1e-2), torch.tensor(3e-3))):
        parameters = [nn.Parameter(start.clone().view(shape)) for shape in ((4, 3, 2, 2), (6, 8))]
        optimizer = optimizer_for(recipe, parameters)
        for rate in rates:
            for parameter in parameters:
                parameter.grad = parameter.detach() ** 2 + 0.1
            optimizer.step(rate)
        moved.append(parameters)
    for number, tensor in zip(*moved, strict=True):
        assert not torch.allclose(number.flatten(), start, atol=1e-3)
        torch.testing.assert_close(number, tensor)


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


@pytest.mark.parametrize("shape", [(8, 72), (72, 8), (16, 16)])
def test_all_directions_of_a_step_of_muon_are_about_equally_long(shape: tuple[int, int]) -> None:
    random = torch.Generator().manual_seed(0)
    matrix = torch.randn(shape, generator=random)
    matrix[0] *= 10  # one direction is far longer than the others
    left, before, right = torch.linalg.svd(matrix, full_matrices=False)
    result = orthogonalized(matrix)
    after = (left.T @ result @ right.T).diagonal()
    assert before.max() > 3 * before.median()
    assert result.shape == shape
    assert 0.4 < after.min() <= after.max() < 1.4


def test_muon_moves_kernels_as_far_as_adamw_and_the_rest_by_adamw() -> None:
    random = torch.Generator().manual_seed(0)
    kernel, first, bias = (nn.Parameter(torch.zeros(shape)) for shape in ((32, 16, 3, 3), (32, 1, 3, 3), (32,)))
    reference = [nn.Parameter(torch.zeros_like(each)) for each in (first, bias)]
    ours, theirs = Muon([kernel, first, bias], 0.1), AdamW(reference, 0.1)
    for _ in range(3):
        for parameter in (kernel, first, bias):
            parameter.grad = torch.randn(parameter.shape, generator=random)
        for copy, parameter in zip(reference, (first, bias), strict=True):
            copy.grad = parameter.grad
        before = kernel.detach().clone()
        ours.step(1e-2)
        theirs.step(1e-2)
        assert float((kernel.detach() - before).square().mean().sqrt()) == pytest.approx(0.2e-2, rel=0.2)
    assert all(map(torch.equal, (first, bias), reference))


def test_the_state_of_muon_comes_back() -> None:
    def stepped(network: nn.Module, optimizer: Optimizer, steps: range) -> None:
        for number in steps:
            for parameter in network.parameters():
                parameter.grad = torch.full_like(parameter, number + 1.0)
            optimizer.step(1e-2)

    networks = [nn.Sequential(nn.Conv2d(2, 4, 3), nn.Linear(4, 2)) for _ in range(2)]
    first, second = (Muon(list(network.parameters()), 0.1) for network in networks)
    stepped(networks[0], first, range(3))
    networks[1].load_state_dict(networks[0].state_dict())
    restore_state(second, state_arrays(first))
    stepped(networks[0], first, range(3, 5))
    stepped(networks[1], second, range(3, 5))
    for ours, theirs in zip(networks[0].parameters(), networks[1].parameters(), strict=True):
        assert torch.equal(ours, theirs)


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
