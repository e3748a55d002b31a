"""Showing how training goes: a bar in a terminal, and a line per epoch everywhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from sutja.training.history import Epoch, History


class Progress:
    """Progress of a run on standard error. Use it as a context.

    Args:
        epochs: Epochs in all.
        history: The epochs that are already done.
        show: Whether to show anything.
    """

    def __init__(self, epochs: int, history: History, show: bool) -> None:
        self.epochs, self.done, self.show = epochs, len(history), show
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
        self.task = self.bar.add_task("", total=None, epoch=self._name(self.done + 1), figures="")

    def __enter__(self) -> "Progress":  # noqa: PYI034 - the type checker of the tests knows no Self here
        self.bar.start()
        if self.show and self.done:
            left = "nothing is left to train" if self.done >= self.epochs else "continuing"
            self.console.print(f"{left} after epoch {self.done} of {self.epochs}", highlight=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def step(self, done: int, steps: int, loss: float, accuracy: float) -> None:
        """Show how far an epoch has come."""
        figures = f"loss {loss:.4f}  accuracy {accuracy:.2%}"
        self.bar.update(self.task, completed=done, total=steps, figures=figures, epoch=self._name(self.done + 1))

    def epoch(self, epoch: Epoch) -> None:
        """Show what an epoch came to."""
        self.done = epoch.epoch
        if self.show:
            text = f"epoch {self._name(epoch.epoch)}  {epoch}  {epoch.seconds:.1f} s"
            self.console.print(text, highlight=False, soft_wrap=True)
            self.bar.reset(self.task, total=None)

    def _name(self, epoch: int) -> str:
        return f"{epoch:>{len(str(self.epochs))}}/{self.epochs}"
