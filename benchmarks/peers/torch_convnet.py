"""The network and settings of PyTorch's own MNIST example, judged after every epoch.

Two convolutions of 32 and 64 filters, two dense layers, Adadelta at 1.0 times 0.7 an epoch, batches of 64, 14 epochs.
The images lie in memory, normalised once, which is faster than the example's loader, which does so image by image.
"""

import json
import time

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.peers.mnist import arguments, load

MEAN, DEVIATION = 0.1307, 0.3081
"""Of MNIST's training pixels."""


def network() -> nn.Sequential:
    """The example's layers: 1,199,882 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )


@torch.no_grad()
def judged(model: nn.Sequential, images: Tensor, labels: Tensor) -> float:
    """The share of images named right, a thousand at a time."""
    model.eval()
    right = 0
    for some, names in zip(torch.split(images, 1000), torch.split(labels, 1000), strict=True):
        right += int((model(some).argmax(1) == names).sum())
    return right / len(labels)


def main() -> None:
    """Train and judge."""
    settings = arguments(epochs=14)
    torch.manual_seed(settings.seed)
    (x_train, y_train), (x_test, y_test) = (
        ((torch.from_numpy(images).unsqueeze(1).float() / 255 - MEAN) / DEVIATION, torch.from_numpy(labels).long())
        for images, labels in load(settings.images)
    )
    model = network()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    for epoch in range(settings.epochs):
        model.train()
        for batch in torch.split(torch.randperm(len(x_train)), 64):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(x_train[batch]), y_train[batch])
            loss.backward()  # type: ignore[no-untyped-call]  # PyTorch has no types there
            optimizer.step()
        schedule.step()
        start = time.perf_counter()
        accuracy = judged(model, x_test, y_test)
        seconds = time.perf_counter() - start
        print(json.dumps({"epoch": epoch + 1, "accuracy": accuracy, "evaluation": seconds}), flush=True)


if __name__ == "__main__":
    main()
