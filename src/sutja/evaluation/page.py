"""A judgement as one web page that needs nothing beside it: pictures are inside, no script, no network."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from jaxtyping import UInt8

from sutja.evaluation.drawing import calibration_drawing, confusion_table, curve_drawing, picture
from sutja.evaluation.report import Report

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
svg { max-width: 100%; height: auto; font: 11px system-ui, "Noto Sans KR", sans-serif; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.4rem, 1fr)); gap: .6rem; }
.mistakes figure { margin: 0; text-align: center; }
.mistakes img { width: 5.25rem; height: 5.25rem; image-rendering: pixelated; }
.mistakes figcaption { font-size: .8rem; line-height: 1.25; }
.scroll { overflow-x: auto; }
.confusion { font-size: .85rem; }
.confusion th, .confusion td { border: 0; padding: .3rem .45rem; min-width: 1.8rem; }
.confusion td { text-align: center; }
table { border-collapse: collapse; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #e4e7eb; }
td { font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
"""


def page(
    report: Report,
    images: UInt8[np.ndarray, "n *c 28 28"],
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
        plots = [curve_drawing(lines, name) for name, lines in curves.items()]
        parts += ["<h2>Learning</h2>", f'<div class="row">{"".join(plots)}</div>']
    parts += [
        "<h2>What was taken for what</h2>",
        confusion_table(report.confusion, report.classes),
        "<h2>Class by class</h2>",
        class_table(report),
        "<h2>Does it know when it is wrong?</h2>",
        calibration_drawing([(group.confidence, group.accuracy, group.count) for group in report.calibration]),
        "<h2>Mistakes, the most confident first</h2>",
    ]
    if report.mistakes:
        parts.append(mistakes(report, images))
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


def mistakes(report: Report, images: UInt8[np.ndarray, "n *c 28 28"]) -> str:
    """The images that were named wrong, the most confident first, each with what it is and was taken for."""
    shown = []
    for mistake in report.mistakes[:MISTAKES_SHOWN]:
        truth, taken = report.classes[mistake.label], report.classes[mistake.predicted]
        text = escape(f"{truth} → {taken} {mistake.probability:.0%}")
        image = picture(images[mistake.index].reshape(-1, images.shape[-1]), f"a {truth} that was taken for a {taken}")
        shown.append(f"<figure>{image}<figcaption>{text}</figcaption></figure>")
    return f'<div class="mistakes">{"".join(shown)}</div>'
