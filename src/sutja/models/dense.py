"""The chapter's network: 784 → 512 ReLU → 10 softmax."""

from torch import nn

HIDDEN = 512


def dense(classes: int) -> nn.Sequential:
    """A dense network of one hidden layer, initialised as Keras initialises `Dense`.

    Weights are Glorot-uniform (Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010), biases zero. Input float32 `[n, 1, 28, 28]` within 0 to 1, output logits float32 `[n, classes]`:
    the softmax is part of the loss while training and of the exported model afterwards.

    Args:
        classes: Number of outputs; 10 gives 407,050 parameters.
    """
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, classes))
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return network
