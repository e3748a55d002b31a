"""Tables, and putting them between the marks of docs/training.md."""

import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sutja.files import write_text

DOCUMENT = Path(__file__).parents[1] / "docs" / "training.md"
END = "<!-- end of what it writes -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


def as_called(command: str) -> str:
    """A command with the options that it was given, so that a reader can give them too."""
    return " ".join([command, *sys.argv[1:]])


def seconds_of(values: Sequence[float]) -> str:
    """Median and range of some seconds."""
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def accuracies_of(values: Sequence[float]) -> str:
    """Mean and range of some accuracies."""
    return f"{statistics.fmean(values):.2%} ({min(values):.2%} to {max(values):.2%})"


def write_between(command: str, lines: Iterable[str], document: Path = DOCUMENT) -> None:
    """Replace what a command wrote into a document before.

    Raises:
        SystemExit: the document has no marks of this command.
    """
    start = f"<!-- written by {command} -->"
    before, found, rest = document.read_text("utf-8").partition(start)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise SystemExit(f"{document} lacks the marks {start} and {END}.")
    write_text(document, before + "\n".join([start, "", *lines, "", END]) + after)
