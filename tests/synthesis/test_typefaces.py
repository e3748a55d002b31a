import numpy as np
import pytest

from sutja.synthesis.glyphs import FIELD, MARGIN, size_of
from sutja.synthesis.letters import FORMED
from sutja.synthesis.rows import PRINTED
from sutja.synthesis.signs import LETTERS, SIGNS
from sutja.synthesis.typefaces import FACES, LARGE, _face, letter_form, print_stamp
from sutja.synthesis.writer import box_of


def test_print_is_turned_with_the_page() -> None:
    level, upright = (
        print_stamp("abcdef", 20, angle, (100.0, 100.0), np.random.default_rng(0)) for angle in (0, np.pi / 2)
    )
    (_, _, width, height), (_, _, across, down) = box_of(level) or (0,) * 4, box_of(upright) or (0,) * 4
    assert width > 2 * height > 0
    assert (across, down) == pytest.approx((height, width), abs=3)


@pytest.mark.parametrize("face", FACES)
def test_letters_keep_their_places_in_a_line(face: str) -> None:
    forms = {letter: letter_form(letter, face) for letter in LETTERS}
    tops = {letter: form.fall - form.scale / 2 for letter, form in forms.items()}
    feet = {letter: form.fall + form.scale / 2 for letter, form in forms.items()}
    for letter in "EF":  # higher than wide, so that the longer side is the height
        assert (tops[letter], feet[letter]) == pytest.approx((0, 1), abs=0.05), letter
    assert tops["l"] < 0.05
    assert 0.1 < tops["o"] < feet["o"] - 0.3 < 0.8
    assert feet["p"] > 1.1


@pytest.mark.parametrize("face", FACES)
def test_a_form_is_the_letter_as_the_typeface_has_it(face: str) -> None:
    for letter in "ehoW":
        form = letter_form(letter, face)
        left, top, right, foot = _face(face, LARGE).getmask(letter).getbbox()
        across, down = size_of(form.edge)
        assert max(across, down) == pytest.approx(1, abs=0.05)
        assert across / down == pytest.approx((right - left) / (foot - top), rel=0.08)
        assert 0.1 < (form.edge > 0)[MARGIN:-MARGIN, MARGIN:-MARGIN].mean() < 0.7
        assert (form.middle[form.edge > FIELD / 30] > -FIELD / 4).all()  # its middle lines run inside its strokes


def test_all_typefaces_have_what_may_be_printed() -> None:
    for face in FACES:
        font = _face(face, 40)
        missing = bytes(font.getmask("\uffff"))
        for character in {*"".join(PRINTED), *FORMED.values()} - {" "}:
            assert bytes(font.getmask(character)) != missing, (face, character)


def test_signs_that_typefaces_have_are_signs() -> None:
    assert set(FORMED) <= set(SIGNS)
