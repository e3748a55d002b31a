"""What all tests share: real data if it is at hand, a cache of their own, and shapes checked at every border."""

import os
from pathlib import Path
from types import ModuleType

from jaxtyping import install_import_hook

import tests.typechecker  # noqa: F401 - the hook below finds it by its name

install_import_hook("sutja", "tests.typechecker.check")

import numpy as np  # noqa: E402 - the hook must come before anything imports sutja
import pytest  # noqa: E402

SHARED = Path(__file__).parents[2] / "shared"

if "SUTJA_DATA" not in os.environ and (SHARED / "data").is_dir():
    os.environ["SUTJA_DATA"] = str(SHARED / "data")


def real_data_at_hand() -> bool:
    folder = Path(os.environ.get("SUTJA_DATA", "/nowhere"))
    return all((folder / name).is_dir() for name in ("mnist", "fashion-mnist"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if real_data_at_hand():
        return
    missing = pytest.mark.skip(reason="needs the real MNIST files: set SUTJA_DATA to a folder that holds mnist/")
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, so that nothing a person has downloaded is touched."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("sutja.data.fetch.cache_folder", lambda: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Keras, computing with PyTorch."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    module: ModuleType = pytest.importorskip("keras", exc_type=ImportError)
    return module


@pytest.fixture
def shared_pictures() -> Path:
    """The folder of real pictures with labels."""
    if not (SHARED / "pictures").is_dir():
        pytest.skip("needs the pictures beside the project")
    return SHARED / "pictures"


@pytest.fixture(scope="session")
def digit_rows() -> tuple[np.ndarray, np.ndarray]:
    """Eight images of each digit and their labels, from the data that needs no network."""
    from sutja.data.source import load

    images, labels = load("digits").test
    chosen = np.concatenate([np.flatnonzero(labels == label)[:8] for label in range(10)])
    return images[chosen], labels[chosen]
