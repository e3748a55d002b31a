"""Everything that the reader has learned, from nothing: `python -m sutja.training.reader --out runs/reader`.

Five steps; all but the fourth leave their results in the run's folder and are skipped where those are there already:

1. the detector learns from composed pages;
2. what it then finds on other composed pages is cropped, right and wrong;
3. the crop classifier learns from these crops what each shows;
4. on pages composed from held-out digits it is measured how sure the two may be;
5. a perceptron learns what tells digits from letters and signs by what is around them.

The files `detector.onnx`, `crops.onnx` and `context.npz` are what the package carries; `--bundle` copies them there.
"""

import argparse
import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from sutja.classifier.export import detector_to_onnx
from sutja.classifier.halves import halved, whole
from sutja.data.dataset import Dataset, Part
from sutja.errors import RunError
from sutja.files import replacing, write_bytes, write_text
from sutja.reading.context import FILE
from sutja.reading.naming import NOT_A_DIGIT
from sutja.synthesis.writer import Digits
from sutja.training.augment import Augmentation
from sutja.training.calibration import FIRST_GUESS, calibrate
from sutja.training.context import train_context
from sutja.training.crops import Crops, crops_of_pages
from sutja.training.detector import STEPS, held_out_digits, train_detector, training_digits
from sutja.training.device import DEVICES, device_named
from sutja.training.plan import Plan, fingerprint
from sutja.training.progress import Progress
from sutja.training.recipe import Recipe
from sutja.training.run import carried_out
from sutja.training.start import place_of

TEST_PAGES, CONTEXT_PAGES = 1_000, 3_000
PAGES, EVERYDAY = 46_000, 0.7
"""Composed pages from which crops are taken, and the share of them that is as people mostly have them."""
CLASSES = (*"0123456789", "none")
RECIPE = Recipe(
    "crops",
    epochs=4,
    batch_size=256,
    optimizer="muon",
    learning_rate=2e-2,
    schedule="one-cycle",
    weight_decay=0.05,
    precision="bfloat16",
    augmentation={"digit": Augmentation(shift=0.7, rotation=8, shear=0.12, scale=0.08, wobble=0.4)},
    plain=1,
)
NAMES = ("detector.onnx", "crops.onnx")
"""The files of the two networks."""
BUNDLED = Path(__file__).parents[1] / "classifier" / "bundled"
GENTLER = 5
"""The crop classifier takes steps so many times smaller where it goes on from another."""
KEPT = 0.5
"""Its weights are then the mean of what it has become and, with this share, of those that it started from: it knows
most of what is new, and forgets less."""


def train_reader(
    out: Path,
    steps: int = STEPS,
    pages: int = PAGES,
    epochs: int | None = None,
    seed: int = 0,
    device: str = "auto",
    start: Path | None = None,
) -> None:
    """Train detector and crop classifier, or go on where it was interrupted.

    Args:
        out: The folder of the run. It may be moved to another machine in between.
        steps: Of the detector's training.
        pages: From which the crop classifier's images are taken.
        epochs: Passes of the crop classifier over them; by default what its recipe says. With 0 and a reader to go on
            from its crop classifier stays as it is.
        seed: Of everything random.
        device: Where the networks are trained: "auto", "cpu", "cuda" or "mps". Pages are composed by the processor.
        start: A folder with the `detector.onnx` and `crops.onnx` of a reader to go on from, with smaller steps; by
            default both learn from nothing.

    Raises:
        RunError: the folder holds a run with other settings or other crops, there is no such device, or no reader to
            go on from.
    """
    place = device_named(device)
    known = [] if start is None else [known_in(start / name) for name in NAMES]
    only_detector = bool(known) and epochs == 0
    recipe = RECIPE.with_changes(epochs=None if only_detector else epochs).on_this_machine(place)
    passes = 0 if only_detector else recipe.epochs
    settings: dict[str, int | str] = {"steps": steps, "pages": pages, "epochs": passes, "seed": seed}
    if known:
        recipe = recipe.with_changes(learning_rate=recipe.learning_rate / GENTLER)
        settings["from"] = fingerprint_of(known)
    agree(out, settings)
    path = out / "detector.onnx"
    if not path.exists():
        network = train_detector(out / "detector", steps, seed, device=place, start=known[0] if known else None)
        guess = asdict(FIRST_GUESS)
        card = {"version": 1, "steps": steps, "seed": seed, "calibration": guess, "presence": guess}
        write_model(path, detector_to_onnx(network, card))
    if only_detector:
        write_bytes(out / NAMES[1], known[1])
    else:
        if not (out / "crops" / "model.onnx").exists():
            data = crops_at(out / "crops.npz", path.read_bytes(), seed, pages)
            plan = plan_of(recipe, data, seed, start and start / NAMES[1], out / "crops")
            carried_out(plan, data, out / "crops", Progress(), place)
        model = onnx.load(out / "crops" / "model.onnx")
        write_model(out / NAMES[1], mixed(model, whole(known[1])) if known else model)
    calibrate(out, seed)
    if not (out / FILE).exists():
        train_context(out, CONTEXT_PAGES, seed)


