import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import sutja
from sutja.data.dataset import Dataset, Part
from sutja.errors import DataError, RunError
from sutja.training.augment import Augmentation
from sutja.training.callback import Callback
from sutja.training.checkpoint import load_checkpoint, save_checkpoint
from sutja.training.history import Epoch, History
from sutja.training.loop import AVERAGE_EVERY, Learner, Tensors, copies, randomness, train_epoch
from sutja.training.plan import Plan, fingerprint, free_folder, held_out
from sutja.training.recipe import RECIPES, Recipe, find_recipe, recipe_from_dict
from sutja.training.run import carried_out


def weights(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "checkpoint" / "last.npz") as archive:
        return {name: value for name, value in archive.items() if name != "history"}


def same(first: Path, second: Path) -> bool:
    ours, theirs = weights(first), weights(second)
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_a_run_leaves_its_folder(tmp_path: Path) -> None:
    run = sutja.train("digits", epochs=3, out=tmp_path / "run", progress=False)
    assert sorted(path.name for path in run.folder.iterdir()) == [
        "checkpoint",
        "history.csv",
        "model.onnx",
        "recipe.json",
        "report.html",
        "report.json",
    ]
    assert len(run.history) == len(run.history["accuracy"]) == len(run.history["validation_accuracy"]) == 3
    assert run.history["accuracy"][2] > run.history["accuracy"][0]
    assert History.from_csv((run.folder / "history.csv").read_text()) == run.history
    assert run.report is not None
    assert json.loads((run.folder / "report.json").read_text())["accuracy"] == run.report.accuracy
    assert run.classifier.card.test_accuracy == run.report.accuracy
    assert run.classifier.card.parameters == 407_050
    assert sutja.evaluate(run.folder, "digits").accuracy == run.report.accuracy


@pytest.mark.parametrize("recipe", ["dense", "dense-augmented", "tiny", "quick", "quick-deep", "convnet"])
def test_the_same_seed_gives_the_same_weights_bit_for_bit(recipe: str, tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        sutja.train("digits", recipe, epochs=1, seed=seed, out=tmp_path / name, progress=False)
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "a/model.onnx").read_bytes() == (tmp_path / "b/model.onnx").read_bytes()


def test_training_leaves_the_global_random_state_alone(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(("recipe", "epochs"), [("dense", 30), ("convnet", 4)])
def test_a_killed_run_resumes_to_the_same_weights(recipe: str, epochs: int, tmp_path: Path) -> None:
    sutja.train("digits", recipe, epochs=epochs, seed=3, out=tmp_path / "whole", progress=False)
    killed = tmp_path / "killed"
    script = f"import sutja; sutja.train('digits', {recipe!r}, epochs={epochs}, seed=3, out={str(killed)!r})"
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while f"2/{epochs}" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert not (killed / "model.onnx").exists()
    assert 2 <= int(weights(killed)["epoch"]) < epochs
    run = sutja.resume(killed, progress=False)
    assert same(tmp_path / "whole", killed)
    assert len(run.history) == epochs
    assert (tmp_path / "whole/model.onnx").read_bytes() == (killed / "model.onnx").read_bytes()


@pytest.mark.parametrize("missing", ["checkpoint/last.npz", "model.onnx", "report.html"])
def test_a_run_resumes_from_any_moment(missing: str, tmp_path: Path) -> None:
    run = sutja.train("digits", epochs=2, out=tmp_path / "run", progress=False)
    before, model = weights(run.folder), (run.folder / "model.onnx").read_bytes()
    (run.folder / missing).unlink()
    again = sutja.resume(run.folder, progress=False)
    assert (run.folder / missing).exists()
    assert all(np.array_equal(before[name], value) for name, value in weights(run.folder).items())
    assert (run.folder / "model.onnx").read_bytes() == model
    assert len(again.history) == 2


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no run folder: cannot read"):
        sutja.resume(tmp_path)
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(RunError, match=r"recipe\.json is damaged"):
        sutja.resume(tmp_path)


def test_a_damaged_checkpoint_is_refused_and_kept(tmp_path: Path) -> None:
    sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False)
    path = tmp_path / "run" / "checkpoint" / "last.npz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError, match=r"last\.npz is no checkpoint, or is damaged"):
        sutja.resume(tmp_path / "run")
    assert path.stat().st_size == 1000


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "last.npz"
    save_checkpoint(path, Learner.new(RECIPES["dense"], 10, 0), History())
    with pytest.raises(RunError, match="belongs to another network"):
        load_checkpoint(path, Learner.new(RECIPES["convnet"], 10, 0))


