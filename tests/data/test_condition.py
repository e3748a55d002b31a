from collections.abc import Callable
from contextlib import suppress
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutja.data.catalog import CATALOG
from sutja.data.condition import label_number, matching
from sutja.errors import DataError

LABELS = np.random.default_rng(0).integers(0, 10, 200).astype(np.uint8)
GARMENTS = CATALOG["fashion-mnist"].classes


@pytest.mark.parametrize(
    ("condition", "oracle"),
    [
        ("label > 5", lambda label, index: label > 5),
        ("5 < label", lambda label, index: label > 5),
        ("3 <= label < 6", lambda label, index: 3 <= label < 6),
        ("label in (1, 7)", lambda label, index: label in (1, 7)),
        ("label not in [1, 7]", lambda label, index: label not in (1, 7)),
        ("label == 2 or label == 3 and index < 50", lambda label, index: label == 2 or (label == 3 and index < 50)),
        ("not (label != 4)", lambda label, index: label == 4),
        ("label >= -1", lambda label, index: True),
        ("label == 'Bag'", lambda label, index: label == 8),
        (' label == "ankle BOOT" ', lambda label, index: label == 9),
        ("1 < 2", lambda label, index: True),
    ],
)
def test_conditions_mean_what_they_mean_in_python(condition: str, oracle: Callable[[int, int], bool]) -> None:
    expected = [bool(oracle(int(label), index)) for index, label in enumerate(LABELS)]
    assert matching(condition, LABELS, GARMENTS).tolist() == expected


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "label",
        "label >",
        "label + 1 > 2",
        "colour > 5",
        "label == 'Hat'",
        "label is 5",
        "label == True",
        "label == 1j",
        "__import__('os').system('true')",
        "label.__class__ == 1",
        "[x for x in (1,)]",
        "label > 5; index",
        "label in 5",
        "label = 5",
        "(" * 300 + "label" + ")" * 300,
        "label > 5 and " * 200 + "label > 5",
        "label > 1\x00",
    ],
)
def test_everything_else_is_refused_with_one_line(condition: str) -> None:
    with pytest.raises(DataError) as caught:
        matching(condition, LABELS, GARMENTS)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_no_text_crashes_the_parser(condition: str) -> None:
    with suppress(DataError):
        assert matching(condition, LABELS, GARMENTS).shape == LABELS.shape


def test_labels_have_numbers_and_names() -> None:
    assert label_number("8", GARMENTS) == label_number("bag", GARMENTS) == 8
    assert [label_number(name, ("A", "a", normalize("NFD", "고양이"))) for name in ("A", "a", "고양이")] == [0, 1, 2]
    with pytest.raises(DataError, match=r"'AB' fits several classes\. Give a number, 0 to 1"):
        label_number("AB", ("Ab", "aB"))
    with pytest.raises(DataError, match="Did you mean"):
        label_number("sneakers", tuple(name.casefold() for name in GARMENTS))
    with pytest.raises(DataError, match="unknown label '10'"):
        label_number("10", GARMENTS)
