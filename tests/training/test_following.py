import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sutja
from sutja.cli.app import app
from sutja.errors import RunError
from sutja.evaluation.report import Report
from sutja.training.callback import Callback
from sutja.training.history import Epoch, History
from sutja.training.listing import runs_in
from sutja.training.logs import figures, log_named
from sutja.training.plan import Plan


class Diary(Callback):
    def __init__(self) -> None:
        self.told: list[str] = []

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        self.told.append(f"start {plan.recipe.name} {len(history)}")

    def on_step(self, done: int, steps: int, loss: float, accuracy: float) -> None:
        self.told.append(f"step {done}/{steps}")

    def on_epoch(self, epoch: Epoch) -> None:
        self.told.append(f"epoch {epoch.epoch}")

    def on_end(self, report: Report | None) -> None:
        self.told.append(f"end {report is not None}")


def test_a_callback_is_told_everything_in_order(tmp_path: Path) -> None:
    diary = Diary()
    sutja.train("digits", epochs=2, out=tmp_path / "run", progress=False, callbacks=[diary])
    assert diary.told == ["start dense 0", "step 11/11", "epoch 1", "step 11/11", "epoch 2", "end True"]
    sutja.resume(tmp_path / "run", progress=False, callbacks=[diary])
    assert diary.told[-2:] == ["start dense 2", "end True"]


def test_a_callback_hears_of_the_end_when_training_fails(tmp_path: Path) -> None:
    diary = Diary()
    with pytest.raises(RunError, match="the loss is nan"):
        sutja.train("digits", learning_rate=1e30, out=tmp_path / "run", progress=False, callbacks=[diary])
    assert diary.told[-1] == "end False"


def test_patience_ends_a_run_and_keeps_its_best_epoch(tmp_path: Path) -> None:
    run = sutja.train(
        "digits", "dense", epochs=200, learning_rate=3e-3, patience=3, out=tmp_path / "run", progress=False
    )
    accuracies = run.history["validation_accuracy"]
    best = accuracies.index(max(accuracies))
    assert len(accuracies) == best + 4 < 200
    assert run.history.best == best + 1
    assert (tmp_path / "run/checkpoint/best.npz").exists()
    part = sutja.load("digits").train
    held = len(part.labels) - round(len(part.labels) / 12)
    answers = run.classifier(part.images[held:]).argmax(1)
    assert (answers == part.labels[held:]).mean() == pytest.approx(max(accuracies))
    again = sutja.resume(tmp_path / "run", progress=False)
    assert again.history == run.history


def test_patience_needs_something_to_judge_on(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="patience needs validation images"):
        sutja.train("digits", patience=2, validation=0, out=tmp_path / "run")
    with pytest.raises(RunError, match="patience is a number of epochs"):
        sutja.train("digits", patience=-1, out=tmp_path / "run")


def test_the_best_epoch_is_the_first_of_equals() -> None:
    epochs = [Epoch(number, 1.0, 0.5, 1.0, value, 1.0) for number, value in enumerate((0.5, 0.9, 0.9, 0.8), start=1)]
    history = History(tuple(epochs))
    assert history.best == 2
    assert [history.stalled(patience) for patience in (0, 1, 2, 3)] == [False, True, True, False]
    assert History((Epoch(1, 1.0, 0.5, None, None, 1.0),)).best is None


def test_logs_have_names_and_figures() -> None:
    with pytest.raises(RunError, match="unknown log 'tensorbord'. Did you mean 'tensorboard'"):
        log_named("tensorbord")
    assert figures(Epoch(1, 0.5, 0.9, None, None, 1.0)) == {
        "loss/training": 0.5, "accuracy/training": 0.9, "seconds": 1.0,
    }  # fmt: skip


def test_a_log_whose_library_is_missing_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    with pytest.raises(RunError, match=r'needs mlflow. Install it.*pip install "\.\[mlflow\]"'):
        sutja.train("digits", epochs=1, out=tmp_path / "run", progress=False, callbacks=[log_named("mlflow")])
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "run").exists()