def test_changed_data_is_not_continued(tmp_path: Path) -> None:
    run = sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False)
    plan = json.loads((run.folder / "recipe.json").read_text())
    (run.folder / "recipe.json").write_text(json.dumps({**plan, "fingerprint": 1}))
    with pytest.raises(RunError, match="has changed since"):
        sutja.resume(run.folder)


def test_a_run_folder_that_exists_is_refused(tmp_path: Path) -> None:
    sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False)
    with pytest.raises(RunError, match="Continue it with `sutja train --resume"):
        sutja.train("digits", out=tmp_path / "run")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    with pytest.raises(RunError, match="exists and is not empty"):
        sutja.train("digits", out=tmp_path / "other")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"recipe": "dence"}, "unknown recipe 'dence'. Did you mean 'dense'"),
        ({"epochs": 0}, "epochs must be above 0; found 0"),
        ({"learning_rate": -1.0}, "learning_rate must be above 0"),
        ({"batch_size": 5000}, r"a batch of 5000 is larger than the 1318 images.*--batch-size 329"),
        ({"validation": 1.0}, "from 0 to below 1; found 1.0"),
        ({"seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_settings_out_of_range_are_refused_and_leave_nothing(
    settings: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match=message):
        sutja.train("digits", out=tmp_path / "run", **settings)  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()


def test_a_loss_that_is_no_number_stops_with_the_step_and_the_rate(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"the loss is nan at step \d+ of epoch 1, with learning rate 1e\+30"):
        sutja.train("digits", learning_rate=1e30, epochs=2, out=tmp_path / "run", progress=False)


def test_weights_that_are_no_numbers_after_the_last_step_are_not_kept(tmp_path: Path) -> None:
    digits = sutja.load("digits")
    data = Dataset("few", Part(digits.train.images[:20], digits.train.labels[:20]), digits.test, digits.classes)
    recipe = Recipe("dense", epochs=1, batch_size=20, optimizer="adamw", learning_rate=float("inf"))
    with pytest.raises(RunError, match="the weights are no numbers any more at step 1 of epoch 1"):
        carried_out(Plan("few", recipe, 0, 0.0, fingerprint(data)), data, tmp_path / "run", Callback())
    assert not (tmp_path / "run" / "model.onnx").exists()


def test_each_class_keeps_a_picture_to_learn_from() -> None:
    labels = np.array([0, 1, 0, 1, 2, 2, 3], np.uint8)
    images = np.zeros((7, 28, 28), np.uint8) + np.arange(7, dtype=np.uint8)[:, None, None]
    data = Dataset("few", Part(images, labels), Part(images[:0], labels[:0]), tuple("abcd"))
    training, validation = held_out(data, 0.5, batch_size=2)
    assert training.images[:, 0, 0].tolist() == [0, 1, 2, 4, 6]
    assert validation.images[:, 0, 0].tolist() == [3, 5]
    assert validation.labels.tolist() == [1, 2]
    with pytest.raises(RunError, match=r"larger than the 2 images .* Add pictures, or lower --validation"):
        held_out(Dataset("few", Part(images[:4], labels[:4]), data.test, tuple("ab")), 0.9, batch_size=10)


@pytest.mark.parametrize("content", [b'{"dataset": "\xff"}', b'{"recipe": {"augmentation": []}}', b"[]"])
def test_a_recipe_file_of_something_else_is_damaged(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_bytes(content)
    with pytest.raises(RunError, match=r"recipe\.json is damaged"):
        sutja.resume(tmp_path)


def test_without_held_out_images_there_are_no_validation_figures(tmp_path: Path) -> None:
    run = sutja.train("digits", epochs=1, validation=0, out=tmp_path / "run", progress=False)
    assert run.history["validation_accuracy"] == []
    assert "validation" not in str(next(iter(run.history)))


def test_a_folder_of_pictures_trains(tmp_path: Path) -> None:
    from sutja.data.source import load
    from sutja.pictures.encode import write_picture

    images, labels = load("digits").train
    for label in (3, 8):
        for number, image in enumerate(images[labels == label][:40]):
            write_picture(255 - np.kron(image, np.ones((3, 3), np.uint8)), tmp_path / f"mine/{label}/{number}.png")
    run = sutja.train(tmp_path / "mine", epochs=8, batch_size=16, out=tmp_path / "run", progress=False)
    assert run.classifier.classes == ("3", "8")
    assert run.report is not None
    assert run.report.accuracy > 0.9


def test_an_epoch_is_what_a_plain_loop_gives() -> None:
    part = sutja.load("digits").test
    recipe, images = Recipe("dense"), torch.from_numpy(part.images / 255).float()[:, None]
    learner, plain = (Learner.new(recipe, 10, 5) for _ in range(2))
    loss, accuracy = train_epoch(learner, recipe, Tensors.of(part), "digit", 5, lambda *_: None)
    with randomness(5, 1) as (random, _):
        order = torch.randperm(len(part.labels), generator=random)
    averages = [torch.zeros_like(parameter) for parameter in plain.network.parameters()]
    losses, right = [], 0
    for start in range(0, len(order), 128):
        batch = order[start : start + 128]
        labels = torch.from_numpy(part.labels)[batch].long()
        logits = plain.network(images[batch])
        batch_loss = torch.nn.functional.nll_loss(torch.log_softmax(logits, 1), labels)
        parameters = list(plain.network.parameters())
        for parameter, average, gradient in zip(
            parameters, averages, torch.autograd.grad(batch_loss, parameters), strict=True
        ):
            average.copy_(0.9 * average + 0.1 * gradient**2)
            parameter.data -= 1e-3 * gradient / torch.sqrt(average + 1e-7)
        losses += [float(batch_loss.detach())] * len(batch)
        right += int((logits.argmax(1) == labels).sum())
    assert loss == pytest.approx(np.mean(losses), rel=1e-4)
    assert accuracy * len(order) == pytest.approx(right, abs=1.01)  # rounding may decide for the other of two equals
    for ours, theirs in zip(learner.network.parameters(), plain.network.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def test_the_average_follows_the_weights_and_is_what_is_judged() -> None:
    part = sutja.load("digits").test
    recipe = Recipe("dense", average=0.9, batch_size=20)
    learner = Learner.new(recipe, 10, 1)
    expected, steps = copies(learner.network), 0

    def follow(*_: object) -> None:
        nonlocal expected, steps
        if steps % AVERAGE_EVERY == 0:
            kept = min(0.9**AVERAGE_EVERY, steps / (steps + 10))
            pairs = zip(expected, copies(learner.network), strict=True)
            expected = [kept * old + (1 - kept) * new for old, new in pairs]
        steps += 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sutja.training.loop.WATCH_EVERY", 1)
        train_epoch(learner, recipe, Tensors.of(part), "digit", 1, follow)
    assert learner.average is not None
    assert steps > 2 * AVERAGE_EVERY
    torch.testing.assert_close(learner.average, expected)
    own = copies(learner.network)
    with learner.averaged() as network:
        assert all(map(torch.equal, network.parameters(), learner.average))
    assert all(map(torch.equal, learner.network.parameters(), own))


def test_the_last_epochs_show_images_as_they_are() -> None:
    changed = []

    class Remembered(Augmentation):
        def __call__(self, images: torch.Tensor, random: torch.Generator) -> torch.Tensor:
            changed.append(learner.epoch)
            return images

    recipe = Recipe("quick", epochs=4, plain=1, batch_size=300, augmentation={"digit": Remembered()})
    learner, data = Learner.new(recipe, 10, 1), Tensors.of(sutja.load("digits").test)
    for _ in range(4):
        train_epoch(learner, recipe, data, "digit", 1, lambda *_: None)
    assert set(changed) == {0, 1, 2}


def test_progress_is_reported_through_an_epoch() -> None:
    images = np.random.default_rng(0).integers(0, 256, (1000, 28, 28), np.uint8)
    data = Tensors.of(Part(images, (np.arange(1000) % 10).astype(np.uint8)))
    seen: list[tuple[int, int]] = []
    recipe = Recipe("dense", batch_size=32)
    train_epoch(
        Learner.new(recipe, 10, 0), recipe, data, "digit", 0, lambda done, steps, *_: seen.append((done, steps))
    )
    assert seen == [(20, 32), (32, 32)]


def test_randomness_depends_on_seed_and_epoch() -> None:
    draws = []
    for seed, epoch in ((0, 1), (0, 1), (0, 2), (1, 1)):
        with randomness(seed, epoch) as (random, _):
            draws.append((float(torch.rand(1, generator=random)), float(torch.rand(1))))
    assert draws[0] == draws[1]
    assert len(set(draws)) == 3


@pytest.mark.parametrize("name", RECIPES)
def test_plans_come_back_from_json(name: str) -> None:
    plan = Plan("mnist", find_recipe(name), 3, 0.1, 12345)
    assert Plan.from_json(plan.to_json(), Path("recipe.json")) == plan
    with pytest.raises(TypeError):
        recipe_from_dict({"augmentation": {}, "no_such_field": 1})


def test_histories_come_back_from_csv() -> None:
    history = History((Epoch(1, 0.5, 0.9, None, None, 1.5), Epoch(2, 0.25, 0.95, 0.3, 0.94, 1.25)))
    assert History.from_csv(history.to_csv()) == history
    assert history["validation_loss"] == [0.3]
    with pytest.raises(KeyError, match="no column 'acc'"):
        history["acc"]
    with pytest.raises(RunError, match="the history is damaged"):
        History.from_csv("epoch,loss\n1,2\n")


def test_a_folder_that_is_named_like_a_data_set_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits").mkdir()
    run = sutja.train("digits", "dense", epochs=1, progress=False)
    assert run.plan.dataset == "digits"
    assert sutja.resume(run.folder, progress=False).history == run.history


def test_no_run_is_left_among_the_pictures_nor_of_one_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match="lies among the pictures"):
        sutja.train(".", progress=False)
    with pytest.raises(DataError):
        sutja.train("no such data", progress=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("setting", [{"optimizer": "sgd"}, {"schedule": "onecycle"}, {"precision": "bf16"}])
def test_a_word_that_no_recipe_knows_is_refused(setting: dict[str, str]) -> None:
    with pytest.raises(RunError, match=f"unknown {next(iter(setting))}"):
        RECIPES["dense"].with_changes(**setting)


def test_a_model_says_how_long_it_learned(tmp_path: Path) -> None:
    run = sutja.train(
        "digits", "dense", epochs=40, patience=1, learning_rate=0.02, out=tmp_path / "run", progress=False
    )
    assert len(run.history) < 40
    assert run.classifier.card.epochs == run.history.best
    assert f"{run.history.best} epochs" in (run.folder / "report.html").read_text("utf-8")


def test_runs_get_names_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert free_folder("mnist-dense") == Path("runs/mnist-dense")
    assert Path("runs/mnist-dense").is_dir()  # taken, before anything is in it
    assert free_folder("mnist-dense") == Path("runs/mnist-dense-2")


def test_a_full_disk_while_saving_keeps_the_old_checkpoint(tmp_path: Path) -> None:
    sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False)
    before = weights(tmp_path / "run")
    plan = json.loads((tmp_path / "run/recipe.json").read_text())
    plan["recipe"]["epochs"] = 2
    (tmp_path / "run/recipe.json").write_text(json.dumps(plan))
    script = (
        "import resource, sutja; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"sutja.resume({str(tmp_path / 'run')!r}, progress=False)"
    )
    # Coverage data is larger than the limit that stands for the full disk, so this process is not measured.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert "SutjaError: cannot write" in done.stderr
    assert all(np.array_equal(before[name], value) for name, value in weights(tmp_path / "run").items())


def test_ctrl_c_keeps_the_checkpoint_and_says_how_to_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-c", "from sutja.cli.app import main; main()", "train", "digits", "--epochs", "2000"]
    process = subprocess.Popen([*command, "--out", str(folder)], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "epoch" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait() == 1
    process.stderr.close()
    assert rest.splitlines()[-1].endswith(f"continue with `sutja train --resume {folder}`.")
    assert "Traceback" not in rest
    assert int(weights(folder)["epoch"]) >= 1


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "least"), [("mnist", 0.975), ("fashion-mnist", 0.84)])
def test_the_chapter_s_network_learns_real_data(name: str, least: float, tmp_path: Path) -> None:
    start = time.perf_counter()
    run = sutja.train(name, recipe="dense", epochs=4, out=tmp_path / "run", progress=False)
    assert run.report is not None
    assert run.report.accuracy >= least, f"after {time.perf_counter() - start:.0f} s"
