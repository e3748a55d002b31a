import subprocess
import sys

import sutja

HEAVY = {"torch", "cv2", "matplotlib", "onnxruntime", "numpy", "sklearn", "scipy", "onnx"}


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split("\n")[-2].split()}


def test_importing_sutja_loads_nothing_heavy() -> None:
    assert not modules_after("import sutja") & HEAVY


def test_help_loads_nothing_heavy() -> None:
    code = "from typer.testing import CliRunner; from sutja.cli.app import app; CliRunner().invoke(app, ['--help'])"
    assert not modules_after(code) & HEAVY


def test_reading_loads_neither_torch_nor_matplotlib() -> None:
    code = "import numpy as np, sutja; sutja.read(np.full((30, 30), 255, np.uint8))"
    assert not modules_after(code) & {"torch", "matplotlib", "sklearn", "scipy", "onnx"}


def test_every_public_name_exists_and_is_documented() -> None:
    assert set(sutja.__all__) <= set(dir(sutja))
    for name in sutja.__all__:
        assert getattr(sutja, name).__doc__, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(sutja, "nothing_of_that_name")
