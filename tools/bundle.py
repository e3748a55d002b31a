"""Train the bundled classifiers again and put them into the package: `python tools/bundle.py` (30 minutes on 2 cores).

Each is what a plain `sutja train` gives, on the training images less those held out; the accuracy on the test images is
in its card. Interrupted, the same command continues.
"""

import shutil
from pathlib import Path

from sutja.training.run import resume, train

TARGET = Path(__file__).parents[1] / "src" / "sutja" / "classifier" / "bundled"
SETTINGS = {"digits": ("mnist", 16), "fashion": ("fashion-mnist", 20)}


def main() -> None:
    """Train each model, or finish it, and copy its file."""
    for name, (dataset, epochs) in SETTINGS.items():
        folder = Path("runs", f"bundled-{name}")
        if (folder / "recipe.json").exists():
            resume(folder)
        else:
            train(dataset, "convnet", epochs=epochs, seed=0, out=folder)
        shutil.copyfile(folder / "model.onnx", TARGET / f"{name}.onnx")


if __name__ == "__main__":
    main()
