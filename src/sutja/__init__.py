"""sutja: learn image classification on the MNIST family, and read handwritten numbers from your own pictures.

The public names load when they are first used, so that `import sutja` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sutja.classifier.classifier import Classifier, Prediction
    from sutja.data.dataset import Dataset, one_hot
    from sutja.data.source import load
    from sutja.errors import DataError, ModelError, PictureError, RunError, SutjaError
    from sutja.evaluation.report import Report, evaluate
    from sutja.models.summary import summary
    from sutja.reading.classify import classify
    from sutja.reading.many import read_all
    from sutja.reading.reader import read
    from sutja.reading.result import Reading
    from sutja.training.run import Run, resume, train
    from sutja.views.gallery import gallery

__version__ = "0.1.0"

_HOMES = {
    "Classifier": "classifier.classifier",
    "DataError": "errors",
    "Dataset": "data.dataset",
    "ModelError": "errors",
    "PictureError": "errors",
    "Prediction": "classifier.classifier",
    "Reading": "reading.result",
    "Report": "evaluation.report",
    "Run": "training.run",
    "RunError": "errors",
    "SutjaError": "errors",
    "classify": "reading.classify",
    "evaluate": "evaluation.report",
    "gallery": "views.gallery",
    "load": "data.source",
    "one_hot": "data.dataset",
    "read": "reading.reader",
    "read_all": "reading.many",
    "resume": "training.run",
    "summary": "models.summary",
    "train": "training.run",
}

__all__ = [
    "Classifier",
    "DataError",
    "Dataset",
    "ModelError",
    "PictureError",
    "Prediction",
    "Reading",
    "Report",
    "Run",
    "RunError",
    "SutjaError",
    "classify",
    "evaluate",
    "gallery",
    "load",
    "one_hot",
    "read",
    "read_all",
    "resume",
    "summary",
    "train",
]


def __getattr__(name: str) -> object:
    """Import the module that a public name lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sutja' has no attribute {name!r}")
    return getattr(import_module(f"sutja.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
