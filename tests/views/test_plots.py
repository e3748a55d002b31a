import warnings
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes

from sutja.views import plots

mpl.use("Agg")

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
CONFUSION = np.array([[8, 2], [0, 5]])
PLOTS: dict[str, Callable[..., Axes]] = {
    "image": lambda **at: plots.plot_image(IMAGES[0], "5", **at),
    "gallery": lambda **at: plots.plot_gallery(IMAGES, list("abcdefg"), columns=3, **at),
    "curves": lambda **at: plots.plot_curves({"training": [0.5, 0.9], "validation": [0.4, 0.8]}, **at),
    "confusion": lambda **at: plots.plot_confusion(CONFUSION, ["cat", "dog"], **at),
    "calibration": lambda **at: plots.plot_calibration([0.5, 0.9], [0.4, 0.95], [10, 90], **at),
}


@pytest.mark.parametrize("name", PLOTS)
def test_plots_draw_where_they_are_told_and_return_the_axes(name: str) -> None:
    axes = plots.figure(4, 3).add_subplot()
    assert PLOTS[name](ax=axes) is axes
    assert axes.has_data()


@pytest.mark.parametrize("name", PLOTS)
def test_plots_make_axes_of_their_own(name: str) -> None:
    import matplotlib.pyplot as plt

    with warnings.catch_warnings():
        axes = PLOTS[name]()
        axes.figure.savefig("/dev/null", format="png")  # type: ignore[union-attr]
    assert axes.has_data()
    plt.close(axes.figure)  # type: ignore[arg-type]


def test_curves_hold_the_figures() -> None:
    axes = plots.plot_curves({"training": [0.5, 0.9], "validation": []}, ax=plots.figure(4, 3).add_subplot())
    (line,) = axes.lines
    assert np.asarray(line.get_xdata()).tolist() == [1, 2]
    assert np.asarray(line.get_ydata()).tolist() == [0.5, 0.9]


def test_the_confusion_matrix_shows_its_counts() -> None:
    axes = plots.plot_confusion(CONFUSION, ["cat", "dog"], ax=plots.figure(4, 3).add_subplot())
    assert sorted(text.get_text() for text in axes.texts) == ["2", "5", "8"]