# Its protocol buffers remark on how they are built.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_gets_the_figures(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    run = sutja.train("digits", epochs=2, out=tmp_path / "run", progress=False, callbacks=[log_named("tensorboard")])
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    events.Reload()
    values = [event.value for event in events.Scalars("accuracy/validation")]
    assert values == pytest.approx(run.history["validation_accuracy"])
    assert run.report is not None
    assert events.Scalars("test/accuracy")[0].value == pytest.approx(run.report.accuracy)


@pytest.mark.filterwarnings("ignore")
def test_mlflow_gets_settings_figures_and_the_model_and_goes_on_with_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow.set_tracking_uri((tmp_path / "kept").as_uri())
    run = sutja.train("digits", epochs=2, out="run", progress=False, callbacks=[log_named("mlflow")])
    sutja.resume("run", progress=False, callbacks=[log_named("mlflow")])
    kept = mlflow.get_run(Path("run/mlflow.txt").read_text().strip())
    assert kept.info.status == "FINISHED"
    assert kept.data.params["recipe"] == "dense"
    assert run.report is not None
    assert kept.data.metrics["test_accuracy"] == pytest.approx(run.report.accuracy)
    (tmp_path / "run" / "mlflow.txt").write_text("0" * 32)
    with pytest.raises(RunError, match=r"MLflow at .* says: .*remove .*mlflow\.txt to begin"):
        sutja.resume("run", progress=False, callbacks=[log_named("mlflow")])
    client = mlflow.MlflowClient()
    values = [point.value for point in client.get_metric_history(kept.info.run_id, "loss_training")]
    assert values == pytest.approx(run.history["loss"])
    assert [file.path for file in client.list_artifacts(kept.info.run_id)] == ["model.onnx"]


def test_runs_are_listed_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, epochs in enumerate((1, 3)):
        sutja.train("digits", epochs=epochs, seed=number, out=f"runs/{'ab'[number]}", progress=False)
        time.sleep(0.01)
    plan = json.loads(Path("runs/b/recipe.json").read_text())
    plan["recipe"]["epochs"] = 9
    Path("runs/b/recipe.json").write_text(json.dumps(plan))
    Path("runs/b/model.onnx").unlink()
    first, second = runs_in()
    assert (first.state, second.state) == ("finished", "interrupted")
    assert len(second.history) == 3
    assert first.test_accuracy is not None
    shown = CliRunner().invoke(app, ["runs", "-o", "curves.png"])
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["run", "data", "recipe", "seed", "epochs", "validation", "test", "time"]
    assert f"{first.test_accuracy:.2%}" in lines[1]
    assert "3/9 …" in lines[2]
    assert Path("curves.png").read_bytes().startswith(b"\x89PNG")
    assert [entry.folder.name for entry in runs_in(["runs/b", "runs/a"])] == ["a", "b"]


def test_a_run_that_is_cut_short_is_damaged_and_curves_are_a_png(tmp_path: Path) -> None:
    run = sutja.train("digits", "dense", epochs=1, out=tmp_path / "run", progress=False)
    with pytest.raises(RunError, match=r"must end in \.png"):
        CliRunner().invoke(app, ["runs", str(tmp_path), "-o", str(tmp_path / "curves")], catch_exceptions=False)
    CliRunner().invoke(app, ["runs", str(tmp_path), "-o", str(tmp_path / "curves.png")], catch_exceptions=False)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    (run.folder / "model.onnx").unlink()
    last = run.folder / "checkpoint" / "last.npz"
    last.write_bytes(last.read_bytes()[:1000])
    with pytest.raises(RunError, match="is damaged"):
        runs_in([tmp_path])


def test_what_holds_no_runs_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no folder"):
        runs_in([tmp_path / "none"])
    assert runs_in([tmp_path]) == []
    (tmp_path / "run").mkdir()
    (tmp_path / "run/recipe.json").write_text("{}")
    with pytest.raises(RunError, match=r"recipe\.json is damaged"):
        runs_in([tmp_path])
