"""What a run has reached after each epoch."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from sutja.errors import RunError
from sutja.files import write_text


@dataclass(frozen=True)
class Epoch:
    """Figures of one epoch; those of validation are None when no images are held out.

    Attributes:
        epoch: Number of the epoch, from 1.
        loss: Mean cross-entropy over the training images while they were learned from.
        accuracy: Share of them named right, likewise.
        validation_loss: Mean cross-entropy over the held-out images after the epoch, of the network as it would be
            exported: with averaged weights, if the recipe keeps an average.
        validation_accuracy: Share of them named right.
        seconds: Wall time.
    """

    epoch: int
    loss: float
    accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float

    def __str__(self) -> str:
        text = f"loss {self.loss:.4f}  accuracy {self.accuracy:.2%}"
        if self.validation_accuracy is not None:
            text += f"  validation {self.validation_loss:.4f}  {self.validation_accuracy:.2%}"
        return text


@dataclass(frozen=True)
class History:
    """The epochs of a run in order; `history["accuracy"]` is a column of them, as in Keras.

    Example:
        >>> history = History((Epoch(1, 0.5, 0.9, None, None, 1.0), Epoch(2, 0.3, 0.95, None, None, 1.0)))
        >>> history["accuracy"]
        [0.9, 0.95]
    """

    epochs: tuple[Epoch, ...] = ()

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __getitem__(self, column: str) -> list[float]:
        """A column by its name; epochs without that figure are left out.

        Raises:
            KeyError: no such column.
        """
        if column not in COLUMNS:
            raise KeyError(f"no column {column!r} in the history; there are {', '.join(COLUMNS)}")
        return [value for epoch in self.epochs if (value := getattr(epoch, column)) is not None]

    @property
    def best(self) -> int | None:
        """The number of the epoch with the highest validation accuracy, the first of equals; None if none has any."""
        judged = [epoch for epoch in self.epochs if epoch.validation_accuracy is not None]
        return max(judged, key=lambda epoch: (epoch.validation_accuracy, -epoch.epoch)).epoch if judged else None

    def stalled(self, patience: int) -> bool:
        """Whether validation accuracy has not grown for so many epochs; never if `patience` is 0."""
        return bool(patience and self.best and len(self) - self.best >= patience)

    def followed_by(self, epoch: Epoch) -> "History":
        """The history with one more epoch."""
        return History((*self.epochs, epoch))

    def to_csv(self) -> str:
        """A row per epoch, with a header; figures that do not exist are empty."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(epoch) for epoch in self.epochs)
        return text.getvalue()

    @classmethod
    def from_csv(cls, text: str) -> "History":
        """The inverse of `to_csv`.

        Raises:
            RunError: not such a table.
        """
        try:
            rows = csv.DictReader(io.StringIO(text))
            return cls(tuple(_epoch(row) for row in rows))
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"the history is damaged ({error}). Train again, or restore the file.") from error

    def save(self, path: Path) -> None:
        """Write the history as CSV, whole or not at all."""
        write_text(path, self.to_csv())


COLUMNS = [column.name for column in fields(Epoch)]


def _epoch(row: dict[str, str]) -> Epoch:
    loss, accuracy = (float(row[f"validation_{name}"] or "nan") for name in ("loss", "accuracy"))
    held_out = (loss, accuracy) if row["validation_loss"] else (None, None)
    return Epoch(
        int(row["epoch"]), float(row["loss"]), float(row["accuracy"]), held_out[0], held_out[1], float(row["seconds"])
    )
