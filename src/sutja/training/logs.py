"""Writing a run's figures where other tools show them: TensorBoard and MLflow. Each is an extra of that name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sutja.errors import RunError, unknown_name
from sutja.evaluation.report import Report
from sutja.files import write_text
from sutja.training.callback import Callback
from sutja.training.history import Epoch, History
from sutja.training.plan import Plan


class TensorBoard(Callback):
    """Event files in the run folder's `tensorboard`: loss and accuracy of each epoch, of training and of validation.

    Example:
        `sutja train mnist --log tensorboard`, then `tensorboard --logdir runs`.
    """

    def __init__(self) -> None:
        check_installed("tensorboard")

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        """Open the event file; what an interrupted run wrote after its last checkpoint is passed over."""
        from torch.utils.tensorboard import SummaryWriter

        del plan
        self.writer = SummaryWriter(str(folder / "tensorboard"), purge_step=len(history) + 1)

    def on_epoch(self, epoch: Epoch) -> None:
        """Write an epoch."""
        for name, value in figures(epoch).items():
            self.writer.add_scalar(name, value, epoch.epoch)
        self.writer.flush()

    def on_end(self, report: Report | None) -> None:
        """Write the test accuracy, if there is one, and close the file."""
        if report:
            self.writer.add_scalar("test/accuracy", report.accuracy)
        self.writer.close()


class MLflow(Callback):
    """A run of MLflow with the recipe as parameters, the figures as metrics and the model as an artifact.

    Where it is kept, MLflow's own setting `MLFLOW_TRACKING_URI` says. A run that is
    continued goes on with the same run of MLflow, whose name is kept in the run folder's `mlflow.txt`.
    """

    def __init__(self) -> None:
        check_installed("mlflow")

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        """Start a run, or go on with it."""
        import mlflow

        del history
        self.mlflow, self.folder = mlflow, folder
        kept = folder / "mlflow.txt"
        with self.reached():
            if kept.exists():
                mlflow.start_run(run_id=kept.read_text("utf-8").strip())
                return
            run = mlflow.start_run(run_name=folder.name)
            write_text(kept, run.info.run_id + "\n")
            settings = {key: value for key, value in asdict(plan.recipe).items() if key not in ("name", "augmentation")}
            names = {"dataset": Path(plan.dataset).name, "recipe": plan.recipe.name, "seed": plan.seed}
            mlflow.log_params({**names, **settings})

    def on_epoch(self, epoch: Epoch) -> None:
        """Write an epoch."""
        values = {name.replace("/", "_"): value for name, value in figures(epoch).items()}
        with self.reached():
            self.mlflow.log_metrics(values, epoch.epoch)

    def on_end(self, report: Report | None) -> None:
        """Write the test accuracy and the model, if there are any, and end the run."""
        model = self.folder / "model.onnx"
        with self.reached():
            if report:
                self.mlflow.log_metric("test_accuracy", report.accuracy)
            if model.exists():
                self.mlflow.log_artifact(str(model))
            self.mlflow.end_run("FINISHED" if model.exists() else "KILLED")

    @contextmanager
    def reached(self) -> Iterator[None]:
        """MLflow, or a line that says why not."""
        try:
            yield
        except self.mlflow.exceptions.MlflowException as error:
            place, said = self.mlflow.get_tracking_uri(), str(error).splitlines()[0]
            raise RunError(
                f"MLflow at {place} says: {said} Set MLFLOW_TRACKING_URI, "
                f"remove {self.folder / 'mlflow.txt'} to begin a new run there, or leave out --log mlflow."
            ) from error


LOGS: dict[str, Callable[[], Callback]] = {"tensorboard": TensorBoard, "mlflow": MLflow}


def log_named(name: str) -> Callback:
    """A follower that logs.

    Raises:
        RunError: there is none of that name, or its library is not installed.
    """
    if name not in LOGS:
        raise RunError(unknown_name("log", name, LOGS))
    return LOGS[name]()


def figures(epoch: Epoch) -> dict[str, float]:
    """The figures of an epoch by the names under which they are logged: `loss/training` and the like."""
    values: dict[str, Any] = {
        "loss/training": epoch.loss,
        "loss/validation": epoch.validation_loss,
        "accuracy/training": epoch.accuracy,
        "accuracy/validation": epoch.validation_accuracy,
        "seconds": epoch.seconds,
    }
    return {name: float(value) for name, value in values.items() if value is not None}


def check_installed(name: str) -> None:
    """Refuse to log where the library for it is not there.

    Raises:
        RunError: it is not.
    """
    if find_spec(name) is None:
        raise RunError(f'--log {name} needs {name}. Install it, in the folder of sutja: pip install ".[{name}]"')
