"""Following a run: what is told to whoever wants to know how training goes."""

from pathlib import Path

from sutja.evaluation.report import Report
from sutja.training.history import Epoch, History
from sutja.training.plan import Plan


class Callback:
    """A follower of a run. Override what you want to be told; it returns nothing, and changes nothing of the run.

    Example:
        >>> class Best(Callback):
        ...     def on_epoch(self, epoch):
        ...         print(epoch.validation_accuracy)
        >>> sutja.train("mnist", callbacks=[Best()])  # doctest: +SKIP
    """

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        """Before the first epoch, or before the first one that is left when a run is continued."""

    def on_step(self, done: int, steps: int, loss: float, accuracy: float) -> None:
        """Now and then within an epoch: steps done, steps in all, mean loss and accuracy so far."""

    def on_epoch(self, epoch: Epoch) -> None:
        """After each epoch, when its checkpoint is written."""

    def on_end(self, report: Report | None) -> None:
        """At the end; `report` is None if the data has no test images, or the run was interrupted."""


class Callbacks(Callback):
    """Several followers as one."""

    def __init__(self, *followers: Callback) -> None:
        self.followers = followers
        self.started: list[Callback] = []

    def on_start(self, plan: Plan, folder: Path, history: History) -> None:
        """Tell all."""
        for follower in self.followers:
            follower.on_start(plan, folder, history)
            self.started.append(follower)

    def on_step(self, done: int, steps: int, loss: float, accuracy: float) -> None:
        """Tell all."""
        for follower in self.followers:
            follower.on_step(done, steps, loss, accuracy)

    def on_epoch(self, epoch: Epoch) -> None:
        """Tell all."""
        for follower in self.followers:
            follower.on_epoch(epoch)

    def on_end(self, report: Report | None) -> None:
        """Tell all that were told of the start."""
        for follower in self.started:
            follower.on_end(report)
