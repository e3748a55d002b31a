"""Showing how training goes: a bar in a terminal, and a line per epoch everywhere."""

import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from sutja.evaluation.report import Report
from sutja.training.callback import Callback
from sutja.training.history import Epoch, History
from sutja.training.plan import Plan


class Progress(Callback):
    """Progress of a run on standard error.

    Args:
        show: Whether to show anything.
    """

    def __init__(self, show: bool = True) -> None:
        self.show = show
        self.console = Console(stderr=True, force_jupyter=False)
        self.live = show and self.console.is_terminal and self.console.file.isatty()
        columns = (
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
        )
        self.bar = Bar(*columns, console=self.console, transient=True, disable=not self.live)
        self.task = self.bar.add_task("", total=None, epoch="", figures="")
        self.epochs = self.done = self.batch_size = 0
        self.since = 0.0

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        """Show the bar, and from where a run goes on."""
        del folder
        self.epochs, self.done, self.batch_size = plan.recipe.epochs, len(history), plan.recipe.batch_size
        self.since = time.perf_counter()
        self.bar.start()
        if self.show and self.done:
            ended = self.done >= self.epochs or history.stalled(plan.patience)
            left = "nothing is left to train" if ended else "continuing"
            self.console.print(f"{left} after epoch {self.done} of {self.epochs}", highlight=False)

    def on_step(self, done: int, steps: int, loss: float, accuracy: float) -> None:
        """Show how far an epoch has come."""
        speed = done * self.batch_size / max(1e-9, time.perf_counter() - self.since)
        figures = f"loss {loss:.4f}  accuracy {accuracy:.2%}  {speed:,.0f} images/s"
        self.bar.update(self.task, completed=done, total=steps, figures=figures, epoch=self._name(self.done + 1))

    def on_epoch(self, epoch: Epoch) -> None:
        """Show what an epoch came to."""
        self.done, self.since = epoch.epoch, time.perf_counter()
        if self.show:
            text = f"epoch {self._name(epoch.epoch)}  {epoch}  {epoch.seconds:.1f} s"
            self.console.print(text, highlight=False, soft_wrap=True)
            self.bar.reset(self.task, total=None)

    def on_end(self, report: Report | None) -> None:
        """Take the bar away."""
        del report
        self.bar.stop()

    def _name(self, epoch: int) -> str:
        return f"{epoch:>{len(str(self.epochs))}}/{self.epochs}"
