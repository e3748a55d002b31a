import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import sutja
from sutja.classifier.classifier import Classifier, as_classifier
from sutja.classifier.export import export
from sutja.classifier.keras_export import export_keras
from sutja.data.dataset import Part
from sutja.errors import ModelError
from sutja.models.registry import NETWORKS
from tests.classifier.test_classifier import CARD, trained_a_little

IMAGES = np.random.default_rng(0).integers(0, 256, (37, 28, 28), np.uint8)
SAMPLES = Path(sutja.__file__).parent / "samples"
KERNEL = np.random.default_rng(1).normal(0, 0.1, (784, 10)).astype(np.float32)

# Keras converts tensors in a way that NumPy 2 remarks on.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def one_layer(keras: ModuleType, shape: tuple[int, ...] = (784,), activation: str = "softmax", *before: Any) -> Any:
    """A network that somebody else has trained, so to speak."""
    dense = keras.layers.Dense(10, activation=activation, use_bias=False)
    model = keras.Sequential([keras.Input(shape), *before, keras.layers.Reshape((784,)), dense])
    dense.set_weights([KERNEL])
    return model


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "crops"])
def test_keras_predicts_with_an_exported_model_as_sutja_does(name: str, keras: ModuleType, tmp_path: Path) -> None:
    export(trained_a_little(name), CARD, tmp_path / "model.onnx")
    export_keras(tmp_path / "model.onnx", tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras")
    pixels = IMAGES.astype(np.float32) / 255
    found = model.predict(pixels.reshape(-1, 784) if name == "dense" else pixels[..., None], verbose=0)
    np.testing.assert_allclose(found, Classifier.load(tmp_path / "model.onnx")(IMAGES), atol=1e-5)
    np.testing.assert_allclose(Classifier.load(tmp_path / "model.keras")(IMAGES), found, atol=1e-6)


def test_a_model_of_pairs_of_crops_is_not_exported(keras: ModuleType, tmp_path: Path) -> None:
    export(trained_a_little("crops"), CARD, tmp_path / "model.onnx")
    with pytest.raises(ModelError, match="takes pairs of crops"):
        export_keras(tmp_path / "model.onnx", tmp_path / "model.keras")
    assert not (tmp_path / "model.keras").exists()


def test_dense_becomes_the_network_of_the_chapter(keras: ModuleType, tmp_path: Path) -> None:
    export(trained_a_little("dense"), CARD, tmp_path / "model.onnx")
    export_keras(tmp_path, tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras")
    assert model.input_shape == (None, 784)
    hidden, output = model.layers[1:]
    assert [(type(layer).__name__, layer.units, layer.activation.__name__) for layer in (hidden, output)] == [
        ("Dense", 512, "relu"),
        ("Dense", 10, "softmax"),
    ]
    assert model.count_params() == 407_050
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(IMAGES.reshape(-1, 784) / 255, sutja.one_hot(np.arange(37) % 10))  # it can go on learning


def test_an_exported_model_keeps_its_card_and_reads_as_the_model_itself(keras: ModuleType, tmp_path: Path) -> None:
    export_keras("fashion", tmp_path / "fashion.keras")
    assert Classifier.load(tmp_path / "fashion.keras").card == Classifier.load("fashion").card
    export_keras("digits", tmp_path / "digits.keras")
    own = Path(sutja.__file__).parent / "classifier" / "bundled" / "digits.onnx"
    found, expected = (sutja.read(SAMPLES / "row.png", model) for model in (tmp_path / "digits.keras", own))
    assert found.text == expected.text == "1234567890"
    for one, other in zip(found.lines[0].digits, expected.lines[0].digits, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=1e-4)


@pytest.mark.parametrize("shape", [(784,), (28, 28), (28, 28, 1), (1, 28, 28)], ids=str)
def test_a_model_of_somebody_else_s_is_fed_as_it_expects(
    shape: tuple[int, ...], keras: ModuleType, tmp_path: Path
) -> None:
    one_layer(keras, shape).save(tmp_path / "theirs.keras")
    classifier = Classifier.load(tmp_path / "theirs.keras")
    np.testing.assert_allclose(classifier(IMAGES), softmax(IMAGES.reshape(-1, 784) / 255 @ KERNEL), atol=1e-5)
    assert classifier.classes == tuple("0123456789")
    assert classifier.card.dataset is None


def test_a_model_that_scales_pixels_itself_is_given_them_whole(keras: ModuleType) -> None:
    expected = softmax(IMAGES.reshape(-1, 784) / 255 @ KERNEL)
    own_scale = one_layer(keras, (28, 28), "softmax", keras.layers.Rescaling(1 / 255))
    inner = keras.Sequential([keras.Input((28, 28)), own_scale])
    for model in (own_scale, inner):
        np.testing.assert_allclose(as_classifier(model)(IMAGES), expected, atol=1e-5)
    centred = one_layer(keras, (28, 28), "softmax", keras.layers.Rescaling(2, offset=-1))
    expected = softmax((IMAGES.reshape(-1, 784) / 127.5 - 1) @ KERNEL)
    np.testing.assert_allclose(as_classifier(centred)(IMAGES), expected, atol=1e-5)


def test_logits_and_sigmoids_become_probabilities(keras: ModuleType) -> None:
    scores = IMAGES.reshape(-1, 784) / 255 @ KERNEL
    np.testing.assert_allclose(as_classifier(one_layer(keras, activation="linear"))(IMAGES), softmax(scores), atol=1e-5)
    shares = 1 / (1 + np.exp(-scores))
    expected = shares / shares.sum(1, keepdims=True)
    np.testing.assert_allclose(as_classifier(one_layer(keras, activation="sigmoid"))(IMAGES), expected, atol=1e-5)


def test_the_chapter_s_model_in_memory_or_in_a_file_can_be_judged_and_read_with(
    keras: ModuleType, tmp_path: Path
) -> None:
    images, labels = sutja.load("digits").train
    dense = keras.layers.Dense
    network = keras.Sequential([dense(512, activation="relu"), dense(10, activation="softmax")])  # its input is unsaid
    network.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    pixels = images.reshape(-1, 784).astype("float32") / 255
    network.fit(pixels, keras.utils.to_categorical(labels), epochs=3, batch_size=128, verbose=0)
    network.save(tmp_path / "mine.keras")
    test = sutja.load("digits").test
    right = network.predict(test.images.reshape(-1, 784) / 255, verbose=0).argmax(1) == test.labels
    for model in (network, tmp_path / "mine.keras"):
        assert sutja.evaluate(model, Part(*test)).accuracy == pytest.approx(right.mean())
        assert len(sutja.read(SAMPLES / "row.png", model).text) == 10
        assert len(sutja.read(SAMPLES / "digit.png", model, method="components").text) == 1


def test_a_model_without_names_can_be_judged_on_any_data_of_as_many_classes(keras: ModuleType, tmp_path: Path) -> None:
    one_layer(keras).save(tmp_path / "theirs.keras")
    assert sutja.evaluate(tmp_path / "theirs.keras", "digits").classes == tuple("0123456789")


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "flipped"])
def test_a_damaged_file_is_refused(damage: str, keras: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "theirs.keras"
    one_layer(keras).save(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    path.write_bytes({"text": b"hello", "empty": b"", "cut": whole[:middle], "flipped": flipped}[damage])
    with pytest.raises(ModelError, match="damaged") as caught:
        Classifier.load(path)
    assert str(path) in str(caught.value)


def test_code_in_a_file_is_not_run(keras: ModuleType, tmp_path: Path) -> None:
    one_layer(keras, (784,), "softmax", keras.layers.Lambda(lambda pixels: pixels)).save(tmp_path / "theirs.keras")
    with pytest.raises(ModelError, match="Keras cannot load .*theirs.keras: .*Lambda"):
        Classifier.load(tmp_path / "theirs.keras")


@pytest.mark.parametrize("suffix", [".h5", ".hdf5"])
def test_keras_s_older_format_is_refused(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"old{suffix}").write_bytes(b"\x89HDF")
    with pytest.raises(ModelError, match=r"older format, which may run code .* save it as \.keras"):
        Classifier.load(tmp_path / f"old{suffix}")


def test_models_of_another_form_are_refused(keras: ModuleType, tmp_path: Path) -> None:
    dense, image = keras.layers.Dense, keras.Input((784,))
    for model, message in (
        (keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), dense(10)]), r"takes \[n, 32, 32, 3\]"),
        (keras.Model([image, other := keras.Input((3,))], [dense(9)(image), dense(9)(other)]), r"784\] and \[n, 3\]"),
        (keras.Sequential([keras.Input((784,)), dense(1)]), "Expected one row for each"),
        (keras.Sequential([keras.Input((28, 28)), dense(10)]), "Expected one row for each"),
    ):
        model.save(tmp_path / "theirs.keras")
        with pytest.raises(ModelError, match=message):
            Classifier.load(tmp_path / "theirs.keras")
    broken = one_layer(keras)
    broken.layers[-1].set_weights([np.full_like(KERNEL, np.nan)])
    with pytest.raises(ModelError, match="the Keras model gives numbers that are not finite"):
        as_classifier(broken)


def test_a_missing_file_and_missing_keras_are_told(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "theirs.keras"
    one_layer(keras).save(path)
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ModelError, match=r'keras is not installed.*pip install ".\[keras\]"'):
        Classifier.load(path)
    with pytest.raises(ModelError, match=r'keras is not installed.*pip install ".\[keras\]"'):
        export_keras("digits", tmp_path / "digits.keras")
    with pytest.raises(ModelError, match=r"nothing\.keras does not exist"):
        Classifier.load("nothing.keras")
    assert not (tmp_path / "digits.keras").exists()


def test_a_card_of_other_classes_is_refused(keras: ModuleType, tmp_path: Path) -> None:
    one_layer(keras).save(tmp_path / "theirs.keras")
    with zipfile.ZipFile(tmp_path / "theirs.keras", "a") as archive:
        archive.writestr("sutja.json", CARD.to_json().replace('"9"', '"9", "10"'))
    with pytest.raises(ModelError, match="names 11 classes and tells apart 10"):
        Classifier.load(tmp_path / "theirs.keras")


def test_an_export_under_another_ending_is_refused(keras: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"mine\.h5 does not end with \.keras"):
        export_keras("digits", tmp_path / "mine.h5")
