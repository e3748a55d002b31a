"""What is no digit, learned anew: `python -m sutja.training.refine --out runs/refined`.

A short training on new pages makes the network that names crops forget what a long one taught it: 7s become 1s. Here
it keeps the names that it gives, and learns only what is a digit and what is none. A crop of a digit has for its target
what the network said of it before, shared among the ten digits; a crop of a letter all that it said of it; a crop of
anything else has "none" (after Li and Hoiem, Learning without forgetting, 2018). Its first convolutions stay as they
are. Its weights are then the mean of the former ones and those learned (`sutja.training.reader.mixed`): half of what
was learned is kept so, and of digits it is as sure as before. The detector stays, and how sure it may be; what the
surroundings say is learned anew.
"""

import argparse
import sys
import time
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import Tensor, nn
from torch.nn import functional

from sutja.classifier.classifier import Classifier
from sutja.classifier.export import to_onnx
from sutja.classifier.halves import whole
from sutja.data.dataset import Part
from sutja.files import write_bytes
from sutja.models.blocks import Residual
from sutja.models.crops import crops
from sutja.reading.context import FILE
from sutja.reading.naming import NOT_A_DIGIT
from sutja.training.context import train_context
from sutja.training.crops import LETTER
from sutja.training.loop import as_input
from sutja.training.optimizer import AdamW
from sutja.training.reader import (
    BUNDLED,
    CLASSES,
    CONTEXT_PAGES,
    NAMES,
    agree,
    bundle,
    crops_at,
    fingerprint_of,
    known_in,
    mixed,
    write_model,
)  # fmt: skip
from sutja.training.start import SEEN, fill, weights_in

PAGES = 40_000
BATCH, LEARNING_RATE, RISING = 256, 3e-4, 100
"""Crops a step; the highest rate of AdamW, reached after so many steps, from where it falls along half a cosine."""
REPORTED = 100
"""After so many steps a line is printed."""


def refined(content: bytes, data: Part, seed: int = 0) -> nn.Sequential:
    """A network that names crops as another does, and has learned anew which of them show no digit.

    Args:
        content: The file of the network to go on from.
        data: Crops, uint8 `[n, 2, 28, 28]`, and what each shows: a digit, 10 for none, or `LETTER`. Each is seen once.
        seed: Of their order.
    """
    network = network_in(content, data.images[:SEEN])
    layers = list(network)
    first = next(number for number, layer in enumerate(layers) if isinstance(layer, Residual))
    stem, rest = nn.Sequential(*layers[:first]), nn.Sequential(*layers[first:])
    former = deepcopy(rest)
    optimizer, begun = AdamW(list(rest.parameters()), weight_decay=0.0), time.perf_counter()
    steps = len(data.labels) // BATCH
    order = np.random.default_rng(seed).permutation(len(data.labels))[: steps * BATCH]
    for step, batch in enumerate(order.reshape(-1, BATCH)):
        with torch.no_grad():
            features = stem(as_input(torch.from_numpy(data.images[batch])))
            targets = targets_of(former(features), data.labels[batch])
        optimizer.zero_grad()
        loss = -(targets * functional.log_softmax(rest(features), 1)).sum(1).mean()
        loss.backward()  # type: ignore[no-untyped-call]  # PyTorch's
        falling = 0.5 + 0.5 * float(np.cos(np.pi * step / steps))
        optimizer.step(LEARNING_RATE * min(1.0, (step + 1) / RISING) * falling)
        if (step + 1) % REPORTED == 0 or step + 1 == steps:
            took = time.perf_counter() - begun
            sys.stderr.write(f"{step + 1} of {steps}: loss {loss.item():.4f}, {took:.0f} s\n")
    return network


@torch.no_grad()
def network_in(content: bytes, images: UInt8[np.ndarray, "n 2 28 28"]) -> nn.Sequential:
    """The network of a file of crops, in evaluation; the images show how far the outputs of its layers spread."""
    network = crops(len(CLASSES)).eval()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
    fill(network, as_input(torch.from_numpy(images)), weights_in(content), list(range(len(CLASSES))))
    return network


def targets_of(logits: Float32[Tensor, "n 11"], labels: UInt8[np.ndarray, "n"]) -> Float32[Tensor, "n 11"]:
    """Of none that it is none, of a digit what the logits say but that it may be none, of letters all that they say."""
    targets, shown = functional.pad(functional.softmax(logits[:, :NOT_A_DIGIT], 1), (0, 1)), torch.from_numpy(labels)
    targets[shown == NOT_A_DIGIT] = functional.one_hot(torch.tensor(NOT_A_DIGIT), len(CLASSES)).float()
    targets[shown == LETTER] = functional.softmax(logits[shown == LETTER], 1)
    return targets


def mistaken(classifier: Classifier, held_out: Part) -> str:
    """How many held-out digits a network holds for none, and how many of the rest for digits."""
    none, digit = classifier(held_out.images).argmax(axis=1) == NOT_A_DIGIT, held_out.labels < NOT_A_DIGIT
    return (
        f"of {digit.sum():,} digits {(none & digit).sum():,} are held for none, "
        f"of {(~digit).sum():,} others {(~none & ~digit).sum():,} for digits"
    )


def main() -> None:
    """Collect crops, learn from them, and learn what the surroundings say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/refined"), help="the folder of the run")
    parser.add_argument(
        "--from", type=Path, dest="start", default=BUNDLED, help="the folder of a reader to go on from (the bundled)"
    )
    parser.add_argument("--pages", type=int, default=PAGES, help="pages from which the crops come")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bundle", action="store_true", help="copy the three files into the package")
    arguments = parser.parse_args()
    out: Path = arguments.out
    detector, former = known = [known_in(arguments.start / name) for name in NAMES]
    agree(out, {"pages": arguments.pages, "seed": arguments.seed, "from": fingerprint_of(known)})
    if not (out / NAMES[1]).exists():
        data = crops_at(out / "crops.npz", detector, arguments.seed, arguments.pages, LETTER)
        learned = to_onnx(refined(former, data.train, arguments.seed), Classifier(former).card)
        write_model(out / NAMES[1], mixed(learned, whole(former)))
        for name, content in (("before", former), ("now", (out / NAMES[1]).read_bytes())):
            sys.stderr.write(f"{name}: {mistaken(Classifier(content), data.test)}\n")
    write_bytes(out / NAMES[0], detector)
    if not (out / FILE).exists():
        train_context(out, CONTEXT_PAGES, arguments.seed)
    if arguments.bundle:
        bundle(out)


if __name__ == "__main__":
    main()
