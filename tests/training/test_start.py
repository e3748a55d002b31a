from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

import sutja
from sutja.classifier.classifier import Classifier, bundled
from sutja.classifier.export import export
from sutja.classifier.halves import whole
from sutja.data.dataset import Part
from sutja.errors import ModelError, RunError
from sutja.models.detector import CLASSES
from sutja.pictures.encode import write_picture
from sutja.training.loop import Learner, as_input
from sutja.training.recipe import RECIPES
from sutja.training.start import card_of, detector_from, place_of, start_from, tuned_recipe

BUNDLED_FILES = Path(sutja.__file__).parent / "classifier" / "bundled"


def probabilities(learner: Learner, images: np.ndarray) -> np.ndarray:
    learner.network.eval()
    with torch.no_grad():
        answers = torch.softmax(learner.network(as_input(torch.from_numpy(images))), 1)
    return np.asarray(answers)


def test_a_network_that_starts_from_a_model_says_what_the_model_says() -> None:
    data, recipe = sutja.load("digits"), RECIPES["convnet"]
    learner = Learner.new(recipe, 10, 0)
    start_from("digits", recipe, learner, data)
    expected = bundled("digits")(data.test.images)
    np.testing.assert_allclose(probabilities(learner, data.test.images), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["quick", "quick-deep", "resnet"])
def test_a_normalisation_that_no_convolution_took_in_starts_as_in_the_file(name: str, tmp_path: Path) -> None:
    data, recipe = sutja.load("digits"), RECIPES[name]
    first, second = Learner.new(recipe, 10, 0), Learner.new(recipe, 10, 1)
    for layer in first.network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):  # as after a training, and with weights below 0 among them
            assert layer.running_mean is not None
            assert layer.running_var is not None
            for values in (layer.weight, layer.bias, layer.running_mean):
                torch.nn.init.normal_(values, std=0.5)
            torch.nn.init.uniform_(layer.running_var, 0.1, 2)
    card = replace(bundled("digits").card, recipe=name)
    export(first.network, card, tmp_path / "model.onnx")
    expected = probabilities(first, data.test.images)
    np.testing.assert_allclose(Classifier.load(tmp_path / "model.onnx")(data.test.images), expected, atol=1e-5)
    start_from(str(tmp_path / "model.onnx"), recipe, second, data)
    np.testing.assert_allclose(probabilities(second, data.test.images), expected, atol=1e-5)


def test_a_detector_that_starts_from_a_file_says_what_the_file_says() -> None:
    random = np.random.default_rng(0)
    pictures = random.standard_normal((3, 1, 64, 96)).astype(np.float32)
    network = detector_from((BUNDLED_FILES / "detector.onnx").read_bytes(), torch.from_numpy(pictures))
    session = onnxruntime.InferenceSession(whole((BUNDLED_FILES / "detector.onnx").read_bytes()).SerializeToString())
    with torch.no_grad():
        answers = network(torch.from_numpy(pictures[:1]))[0].numpy()
    scores, shapes = session.run(None, {"evened": pictures[:1]})
    np.testing.assert_allclose(1 / (1 + np.exp(-answers[:CLASSES])), scores, atol=1e-5)
    np.testing.assert_allclose(answers[CLASSES:], shapes, atol=1e-4)
    normalised = network.stem(torch.from_numpy(pictures))  # in use it does as in training: its statistics are these
    np.testing.assert_allclose(
        network.train().stem(torch.from_numpy(pictures)).detach(), normalised.detach(), atol=1e-2
    )


def test_classes_keep_what_is_known_of_them_in_whatever_order() -> None:
    data, recipe = sutja.load("digits"), RECIPES["convnet"]
    odd = replace(data, classes=("7", "cat", "3"), train=Part(data.train.images, data.train.labels % 3))
    learner = Learner.new(recipe, 3, 0)
    start_from("digits", recipe, learner, odd)
    images, labels = data.test
    threes_and_sevens = np.isin(labels, (3, 7))
    answers = probabilities(learner, images[threes_and_sevens])[:, [0, 2]].argmax(1)
    assert np.mean(answers == (labels[threes_and_sevens] == 3)) > 0.97


def test_the_average_starts_from_there_too() -> None:
    recipe = replace(RECIPES["convnet"], average=0.99)
    learner = Learner.new(recipe, 10, 0)
    start_from("digits", recipe, learner, sutja.load("digits"))
    assert learner.average is not None
    assert all(map(torch.equal, learner.average, learner.network.parameters()))


def test_a_model_of_another_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="digits is a convnet, and this run trains a dense"):
        sutja.train("digits", "dense", start="digits", out=tmp_path / "run", progress=False)
    with pytest.raises(ModelError, match="Did you mean 'digits'"):
        sutja.train("digits", start="digit", out=tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("classes", "smaller"), [(tuple("0123456789"), 200), (("7", "1"), 200), (("7", "seven"), 10)])
def test_without_a_recipe_that_of_the_model_is_used_gently(classes: tuple[str, ...], smaller: float) -> None:
    recipe = tuned_recipe(card_of("digits"), classes)
    assert recipe.name == "convnet"
    assert recipe.frozen_statistics
    assert recipe.learning_rate == RECIPES["convnet"].learning_rate / smaller


def test_a_plan_keeps_where_a_model_lies_from_whichever_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of("digits") == "digits"  # the bundled one
    assert place_of(Path("digits")) == str(tmp_path / "digits")
    assert place_of("runs/mine") == str(tmp_path / "runs" / "mine")


def test_garments_of_ones_own_are_framed_as_the_model_has_learned_to_see_them(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name, width in (("Trouser", 40), ("Bag", 90)):
        for number in range(4):
            picture = np.full((120, 120), 250, np.uint8)
            picture[10:110, 60 - width // 2 : 60 + width // 2] = random.integers(60, 160, (100, width))
            write_picture(picture, tmp_path / "mine" / name / f"{number}.png")
    run = sutja.train(tmp_path / "mine", start="fashion", epochs=1, batch_size=2, out=tmp_path / "run", progress=False)
    assert (run.classifier.card.frame, run.plan.frame) == ("garment", "garment")
    assert run.report is not None
    assert sutja.evaluate(run.classifier, tmp_path / "mine").accuracy == run.report.accuracy
    garments = sutja.load(tmp_path / "mine", "garment").train.images
    assert garments[:, 13].any(axis=0).any()
    assert (garments > 0).any(axis=2).sum(axis=1).tolist() == [28] * len(garments)  # a digit would be 20 high
    again = sutja.resume(tmp_path / "run", progress=False)
    assert again.report is not None
    assert again.report.accuracy == run.report.accuracy


def test_a_model_gets_better_when_it_goes_on(tmp_path: Path) -> None:
    first = sutja.train("digits", "dense", epochs=1, out=tmp_path / "first", progress=False)
    assert first.report is not None
    run = sutja.train("digits", start=tmp_path / "first", epochs=2, out=tmp_path / "second", progress=False)
    assert run.report is not None
    assert run.report.accuracy > first.report.accuracy
    assert run.plan.start == str(tmp_path / "first")
