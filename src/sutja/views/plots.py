"""Plots of data, of training and of a judgement. Each takes `ax=None`, draws there, and returns the Axes."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Integer, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

INK, GROUND, ACCENT, SECOND = "#1f2933", "#ffffff", "#2563eb", "#ea580c"
FAINT = "#cbd2d9"


def plot_image(image: UInt8[np.ndarray, "h w"], title: str = "", ax: Axes | None = None) -> Axes:
    """Draw one image with a title, such as its label and class name."""
    ax = ax or _axes(2.2, 2.4)
    ax.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_title(title, fontsize=10, color=INK)
    ax.set_axis_off()
    return ax


def plot_gallery(
    images: UInt8[np.ndarray, "n h w"],
    titles: Sequence[str] | None = None,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw images in rows, each with a title below it if there are titles.

    Args:
        images: Any number of images of one size.
        titles: One for each image.
        columns: Images in a row.
        ax: Where to draw.
    """
    n, height, width = images.shape
    rows = max(1, -(-n // columns))
    room = round(height * 0.45) if titles else 2
    sheet = np.full((rows * (height + room), columns * (width + 2)), np.nan)
    ax = ax or _axes(columns * 0.9, rows * (height + room) / (width + 2) * 0.9)
    for number, image in enumerate(images):
        top, left = number // columns * (height + room), number % columns * (width + 2)
        sheet[top : top + height, left : left + width] = image
        if titles:
            ax.text(
                left + width / 2,
                top + height + room * 0.45,
                titles[number],
                ha="center",
                va="center",
                fontsize=7,
                color=INK,
            )
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_axis_off()
    return ax


def plot_curves(columns: Mapping[str, Sequence[float]], ylabel: str = "accuracy", ax: Axes | None = None) -> Axes:
    """Draw figures over the epochs, a line for each name.

    Args:
        columns: For example `{"training": history["accuracy"], "validation": history["validation_accuracy"]}`.
        ylabel: What the figures are; accuracies are shown in percent.
        ax: Where to draw.
    """
    ax, lines = ax or _axes(5, 3.4), {}
    for (name, values), colour in zip(columns.items(), _colours(len(columns)), strict=True):
        if values:
            lines[name] = ax.plot(range(1, len(values) + 1), values, marker="o", markersize=3.5, color=colour)[0]
    if ylabel.endswith("accuracy"):
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    _dress(ax, "epoch", ylabel)
    if lines:
        ax.legend(lines.values(), lines, frameon=False)  # named here: Matplotlib passes over labels that begin with _
    return ax


def plot_confusion(confusion: Integer[np.ndarray, "k k"], classes: Sequence[str], ax: Axes | None = None) -> Axes:
    """Draw a confusion matrix: rows are what images are, columns what they were taken for.

    The colour shows the share of its row, so that mistakes stand out beside the many right answers.
    """
    ax = ax or _axes(5.6, 5.2)
    share = confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    wrong = np.sqrt(np.where(np.eye(len(classes), dtype=bool), 0, share))
    darkest = max(0.2, float(wrong.max()))
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=darkest)
    many = len(classes) > 15
    for row, column in np.argwhere(confusion > 0):
        on_diagonal = row == column
        if not many:
            colour = ACCENT if on_diagonal else GROUND if wrong[row, column] > 0.6 * darkest else INK
            weight = "bold" if on_diagonal else "normal"
            text = f"{confusion[row, column]:,}"
            ax.text(column, row, text, ha="center", va="center", fontsize=7.5, color=colour, fontweight=weight)
    turned = max(map(len, classes)) > 2
    ax.set_xticks(range(len(classes)), classes, rotation=45 if turned else 0, ha="right" if turned else "center")
    ax.set_yticks(range(len(classes)), classes)
    ax.tick_params(length=0, labelsize=8)
    ax.set_xlabel("taken for", color=INK)
    ax.set_ylabel("is", color=INK)
    for spine in ax.spines.values():
        spine.set_color(FAINT)
    return ax


def plot_calibration(
    confidence: Sequence[float], accuracy: Sequence[float], counts: Sequence[int], ax: Axes | None = None
) -> Axes:
    """Draw how often answers were right against how sure they were; on the diagonal, confidence is honest.

    Args:
        confidence: Mean probability of the answers in each bin.
        accuracy: Share of them that were right.
        counts: How many there were; larger bins get larger dots.
        ax: Where to draw.
    """
    ax = ax or _axes(3.6, 3.4)
    ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1)
    sizes = 12 + 90 * np.sqrt(np.asarray(counts) / max(sum(counts), 1))
    ax.plot(confidence, accuracy, color=ACCENT, linewidth=1)
    ax.scatter(confidence, accuracy, s=sizes, color=ACCENT, zorder=3)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    _dress(ax, "probability given", "share right")
    return ax


def figure(width: float, height: float) -> Figure:
    """A figure of that many inches that belongs to no window, so that plots work anywhere and close themselves."""
    return Figure(figsize=(width, height), dpi=144, facecolor=GROUND, layout="constrained")


def _axes(width: float, height: float) -> Axes:
    """Axes in a figure that a notebook shows, or in one of its own when nothing is interactive."""
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, height), dpi=110, layout="constrained").add_subplot()


def _colours(count: int) -> list[str]:
    colours = [ACCENT, SECOND, "#16a34a", "#9333ea", "#64748b", "#0891b2", "#be123c", "#a16207"]
    return [colours[number % len(colours)] for number in range(count)]


def _dress(ax: Axes, xlabel: str, ylabel: str) -> None:
    ax.set_xlabel(xlabel, color=INK)
    ax.set_ylabel(ylabel, color=INK)
    ax.grid(color=FAINT, linewidth=0.5)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors=INK, labelsize=8)
