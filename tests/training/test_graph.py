"""What needs a CUDA card: run where there is one, skipped elsewhere."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import sutja
from sutja.synthesis.writer import Digits
from sutja.training.callback import Callback
from sutja.training.composed import Patches
from sutja.training.detector import Student
from sutja.training.graph import Captured
from sutja.training.history import Epoch
from sutja.training.loop import Learner, Step, Tensors, randomness, train_epoch
from sutja.training.optimizer import learning_rate
from sutja.training.recipe import RECIPES

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA card")
CUDA = torch.device("cuda")


def test_a_graph_computes_what_the_function_does_with_inputs_of_any_shape() -> None:
    def moved(values: Tensor, by: float | Tensor) -> tuple[Tensor, Tensor]:
        return values + by, values.sum()

    captured = Captured(moved, CUDA)
    for number in range(8):
        for size in (5, 3):
            values = torch.arange(size, device=CUDA) * float(number)
            here, total = captured(values, 0.5 * number)
            assert torch.equal(here, values + 0.5 * number)
            assert float(total) == float(values.sum())


def test_what_a_graph_draws_is_new_in_every_call_and_depends_on_the_seed() -> None:
    captured = Captured(lambda _: (torch.rand(4, device=CUDA),), CUDA)
    with torch.random.fork_rng(devices=[0]):
        for _ in range(5):
            captured(0.0)
        drawn = []
        for _ in range(2):
            torch.cuda.manual_seed(7)
            drawn.append(torch.stack([captured(0.0)[0] for _ in range(3)]))
    assert torch.equal(*drawn)
    assert len(torch.unique(drawn[0])) == 12


@pytest.mark.parametrize("name", ["dense", "dense-augmented", "quick-deep", "convnet"])
@pytest.mark.parametrize("plain", [0, 1])
def test_captured_steps_learn_what_eager_ones_do(name: str, plain: int) -> None:
    recipe = replace(RECIPES[name].with_changes(batch_size=60, precision="float32", epochs=2), plain=plain)
    data = Tensors.of(sutja.load("digits").train, CUDA)
    learner, eager = (Learner.new(recipe, 10, 3, CUDA) for _ in range(2))
    for epoch in range(2):
        loss, _ = train_epoch(learner, recipe, data, "digit", 3, lambda *_: None)
        total = 0.0
        with randomness(3, epoch + 1, CUDA) as (ordering, augmenting):
            augment = recipe.augmentation.get("digit") if epoch < 2 - plain else None
            step = Step(eager, recipe, data, augment, augmenting)
            batches = torch.split(torch.randperm(len(data.labels), generator=ordering).to(CUDA), 60)
            eager.network.train()
            for number, batch in enumerate(batches):
                rate = learning_rate(recipe, epoch * len(batches) + number, 2 * len(batches))
                total += float(step(batch, rate)[0])
        assert loss == pytest.approx(total / len(data.labels), rel=(0.02, 0.25)[epoch])  # by then roundings have grown
    assert len(learner.captured) == (2 if plain and recipe.augmentation else 1)


def test_other_labels_of_the_same_images_are_learned_from() -> None:
    recipe = RECIPES["dense"].with_changes(batch_size=60, learning_rate=1e-8)
    right = Tensors.of(sutja.load("digits").train, CUDA)
    wrong = Tensors(right.images, (right.labels + 1) % 10)
    learner = Learner.new(RECIPES["dense"], 10, 0, CUDA)
    for _ in range(3):
        train_epoch(learner, RECIPES["dense"], right, "digit", 0, lambda *_: None)
    accuracies = [train_epoch(learner, recipe, data, "digit", 0, lambda *_: None)[1] for data in (right, wrong)]
    assert accuracies[0] > 0.8
    assert accuracies[1] < 0.1


def test_the_person_s_own_randomness_goes_on(tmp_path: Path) -> None:
    drawn = []
    for train in (False, True):
        torch.cuda.manual_seed(1)
        if train:
            sutja.train(
                "digits", recipe="dense-augmented", epochs=1, device="cuda", out=tmp_path / "run", progress=False
            )
        drawn.append(float(torch.rand((), device=CUDA)))
    assert drawn[0] == drawn[1]


def test_a_detector_learns_the_same_from_graphs() -> None:
    part = sutja.load("digits").train
    patches = Patches(Digits(part.images, part.labels), 0, 8)
    batch = [torch.stack(parts) for parts in zip(*(patches[number] for number in range(8)), strict=True)]
    losses = []
    for device in (CUDA, torch.device("cpu")):
        student = Student.new(0, device)
        student.computed_in = "float32"
        losses.append([float(student.learn(batch, 1000).sum()) for _ in range(12)])
    assert losses[0][-1] < 0.9 * losses[0][0]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.03)


class Interruption(Callback):
    def on_epoch(self, epoch: Epoch) -> None:
        if epoch.epoch == 5:
            raise KeyboardInterrupt


def test_a_run_on_the_card_ends_as_well_as_one_on_the_processor_interrupted_or_not(tmp_path: Path) -> None:
    for device in ("cuda", "cpu"):
        sutja.train("digits", recipe="quick-deep", out=tmp_path / device, device=device, progress=False)
    with pytest.raises(KeyboardInterrupt):
        sutja.train(
            "digits", recipe="quick-deep", out=tmp_path / "in-two", device="cuda", progress=False,
            callbacks=[Interruption()],
        )  # fmt: skip
    sutja.resume(tmp_path / "in-two", device="cuda", progress=False)
    runs = {name: sutja.resume(tmp_path / name, device="cpu", progress=False) for name in ("cuda", "cpu", "in-two")}
    for name in ("cuda", "in-two"):
        assert runs[name].history["loss"] == pytest.approx(runs["cpu"].history["loss"], rel=0.2)
    assert runs["in-two"].history["loss"][:6] == pytest.approx(runs["cuda"].history["loss"][:6], rel=0.05)
