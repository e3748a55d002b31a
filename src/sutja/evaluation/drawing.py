"""The drawings of a report as parts of a web page: vectors, tables, and tiny pictures that carry their own bytes.

They are written directly, as a plotting library takes longer to start than a small network to learn.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape

import cv2
import numpy as np
from jaxtyping import Integer, UInt8

COLOURS = ("#2563eb", "#ea580c", "#16a34a", "#9333ea")
FAINT, GREY = "#e4e7eb", "#52606d"
WIDTH, HEIGHT = 430, 270
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 14, 36
"""The room around a plot, in pixels."""


def curve_drawing(lines: Mapping[str, Sequence[float]], name: str) -> str:
    """Figures over the epochs, a line for each name.

    Args:
        lines: A figure for each epoch; names without any are left out.
        name: What the figures are; "accuracy" is shown in percent.

    Returns:
        An SVG element.
    """
    drawn = {label: list(values) for label, values in lines.items() if values}
    every = [value for values in drawn.values() for value in values] or [0.0, 1.0]
    low, high = min(every), max(every)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 0.05
    low, high = low - margin, high + margin
    last = max((len(values) for values in drawn.values()), default=1)
    plot = _Plot((1, max(last, 2)), (low, high))
    form = "{:.3g}" if name != "accuracy" else "{:.0%}" if high - low > 0.06 else "{:.1%}"
    parts = [plot.level(value, form.format(value)) for value in ticks(low, high)]
    parts += [plot.upright(epoch, f"{epoch:g}") for epoch in ticks(1, max(last, 2)) if epoch == round(epoch)]
    for number, (label, values) in enumerate(drawn.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [(epoch, value) for epoch, value in enumerate(values, start=1)]
        parts.append(plot.line(points, colour))
        x, y = WIDTH - RIGHT - 84, HEIGHT - BOTTOM - 20 - 16 * number if name == "accuracy" else TOP + 12 + 16 * number
        parts.append(f'<rect x="{x}" y="{y - 8}" width="12" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 18}" y="{y - 2}" fill="#1f2933">{escape(label)}</text>')
    parts.append(plot.titles("epoch", name))
    return plot.svg(parts, f"{name} by epoch")


def calibration_drawing(groups: Sequence[tuple[float, float, int]]) -> str:
    """How often answers were right against how sure they were: mean probability, share right, and how many.

    Returns:
        An SVG element, in which a point is the larger the more answers it stands for.
    """
    plot = _Plot((0.0, 1.0), (0.0, 1.0))
    parts = [plot.level(value, f"{value:.0%}") for value in (0, 0.25, 0.5, 0.75, 1)]
    parts += [plot.upright(value, f"{value:.0%}") for value in (0, 0.25, 0.5, 0.75, 1)]
    parts.append(plot.line([(0, 0), (1, 1)], GREY, dashed=True))
    shown = [(sure, right, count) for sure, right, count in groups if count]
    total = sum(count for _, _, count in shown) or 1
    parts.append(plot.line([(sure, right) for sure, right, _ in shown], COLOURS[0]))
    for sure, right, count in shown:
        x, y = plot.place(sure, right)
        radius = 2.5 + 9 * (count / total) ** 0.5
        title = f"{count:,} answers: {sure:.1%} sure, {right:.1%} right"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{COLOURS[0]}" fill-opacity=".55">'
            f"<title>{title}</title></circle>"
        )
    parts.append(plot.titles("probability given", "share right"))
    return plot.svg(parts, "share right by probability given")


def confusion_table(confusion: Integer[np.ndarray, "k k"], classes: Sequence[str]) -> str:
    """A confusion matrix as an HTML table: rows are what images are, columns what they were taken for.

    Mistakes are the darker the larger their share of the row, right answers are pale.
    """
    share = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    wrong = np.where(np.eye(len(classes), dtype=bool), 0, share)
    strength = np.sqrt(wrong / max(float(wrong.max()), 1e-9))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes)
    rows = []
    for row, name in enumerate(classes):
        cells = []
        for column in range(len(classes)):
            count, alpha = int(confusion[row, column]), float(strength[row, column])
            ground = "background:#dbeafe" if row == column else f"background:rgba(234,88,12,{0.85 * alpha:.2f})"
            cells.append(f'<td style="{ground}">{f"{count:,}" if count else ""}</td>')
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>')
    caption = "<caption>rows: what it is; columns: what it was taken for</caption>"
    return (
        f'<div class="scroll"><table class="confusion">{caption}<tr><th></th>{head}</tr>{"".join(rows)}</table></div>'
    )


def picture(image: UInt8[np.ndarray, "h w"], text: str) -> str:
    """A grey image as an HTML image that carries its own bytes; `text` says what it shows."""
    _, content = cv2.imencode(".png", image)
    return f'<img alt="{escape(text)}" src="data:image/png;base64,{base64.b64encode(content.tobytes()).decode()}">'


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from low to high, no more than `most`.

    Example:
        >>> ticks(0.91, 0.992)
        [0.92, 0.94, 0.96, 0.98]
    """
    for step in (factor * 10.0**power for power in range(-9, 10) for factor in (1, 2, 5)):
        first = int(np.ceil(low / step - 1e-9))
        last = int(np.floor(high / step + 1e-9))
        if last - first < most:
            return [round(number * step, 10) for number in range(first, last + 1)]
    return []


class _Plot:
    """A plot's axes: from values to pixels."""

    def __init__(self, across: tuple[float, float], up: tuple[float, float]) -> None:
        self.across, self.up = across, up

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies."""
        wide = (x - self.across[0]) / (self.across[1] - self.across[0])
        high = (y - self.up[0]) / (self.up[1] - self.up[0])
        return LEFT + wide * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM)

    def level(self, value: float, text: str) -> str:
        """A level line with its value at the left."""
        _, y = self.place(self.across[0], value)
        line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}"/>'
        return f'{line}<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{GREY}">{text}</text>'

    def upright(self, value: float, text: str) -> str:
        """A value below the plot."""
        x, _ = self.place(value, self.up[0])
        return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle" fill="{GREY}">{text}</text>'

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
        """A line through points, with a dot at each unless it is dashed."""
        places = [self.place(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dots = "" if dashed else "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>' for x, y in places)
        style = 'stroke-dasharray="4 4"' if dashed else 'stroke-width="2"'
        return f'<polyline points="{path}" fill="none" stroke="{colour}" {style}/><g fill="{colour}">{dots}</g>'

    def titles(self, across: str, up: str) -> str:
        """What the axes are."""
        centre, middle = LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) / 2
        return (
            f'<text x="{centre}" y="{HEIGHT - 4}" text-anchor="middle">{escape(across)}</text>'
            f'<text transform="rotate(-90 11 {middle})" x="11" y="{middle}" text-anchor="middle">{escape(up)}</text>'
        )

    def svg(self, parts: Sequence[str], text: str) -> str:
        """The element; `text` says what it shows."""
        return (
            f'<svg role="img" aria-label="{escape(text)}" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
        )
