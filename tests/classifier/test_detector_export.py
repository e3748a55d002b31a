import numpy as np
import onnxruntime
import torch

from sutja.classifier.export import detector_to_onnx
from sutja.models.detector import CLASSES, Detector


def test_an_exported_detector_computes_what_the_network_computes() -> None:
    torch.manual_seed(0)
    network = Detector()
    for module in network.modules():  # as after training: no statistic is at its start
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    network.eval()
    session = onnxruntime.InferenceSession(detector_to_onnx(network, {"version": 1}).SerializeToString())
    pictures = torch.randn(1, 1, 64, 112)
    with torch.inference_mode():
        expected = network(pictures)[0]
    scores, shapes = session.run(None, {"evened": pictures.numpy()})
    assert scores.shape == (CLASSES, 16, 28)
    assert np.abs(scores - expected[:CLASSES].sigmoid().numpy()).max() < 1e-5
    assert np.abs(shapes - expected[CLASSES:].numpy()).max() < 1e-4
    assert session.get_modelmeta().custom_metadata_map["sutja"] == '{"version": 1}'
