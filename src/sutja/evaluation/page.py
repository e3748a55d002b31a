"""A judgement as one web page that needs nothing beside it: pictures are inside, no script, no network."""

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from jaxtyping import UInt8
from matplotlib.figure import Figure

from sutja.evaluation.report import Report
from sutja.views.plots import figure, plot_calibration, plot_confusion, plot_curves, plot_gallery

MISTAKES_SHOWN = 40

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Noto Sans KR", sans-serif; color: #1f2933; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p.facts { color: #52606d; margin-top: .2rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; }
.figure { border: 1px solid #e4e7eb; border-radius: .5rem; padding: .6rem 1rem; }
.figure b { display: block; font-size: 1.5rem; }
.figure span { color: #52606d; font-size: .85rem; }
img { max-width: 100%; height: auto; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
.row > img { flex: 0 1 27rem; min-width: 0; }
table { border-collapse: collapse; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #e4e7eb; }
td { font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
"""


def page(
    report: Report,
    images: UInt8[np.ndarray, "n 28 28"],
    title: str,
    facts: str = "",
    curves: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
) -> str:
    """The page of a report.

    Args:
        report: What judging gave.
        images: The images that were judged, in their order.
        title: The heading.
        facts: A line below it: recipe, data, seed.
        curves: For each quantity ("accuracy", "loss") its lines by name, a figure for each epoch.

    Returns:
        An HTML document.
    """
    low, high = report.interval
    figures = (
        (f"{report.accuracy:.2%}", f"accuracy (95 % interval {low:.2%} to {high:.2%})"),
        (f"{report.loss:.4f}", "cross-entropy"),
        (f"{report.calibration_error:.2%}", "expected calibration error"),
        (f"{len(report.mistakes):,} of {report.images:,}", "mistakes"),
    )
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="facts">{escape(facts)}</p>' if facts else "",
        '<div class="figures">',
        *(f'<div class="figure"><b>{value}</b><span>{escape(text)}</span></div>' for value, text in figures),
        "</div>",
    ]
    if curves:
        plots = [inline(curve_figure(lines, name), f"{name} by epoch") for name, lines in curves.items()]
        parts += ["<h2>Learning</h2>", f'<div class="row">{"".join(plots)}</div>']
    parts += [
        "<h2>What was taken for what</h2>",
        inline(confusion_figure(report), "confusion matrix"),
        "<h2>Class by class</h2>",
        class_table(report),
        "<h2>Does it know when it is wrong?</h2>",
        inline(calibration_figure(report), "share right by probability given"),
        "<h2>Mistakes, the most confident first</h2>",
    ]
    if report.mistakes:
        parts.append(inline(mistakes_figure(report, images), "the images that were named wrong"))
    else:
        parts.append("<p>None.</p>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def class_table(report: Report) -> str:
    """Precision, recall and F1 of each class as an HTML table."""
    rows = "".join(
        f"<tr><td>{escape(score.name)}</td><td>{score.precision:.2%}</td><td>{score.recall:.2%}</td>"
        f"<td>{score.f1:.2%}</td><td>{score.support:,}</td></tr>"
        for score in report.scores
    )
    head = "<tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>images</th></tr>"
    return f"<table>{head}{rows}</table>"


def curve_figure(lines: Mapping[str, Sequence[float]], name: str) -> Figure:
    """The learning curves of one quantity."""
    drawing = figure(5.2, 3.4)
    plot_curves(lines, name, drawing.add_subplot())
    return drawing


def confusion_figure(report: Report) -> Figure:
    """The confusion matrix of a report."""
    drawing = figure(6.4, 5.6)
    plot_confusion(report.confusion, report.classes, drawing.add_subplot())
    return drawing


def calibration_figure(report: Report) -> Figure:
    """How often answers were right against how sure they were."""
    drawing = figure(3.8, 3.6)
    bins = report.calibration
    plot_calibration(
        [group.confidence for group in bins],
        [group.accuracy for group in bins],
        [group.count for group in bins],
        drawing.add_subplot(),
    )
    return drawing


def mistakes_figure(report: Report, images: UInt8[np.ndarray, "n 28 28"]) -> Figure:
    """The images that were named wrong, the most confident first, each with what it is and was taken for."""
    shown = report.mistakes[:MISTAKES_SHOWN]
    separator = "\n→ " if max(map(len, report.classes)) > 2 else " → "
    titles = [
        f"{report.classes[mistake.label]}{separator}{report.classes[mistake.predicted]}  {mistake.probability:.0%}"
        for mistake in shown
    ]
    columns = min(10 if separator == " → " else 8, len(shown))
    drawing = figure(0.95 * max(columns, 4), 1.35 * -(-len(shown) // columns))
    plot_gallery(images[[mistake.index for mistake in shown]], titles, columns, drawing.add_subplot())
    return drawing


def png(drawing: Figure) -> bytes:
    """A figure as a PNG file."""
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png")
    return buffer.getvalue()


def inline(drawing: Figure, text: str) -> str:
    """A figure as an HTML image that carries its own bytes; `text` says what it shows."""
    content = base64.b64encode(png(drawing)).decode()
    width = round(drawing.get_figwidth() * 96)
    return f'<img alt="{escape(text)}" width="{width}" src="data:image/png;base64,{content}">'
