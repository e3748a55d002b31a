"""The chapter's dense network in Keras, as its documentation trains one; KERAS_BACKEND chooses the backend."""

import json

import keras

from benchmarks.peers.mnist import arguments, load


def main() -> None:
    """Train, judge once, and print the test accuracy."""
    settings = arguments(epochs=10)
    keras.utils.set_random_seed(settings.seed)
    (x_train, y_train), (x_test, y_test) = (
        (images.reshape(-1, 28 * 28).astype("float32") / 255, labels) for images, labels in load(settings.images)
    )
    model = keras.Sequential(
        [
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=settings.epochs, batch_size=128, verbose=0)
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(json.dumps({"accuracy": float(accuracy)}), flush=True)


if __name__ == "__main__":
    main()
