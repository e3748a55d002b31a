import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

import sutja
from sutja.cli.app import app, main

PACKAGE = Path(sutja.__file__).parent
BUNDLED, SAMPLES = PACKAGE / "classifier" / "bundled", PACKAGE / "samples"

# Keras converts tensors in a way that NumPy 2 remarks on.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def failure(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> str:
    monkeypatch.setattr(sys, "argv", ["sutja", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, str)
    assert len(ended.value.code.splitlines()) == 1
    return ended.value.code


def test_onnx_is_the_model_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("export", "digits") == ""
    assert (tmp_path / "digits.onnx").read_bytes() == (BUNDLED / "digits.onnx").read_bytes()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.onnx").write_bytes((BUNDLED / "fashion.onnx").read_bytes())
    run("export", "run", "--format", "onnx", "-o", "deep/clothes.onnx")
    assert (tmp_path / "deep" / "clothes.onnx").read_bytes() == (BUNDLED / "fashion.onnx").read_bytes()


def test_a_keras_file_is_written_and_read_with(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("export", "digits", "--format", "keras")
    assert {path.name for path in tmp_path.iterdir()} == {"digits.keras"}
    assert keras.saving.load_model("digits.keras").output_shape == (None, 10)
    assert run("read", "--model", "digits.keras", SAMPLES / "rows.png") == "30941\n72685\n114\n"
    lines = run("predict", "digits.keras", "digits", "--index", "4").splitlines()
    assert len(lines) == 12


def test_the_format_is_that_of_the_ending(keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("export", "digits", "-o", "mine.keras")
    assert keras.saving.load_model("mine.keras").output_shape == (None, 10)
    said = failure(monkeypatch, "export", "digits", "--format", "onnx", "-o", "mine.keras")
    assert said.startswith("sutja: mine.keras ends as if it were keras. Leave out --format onnx")


def test_a_failure_is_one_line_and_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.onnx").write_text("just text")
    for kind in ("onnx", "keras"):
        (tmp_path / f"out.{kind}").write_text("older")
    assert "unknown format 'kears'. Did you mean 'keras'" in failure(
        monkeypatch, "export", "digits", "--format", "kears"
    )
    for kind in ("onnx", "keras"):
        told = failure(monkeypatch, "export", "text.onnx", "--format", kind, "-o", f"out.{kind}")
        assert "text.onnx is no ONNX model, or is damaged" in told
    assert "out.keras is no Keras model, or is damaged" in failure(
        monkeypatch, "read", SAMPLES / "digit.png", "--model", "out.keras"
    )
    assert {(tmp_path / f"out.{kind}").read_text() for kind in ("onnx", "keras")} == {"older"}


def test_without_keras_the_extra_is_named(tmp_path: Path) -> None:
    script = "import sys; sys.modules['keras'] = None\nfrom sutja.cli.app import main; main()"
    command = [sys.executable, "-c", script, "export", "digits", "--format", "keras", "-o", str(tmp_path / "d.keras")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith('pip install ".[keras]"\n')
    assert len(done.stderr.splitlines()) == 1