def known_in(path: Path) -> bytes:
    """A file of a reader to go on from."""
    if not path.is_file():
        raise RunError(f"{path} is not there. A reader to go on from is a folder with {' and '.join(NAMES)}.")
    return path.read_bytes()


def fingerprint_of(known: list[bytes]) -> str:
    """What tells a reader to go on from: of its files, not of their folder, which may be moved."""
    return sha256(b"".join(known)).hexdigest()[:16]


def agree(out: Path, settings: dict[str, int | str]) -> None:
    """Note the settings of a run in its folder; refuse others than were noted before."""
    path = out / "settings.json"
    if path.exists() and (noted := json.loads(path.read_text("utf-8"))) != settings:
        raise RunError(f"{out} holds a run with {noted}, not {settings}. Give another folder, or those settings.")
    write_text(path, json.dumps(settings) + "\n")


def plan_of(recipe: Recipe, data: Dataset, seed: int, start: Path | None, folder: Path) -> Plan:
    """What to do in the folder of the crop classifier; refused where it has begun with other crops than these."""
    source = None if start is None else place_of(start)
    plan, path = Plan("crops", recipe, seed, 0.0, fingerprint(data), start=source), folder / "recipe.json"
    if path.exists() and Plan.from_json(path.read_bytes(), path).fingerprint != plan.fingerprint:
        raise RunError(
            f"{folder} has begun with other crops than those that are there now. Delete it, or bring them back."
        )
    return plan


def mixed(model: onnx.ModelProto, start: onnx.ModelProto) -> onnx.ModelProto:
    """A model with the mean of its weights and, with the share `KEPT`, of those of another of the same network.

    Wortsman et al., Robust fine-tuning of zero-shot models, 2022.
    """
    before = {weight.name: numpy_helper.to_array(weight) for weight in start.graph.initializer}
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32:
            mean = (1 - KEPT) * values + KEPT * before[weight.name]
            weight.CopyFrom(numpy_helper.from_array(mean.astype(np.float32), weight.name))
    return model


def write_model(path: Path, model: onnx.ModelProto) -> None:
    """Write a model as the package carries it: in half the bytes."""
    write_bytes(path, halved(model).SerializeToString(deterministic=True))


def crops_at(path: Path, content: bytes, seed: int, pages: int, letters: int = NOT_A_DIGIT) -> Dataset:
    """The crops in a file; where it does not exist they are collected first.

    Args:
        path: Of the file.
        content: The detector's file.
        seed: Of the pages and of the order.
        pages: From which the crops come.
        letters: The label of letters in words, none or `LETTER`.
    """
    if not path.exists():
        learned = collected(content, training_digits(), seed, pages, letters)
        unseen = collected(content, held_out_digits(), seed + 1, TEST_PAGES, letters)
        with replacing(path) as temporary:
            np.savez(
                temporary, images=learned.images, labels=learned.labels, test_images=unseen.images,
                test_labels=unseen.labels,
            )  # fmt: skip
    with np.load(path) as arrays:
        train, test = Part(arrays["images"], arrays["labels"]), Part(arrays["test_images"], arrays["test_labels"])
    return Dataset("crops", train, test, CLASSES)


def collected(content: bytes, digits: Digits, seed: int, count: int, letters: int) -> Crops:
    """Crops from many composed pages, on all cores, in a random order."""
    parts = [range(start, min(start + 100, count)) for start in range(0, count, 100)]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:  # a fork would copy locks of threads
        done = list(pool.map(crops_of_pages, [(content, digits, seed, part, EVERYDAY, letters) for part in parts]))
    images, labels = np.concatenate([part.images for part in done]), np.concatenate([part.labels for part in done])
    order = np.random.default_rng(seed).permutation(len(labels))
    return Crops(images[order], labels[order])


def bundle(folder: Path) -> None:
    """Copy the files of a reader into the package."""
    for name in (*NAMES, FILE):
        write_bytes(BUNDLED / name, (folder / name).read_bytes())


def main() -> None:
    """Train everything, or go on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/reader"), help="the folder of the run")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches of the detector's training")
    parser.add_argument("--pages", type=int, default=PAGES, help="pages from which the crop classifier's images come")
    parser.add_argument("--epochs", type=int, default=RECIPE.epochs, help="passes of the crop classifier over them")
    parser.add_argument(
        "--from", type=Path, dest="start", help="the folder of a reader to go on from, with smaller steps"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", choices=DEVICES, help="where the networks are trained")
    parser.add_argument("--bundle", action="store_true", help="copy the three files into the package")
    arguments = parser.parse_args()
    train_reader(
        arguments.out, arguments.steps, arguments.pages, arguments.epochs, arguments.seed, arguments.device,
        arguments.start,
    )  # fmt: skip
    if arguments.bundle:
        bundle(arguments.out)


if __name__ == "__main__":
    main()
