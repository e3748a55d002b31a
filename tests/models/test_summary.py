import pytest
import torch
from torch import nn

import sutja
from sutja.errors import ModelError
from sutja.models.blocks import channels_of
from sutja.models.registry import NETWORKS, build


def test_the_chapter_s_network_has_407_050_parameters() -> None:
    summary = sutja.summary("dense")
    assert summary.parameters == 407_050
    assert [(layer.name, layer.shape) for layer in summary.layers if layer.parameters] == [
        ("Linear", (512,)),
        ("Linear", (10,)),
    ]
    text = str(summary)
    assert "407,050" in text
    assert "401,920" in text


@pytest.mark.parametrize("name", NETWORKS)
def test_summaries_count_as_pytorch_counts(name: str) -> None:
    network = build(name, 7)
    assert sutja.summary(name, 7).parameters == sum(parameter.numel() for parameter in network.parameters())
    assert network(torch.zeros(2, channels_of(network), 28, 28)).shape == (2, 7)


def test_the_convnet_is_small_enough_to_be_bundled() -> None:
    assert sutja.summary("convnet").parameters == 255_466


def test_dense_weights_are_glorot_uniform() -> None:
    torch.manual_seed(0)
    layer = build("dense", 10)[1]
    assert isinstance(layer, nn.Linear)
    bound = (6 / (784 + 512)) ** 0.5
    assert bound * 0.99 < float(layer.weight.detach().abs().max()) <= bound
    assert float(layer.weight.detach().std()) == pytest.approx(bound / 3**0.5, rel=0.02)
    assert not layer.bias.detach().any()


def test_an_unknown_network_gives_the_nearest() -> None:
    with pytest.raises(ModelError, match="Did you mean 'convnet'"):
        sutja.summary("convnets")
