"""Train the bundled classifiers again and put them into the package: `python tools/bundle.py` (25 minutes on 2 cores).

Each is what `sutja train DATA --recipe convnet` gives, on the training images less those held out, but that `digits` is
shown changed images to the end, and longer: people's digits are not MNIST's. The accuracy on the test images is in its
card. Both are trained at once, a thread each. Interrupted, the same command continues.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import onnx

from sutja.classifier.halves import halved
from sutja.files import write_bytes
from sutja.training.recipe import find_recipe
from sutja.training.run import resume, train

TARGET = Path(__file__).parents[1] / "src" / "sutja" / "classifier" / "bundled"
CONVNET = find_recipe("convnet")
SETTINGS = {"digits": ("mnist", replace(CONVNET, epochs=24, plain=0)), "fashion": ("fashion-mnist", CONVNET)}


def main() -> None:
    """Train each model, or finish it, and copy its file."""
    with ProcessPoolExecutor(len(SETTINGS), multiprocessing.get_context("spawn")) as pool:
        list(pool.map(bundle, SETTINGS))


def bundle(name: str) -> None:
    """Train one of them."""
    import torch

    torch.set_num_threads(1)
    dataset, recipe = SETTINGS[name]
    folder = Path("runs", f"bundled-{name}")
    if (folder / "recipe.json").exists():
        resume(folder)
    else:
        train(dataset, recipe, seed=0, out=folder)
    model = halved(onnx.load(folder / "model.onnx"))
    write_bytes(TARGET / f"{name}.onnx", model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
