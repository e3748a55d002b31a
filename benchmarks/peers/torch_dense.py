"""The chapter's dense network in plain PyTorch: tensors in memory, shuffled batches, RMSprop with Keras's settings."""

import json

import torch
from torch import nn

from benchmarks.peers.mnist import arguments, load


def main() -> None:
    """Train, judge once, and print the test accuracy."""
    settings = arguments(epochs=10)
    torch.manual_seed(settings.seed)
    (x_train, y_train), (x_test, y_test) = (
        (torch.from_numpy(images).reshape(-1, 28 * 28).float() / 255, torch.from_numpy(labels).long())
        for images, labels in load(settings.images)
    )
    model = nn.Sequential(nn.Linear(28 * 28, 512), nn.ReLU(), nn.Linear(512, 10))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    loss_function = nn.CrossEntropyLoss()
    for _ in range(settings.epochs):
        for batch in torch.split(torch.randperm(len(x_train)), 128):
            optimizer.zero_grad()
            loss = loss_function(model(x_train[batch]), y_train[batch])
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        accuracy = (model(x_test).argmax(1) == y_test).float().mean().item()
    print(json.dumps({"accuracy": accuracy}), flush=True)


if __name__ == "__main__":
    main()
