import json
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

import sutja
from sutja.classifier.card import FORMAT, KEY, Card
from sutja.classifier.classifier import BUNDLED, Classifier
from sutja.classifier.export import export, to_onnx
from sutja.classifier.halves import halved, whole
from sutja.data.catalog import DIGIT_NAMES
from sutja.errors import DataError, ModelError, SutjaError
from sutja.models.blocks import channels_of
from sutja.models.registry import NETWORKS, build
from sutja.training.loop import as_input

CARD = Card(DIGIT_NAMES, "digit", "dense", "mnist", 0, 10, 407_050)


def trained_a_little(name: str) -> torch.nn.Sequential:
    """A network whose batch normalisation has seen data, so that folding it matters."""
    torch.manual_seed(0)
    network = build(name, 10)
    for _ in range(3):
        network(torch.rand(16, channels_of(network), 28, 28))
    return network.eval()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_exported_model_predicts_as_the_network_does(name: str, tmp_path: Path) -> None:
    network = trained_a_little(name)
    export(network, CARD, tmp_path / "model.onnx")
    shape = (2, 28, 28) if name == "crops" else (28, 28)
    images = np.random.default_rng(0).integers(0, 256, (37, *shape), np.uint8)
    with torch.inference_mode():
        expected = network(as_input(torch.from_numpy(images))).softmax(1).numpy()
    found = Classifier.load(tmp_path / "model.onnx")(images)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_the_same_weights_give_the_same_bytes() -> None:
    network = trained_a_little("convnet")
    first, second = (to_onnx(network, CARD).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["convnet", "crops"])
def test_in_half_the_bytes_a_model_says_the_same(name: str) -> None:
    model = to_onnx(trained_a_little(name), CARD)
    before = model.SerializeToString(deterministic=True)
    small = halved(model).SerializeToString(deterministic=True)
    assert model.SerializeToString(deterministic=True) == before
    assert 0.5 < len(small) / len(before) < 0.53
    assert Classifier(small).shape == {"convnet": (28, 28), "crops": (2, 28, 28)}[name]
    images = np.random.default_rng(0).integers(0, 256, (37, *Classifier(small).shape), np.uint8)
    np.testing.assert_allclose(Classifier(small)(images), Classifier(before)(images), atol=2e-3)
    assert Classifier(small).card == CARD
    for ours, theirs in zip(whole(small).graph.initializer, model.graph.initializer, strict=True):
        assert ours.name == theirs.name
        np.testing.assert_allclose(numpy_helper.to_array(ours), numpy_helper.to_array(theirs), rtol=1e-3, atol=1e-7)
    assert [node.op_type for node in whole(small).graph.node] == [node.op_type for node in model.graph.node]
    assert whole(before) == model


def test_a_layer_that_cannot_be_exported_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="a layer of type GELU cannot be exported"):
        export(torch.nn.Sequential(torch.nn.GELU()), CARD, tmp_path / "model.onnx")


def test_the_card_comes_back(tmp_path: Path) -> None:
    export(trained_a_little("dense"), CARD, tmp_path / "model.onnx")
    assert Classifier.load(tmp_path).card == CARD


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_models_are_small_and_describe_themselves(name: str) -> None:
    import sutja.classifier

    path = Path(sutja.classifier.__file__).parent / "bundled" / f"{name}.onnx"
    assert path.stat().st_size < 1_000_000
    card = Classifier.load(name).card
    assert card.recipe == "convnet"
    assert card.test_images == 10_000
    assert len(card.classes) == 10


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "dataset", "least"), [("digits", "mnist", 0.995), ("fashion", "fashion-mnist", 0.93)])
def test_bundled_models_are_as_good_as_their_cards_say(name: str, dataset: str, least: float) -> None:
    report = sutja.evaluate(name, dataset)
    assert report.accuracy >= least
    assert report.accuracy == pytest.approx(Classifier.load(name).card.test_accuracy, abs=3e-4)


def other_model() -> bytes:
    """A valid ONNX model that is not one of ours."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def with_metadata(text: str) -> bytes:
    model = to_onnx(trained_a_little("dense"), CARD)
    helper.set_model_props(model, {KEY: text})
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no ONNX model, or is damaged"),
        (b"hello", "is no ONNX model, or is damaged"),
        (to_onnx(trained_a_little("dense"), CARD).SerializeToString()[:5000], "is no ONNX model, or is damaged"),
        (other_model(), "but not one of sutja's"),
        (with_metadata("{}"), "describes itself in a way that cannot be read"),
        (with_metadata("nothing"), "describes itself in a way that cannot be read"),
        (with_metadata(json.dumps({"version": FORMAT + 1})), "Update sutja"),
    ],
)
def test_what_is_not_ours_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        Classifier.load(path)


def test_a_missing_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="unknown model 'digit'. Did you mean 'digits'"):
        Classifier.load("digit")
    with pytest.raises(ModelError, match=r"model\.onnx does not exist"):
        Classifier.load(tmp_path)
    with pytest.raises(ModelError, match=r"nothing\.onnx does not exist"):
        Classifier.load("nothing.onnx")


def test_predict_says_label_name_and_probabilities() -> None:
    prediction = Classifier.load("fashion").predict(np.zeros((28, 28), np.uint8))
    assert prediction.name == Classifier.load("fashion").classes[prediction.label]
    assert prediction.probability == prediction.probabilities.max()


def test_no_images_give_no_rows_and_wrong_ones_an_error() -> None:
    classifier = Classifier.load("digits")
    assert classifier(np.zeros((0, 28, 28), np.uint8)).shape == (0, 10)
    with pytest.raises(DataError):
        classifier(np.zeros((2, 28, 27), np.uint8))


def test_many_images_are_the_same_as_few() -> None:
    images = np.random.default_rng(0).integers(0, 256, (1100, 28, 28), np.uint8)
    classifier = Classifier.load("digits")
    np.testing.assert_allclose(classifier(images)[1030:1040], classifier(images[1030:1040]), atol=1e-5)


def test_saving_over_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SutjaError, match="it is a folder"):
        export(trained_a_little("dense"), CARD, tmp_path)
