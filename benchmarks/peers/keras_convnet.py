"""The network and settings of Keras's example `mnist_convnet`, judged after every epoch.

Two convolutions of 32 and 64 filters, 34,826 parameters, Adam, batches of 128, a tenth held out, 15 epochs.
KERAS_BACKEND chooses the backend.
"""

import json
import time
from typing import Any

import keras

from benchmarks.peers.mnist import Floats, Labels, arguments, load


class Judge(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Prints the test accuracy after every epoch, and how long judging it took."""

    def __init__(self, images: Floats, labels: Labels) -> None:
        super().__init__()
        self.images, self.labels = images, labels

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras gives it
        """Judge and print; Keras gives the epoch, counted from 0."""
        start = time.perf_counter()
        _, accuracy = self.model.evaluate(self.images, self.labels, verbose=0)
        seconds = time.perf_counter() - start
        print(json.dumps({"epoch": epoch + 1, "accuracy": float(accuracy), "evaluation": seconds}), flush=True)


def main() -> None:
    """Train and judge."""
    settings = arguments(epochs=15)
    keras.utils.set_random_seed(settings.seed)
    (x_train, y_train), (x_test, y_test) = (
        (images[..., None].astype("float32") / 255, labels) for images, labels in load(settings.images)
    )
    model = keras.Sequential(
        [
            keras.Input(shape=(28, 28, 1)),
            keras.layers.Conv2D(32, kernel_size=3, activation="relu"),
            keras.layers.MaxPooling2D(pool_size=2),
            keras.layers.Conv2D(64, kernel_size=3, activation="relu"),
            keras.layers.MaxPooling2D(pool_size=2),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        x_train, y_train, batch_size=128, epochs=settings.epochs, validation_split=0.1, verbose=0,
        callbacks=[Judge(x_test, y_test)],
    )  # fmt: skip


if __name__ == "__main__":
    main()
