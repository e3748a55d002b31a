"""Digits to write with, and pages that several tests look at."""

import numpy as np
import pytest

from sutja.data.source import load
from sutja.synthesis.page import Page, compose
from sutja.synthesis.style import any_style
from sutja.synthesis.writer import Digits


@pytest.fixture(scope="session")
def digits() -> Digits:
    return Digits(*load("digits").train)


@pytest.fixture(scope="session")
def mnist() -> Digits:
    """Digits of MNIST, for tests that are marked as in need of real data."""
    return Digits(*load("mnist").test)


@pytest.fixture(scope="session")
def any_pages(digits: Digits) -> list[Page]:
    """Small pages of every kind."""
    pages = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        pages.append(compose(digits, any_style(random, 60 + 3 * seed, 200 - 3 * seed), random))
    return pages
