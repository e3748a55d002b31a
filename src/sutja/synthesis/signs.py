"""Signs that are not digits: letters, hangul and marks, for a detector to learn to leave alone.

They are drawings as in `sutja.synthesis.strokes`, in units of the height of a digit beside them, and each keeps its
place there: a dot lies at the foot, near `y = 1`, a dash near 0.5, and the tail of a `g` hangs below 1.
"""

from functools import cache

import numpy as np

from sutja.errors import DataError, unknown_name
from sutja.synthesis.strokes import Form, Hand, Strokes, ring

SIGN_HAND = Hand(jitter=0.018, slant=(-0.15, 0.25))

LETTER_DRAWINGS: dict[str, tuple[str, ...]] = {
    "A": ("0,100! 34,0! 68,100! / 14,64! 56,62!", "0,100 20,30 34,0! 62,100! / 12,66! 54,64!"),
    "B": ("6,0! 6,100! / 6,2! 40,2 52,22 38,44 8,48! 46,52 60,74 44,98 6,100!",),
    "C": ("66,16 44,0 12,14 0,50 14,88 44,100 70,84",),
    "D": ("6,0! 6,100! / 0,2! 44,8 66,48 44,92 2,100",),
    "E": ("56,2! 6,2! 6,98! 60,98! / 6,48! 48,48!", "54,10 30,0 10,18 28,44! 4,60 4,82 26,100 56,90"),
    "F": ("58,2! 8,2! 6,100! / 8,46! 48,46!",),
    "G": ("64,16 42,0 10,16 0,52 16,92 46,98 66,80 68,56! 40,56!",),
    "H": ("4,0! 4,100! / 60,0! 60,100! / 4,48! 60,48!",),
    "I": ("20,0! 20,100!", "0,2! 44,2! / 22,2! 22,98! / 0,98! 44,98!"),
    "J": ("48,0! 48,70 34,98 10,94 2,78", "48,0! 48,70 34,98 10,94 2,78 / 22,2! 76,2!"),
    "K": ("6,0! 6,100! / 58,2! 8,54! / 22,42! 62,100!",),
    "L": ("6,0! 6,98! 58,98!", "10,70 30,40 30,6 16,4 14,60 2,96! 22,90 62,98"),
    "M": ("0,100! 8,0! 38,66! 68,0! 78,100!",),
    "N": ("4,100! 4,0! 60,100! 60,0!",),
    "O": (ring(40, 50, 39, 50),),
    "P": ("6,0! 6,100! / 6,4! 44,4 58,26 42,50 6,54!",),
    "Q": (ring(40, 50, 39, 50) + " / 46,70! 84,108!",),
    "R": ("6,0! 6,100! / 6,4! 44,4 56,24 42,46 8,50! 62,100!",),
    "S": ("60,14 36,0 8,16 20,42 46,54 62,78 38,100 2,86",),
    "T": ("0,2! 66,2! / 33,2! 33,100!",),
    "U": ("4,0! 4,64 16,96 46,96 60,66 62,0!",),
    "V": ("0,0! 32,100! 64,0!",),
    "W": ("0,0! 20,100! 42,30! 64,100! 86,0!",),
    "X": ("2,0! 62,100! / 62,0! 0,100!",),
    "Y": ("0,0! 30,46! / 62,0! 22,100!", "0,0! 30,46! / 62,0! 30,46! 30,100!"),
    "Z": ("2,2! 62,2! 0,98! 64,98!", "2,2! 62,2! 0,98! 64,98! / 14,50! 50,48!"),
    "a": ("52,54 28,42 4,60 6,88 28,98 50,76 54,46! 56,84 68,98",),
    "b": ("6,0! 6,98! 8,64 34,46 56,68 42,98 8,92",),
    "c": ("50,54 28,42 4,64 12,94 34,100 54,88",),
    "d": ("50,54 26,44 4,68 14,96 36,94 54,70! 56,0! 56,98!",),
    "e": ("6,72! 50,68 42,46 20,46 2,70 14,96 36,100 56,86",),
    "f": ("54,8 38,0 26,20 24,100 / 4,46! 48,44!", "4,80 40,20 34,0 22,10 20,130 30,126 26,98 50,88"),
    "g": ("50,52 26,42 4,60 12,84 34,84 52,60 54,46! 52,116 30,134 4,122",),
    "h": ("6,0! 6,100! 8,66 32,44 50,60 52,100!",),
    "i": ("8,44! 10,100! / 8,20! 10,23!",),
    "j": ("26,44! 26,114 14,132 -4,122 / 26,20! 27,23!",),
    "k": ("6,0! 6,100! / 46,46! 8,74! 50,100!",),
    "l": ("8,0! 8,100!", "8,0 6,84 14,98 28,92", "2,74 32,20 24,0 10,20 10,80 22,100 38,88"),
    "m": ("2,44! 4,100! 8,60 26,46 34,62 36,100! 40,60 58,46 68,62 70,100!",),
    "n": ("4,44! 6,100! 8,62 30,44 46,60 48,100!",),
    "o": (ring(28, 72, 26, 28),),
    "p": ("4,44! 4,134! / 4,56 30,44 52,66 36,98 6,92",),
    "q": (
        "50,52 26,42 4,62 14,92 36,90 52,64 54,46! 54,134!",
        "50,52 26,42 4,62 14,92 36,90 52,64 54,46! 54,134! 70,118!",
    ),
    "r": ("4,44! 6,100! 8,62 24,46 42,50",),
    "s": ("44,52 24,43 6,56 26,70 46,84 28,100 2,92",),
    "t": ("20,14! 20,86 32,100 48,92 / 0,46! 44,44!", "20,10! 20,100! / 0,44! 42,44!"),
    "u": ("4,46! 6,84 22,98 42,86 50,48! 50,86 62,98",),
    "v": ("2,46! 22,100! 44,46!",),
    "w": ("0,46! 14,100! 32,56! 48,100! 64,46!", "0,48 8,96 30,92 36,56! 40,96 60,92 66,46"),
    "x": ("2,46! 46,100! / 46,46! 0,100!",),
    "y": ("2,46! 26,92! / 52,46! 8,134!", "4,46! 8,82 26,90 46,76 50,46! 48,118 26,134 4,122"),
    "z": ("2,48! 44,46! 2,98! 48,98!",),
}

JAMO_DRAWINGS: dict[str, tuple[str, ...]] = {
    "ㄱ": ("10,12! 86,10! 78,60 64,96", "10,12! 84,12! 82,94!"),
    "ㄴ": ("14,8! 14,88! 90,86!",),
    "ㄷ": ("14,10! 86,8! / 14,10! 14,88! 90,86!",),
    "ㄹ": ("12,8! 84,8! 82,48! 16,50! 16,92! 90,90!", "12,10 80,8! 30,46! 80,50! 14,90 90,88"),
    "ㅁ": ("14,10! 14,92! / 14,10! 84,10! 84,92! / 14,92! 84,90!", "14,8! 16,92! 84,90! 84,10! 10,10!"),
    "ㅂ": ("14,6! 14,92! / 82,6! 82,92! / 14,48! 82,48! / 14,92! 82,90!",),
    "ㅅ": ("50,6! 38,50 8,94 / 46,42! 70,70 92,94",),
    "ㅇ": (ring(50, 50, 40, 43),),
    "ㅈ": ("12,12! 86,10! / 54,12! 40,54 8,94 / 44,48! 92,92!", "10,12! 84,10! 50,60 8,94 / 46,58! 92,92!"),
    "ㅎ": ("38,2! 60,6! / 10,24! 90,22! / " + ring(50, 68, 30, 30),),
    "ㅏ": ("40,0! 40,100! / 40,46! 84,46!",),
    "ㅓ": ("60,0! 60,100! / 16,46! 60,46!",),
    "ㅗ": ("50,20! 50,70! / 4,72! 96,70!",),
    "ㅜ": ("4,30! 96,28! / 50,30! 50,86!",),
    "ㅣ": ("50,0! 50,100!",),
}

BLOCKS = ("가", "나", "서", "머", "고", "두", "이", "시", "한", "일", "물", "강", "반", "동", "손")
"""Syllables of two or three of the jamo above."""

MARK_DRAWINGS: dict[str, tuple[str, ...]] = {
    "dot": ("10,97! 11,99!", "8,96! 11,99 8,98"),
    "comma": ("12,94! 11,104 4,114",),
    "colon": ("10,40! 11,42! / 10,95! 11,97!",),
    "dash": ("0,52! 38,50!",),
    "long dash": ("0,52! 110,50!",),
    "plus": ("30,22! 30,82! / 0,52! 60,52!",),
    "equals": ("0,40! 56,38! / 0,62! 56,60!",),
    "slash": ("46,-8! 0,108!", "58,-18! -4,120!", "36,-24! 0,112!", "40,0! 2,100!", "54,-2! 0,106!"),
    "backslash": ("0,-4! 46,104!",),
    "bar": ("10,-8! 10,108!",),
    "hash": ("24,4! 16,98! / 56,2! 46,96! / 0,34! 72,32! / -2,68! 70,66!",),
    "dollar": (
        "56,18 34,8 8,22 20,44 44,54 58,76 34,92 4,82 / 32,-6! 30,108!",
        "56,18 34,8 8,22 20,44 44,54 58,76 34,92 4,82 / 40,-10! 22,112!",
        "60,14 36,0 8,16 20,42 46,54 62,78 38,100 2,86 / 26,-12! 24,112! / 42,-12! 40,112!",
        "60,14 36,0 8,16 20,42 46,54 62,78 38,100 2,86 / 36,-16! 35,8! / 33,92! 32,116!",
        "52,16 30,4 6,18 22,42 44,56 54,80 28,98 0,86 / 30,-14! 30,20!",
        "40,16 24,6 8,18 18,42 32,56 40,78 22,94 2,84 / 24,-12! 20,112!",
        "44,14 24,2 6,18 18,42 36,54 44,78 22,98 0,84 / 22,-10! 19,110! / 29,-10! 26,110!",
    ),
    "pound": ("62,20 44,2 24,14 28,58 14,96! 64,96! / 6,54! 48,54!",),
    "yen": ("0,0! 32,48! 64,0! / 32,48! 32,100! / 8,58! 56,58! / 8,76! 56,76!",),
    "euro": ("70,14 48,0 22,16 12,50 22,86 48,100 72,88 / 0,40! 52,38! / 0,60! 50,58!",),
    "won": (
        "0,0! 20,100! 42,30! 64,100! 86,0! / -6,44! 92,42!",
        "0,0! 20,100! 42,30! 64,100! 86,0! / -6,38! 92,36! / -6,56! 92,54!",
    ),
    "percent": (ring(14, 20, 13, 18) + " / " + ring(68, 80, 13, 18) + " / 72,2! 10,98!",),
    "asterisk": ("20,6! 20,46! / 2,16! 38,38! / 38,14! 2,38!",),
    "left parenthesis": ("26,-6 8,20 2,52 8,84 26,108", "14,-4 4,24 0,52 4,80 14,104", "18,2 4,26 0,50 4,76 18,98"),
    "right parenthesis": ("2,-6 20,20 26,52 20,84 2,108", "0,-4 10,24 14,52 10,80 0,104", "0,2 14,26 18,50 14,76 0,98"),
    "left bracket": ("26,-4! 4,-4! 4,106! 26,106!",),
    "right bracket": ("0,-4! 22,-4! 22,106! 0,106!",),
    "left brace": ("30,-6 14,4 16,38 2,52! 16,66 14,98 30,108",),
    "right brace": ("2,-6 18,4 16,38 30,52! 16,66 18,98 2,108",),
    "question": ("4,20 22,0 48,10 44,34 25,50 24,70 / 24,95! 25,97!",),
    "exclamation": ("10,0! 9,70! / 9,95! 10,97!",),
    "ampersand": ("72,98! 22,30 22,8 38,0 50,14 38,38 6,64 6,88 30,100 56,84 72,54",),
    "at": ("66,40 48,30 32,46 38,66 56,62 68,36! 66,62 80,66 94,44 82,12 46,0 12,20 2,56 20,92 54,100 82,88",),
    "quotation": ("4,0! 2,20! / 20,0! 18,20!",),
    "arrow": ("0,50! 110,50! / 84,30! 110,50! 86,72!",),
    "tilde": ("0,56 18,42 40,54 62,46",),
}

FIGURE_DRAWINGS: dict[str, tuple[str, ...]] = {
    "tick": ("0,60! 22,96! 70,0!", "0,66 16,84 24,98! 48,40 84,-10"),
    "cross": ("0,20! 64,84! / 64,20! 0,84!",),
    "star": ("36,0! 62,96! -6,36! 80,34! 12,98! 36,2!",),
    "underline": ("0,118 200,112", "0,116 40,110 80,119 120,110 160,119 210,112", "0,114! 180,110! / 0,126! 184,122!"),
    "zigzag": ("0,90! 18,10! 34,92! 52,8! 70,92! 88,10! 106,90!", "0,70! 16,36! 30,72! 46,34! 60,70! 78,36!"),
    "spiral": ("50,52 58,46 58,60 42,62 36,44 52,30 74,42 72,72 44,84 16,66 18,28 54,8 94,30 100,60",),
    "loop": (
        ring(110, 50, 130, 80, turns=1.2, winding=0.08),
        ring(70, 50, 84, 80, turns=1.9, winding=0.12),
        ring(50, 50, 66, 78, turns=1.3, winding=-0.1),
    ),
    "heart": ("50,26! 36,4 8,8 4,36 22,66 50,98! 80,64 96,34 90,8 64,4 50,26!",),
    "smiley": (ring(50, 50, 50, 50) + " / 34,34! 34,42! / 64,34! 64,42! / 24,62 50,82 76,60",),
    "triangle": ("46,6! 0,92! 94,92! 46,6!",),
    "square": ("4,8! 4,92! 88,92! 88,8! 4,8!",),
}

EYES = (
    ring(32, 42, 8, 9) + " / " + ring(68, 42, 8, 9),
    ring(32, 42, 11, 12) + " / 32,41! 32,43! / " + ring(68, 42, 11, 12) + " / 68,41! 68,43!",
    "30,42! 34,42! 32,44! / 66,42! 70,42! 68,44!",
)
HEADS = (
    ring(50, 54, 48, 52) + " / 50,50! 46,66! 54,66! / 28,80 50,92 72,80",
    ring(50, 54, 50, 50) + " / 26,76! 74,76!",
)
BODY = "50,34! 50,90! / 50,90! 26,140! / 50,90! 74,140! / 14,64! 50,48! 86,62!"
HEAD = ring(50, 18, 16, 17)
PETALS = " / ".join(ring(50 + x, 40 + y, 13, 13) for x, y in ((0, -26), (26, 0), (0, 26), (-26, 0)))
PICTURE_DRAWINGS: dict[str, tuple[str, ...]] = {
    "face": tuple(f"{head} / {eyes}" for head in HEADS for eyes in EYES),
    "person": (f"{HEAD} / {BODY}", f"{HEAD} / {BODY} / 44,15! 45,16! / 56,15! 57,16!"),
    "cat": (f"{HEADS[0]} / {EYES[0]} / 14,20! 8,-14! 34,6! / 66,6! 92,-14! 86,20!",),
    "house": (
        "0,46! 50,0! 100,46! 90,46! 90,100! 10,100! 10,46! 0,46! / 40,100! 40,64! 60,64! 60,100!",
        "10,46! 50,6! 90,46! 10,46! 10,100! 90,100! 90,46! / 20,56! 20,74! 38,74! 38,56! 20,56! / "
        "60,100! 60,58! 78,58! 78,100!",
    ),
    "flower": (f"{ring(50, 40, 12, 12)} / {PETALS} / 50,80 54,110 50,140 / 50,120 74,104 80,110 52,126",),
    "sun": (
        f"{ring(50, 50, 26, 26)} / 50,16! 50,-8! / 50,84! 50,108! / 16,50! -8,50! / 84,50! 108,50! / "
        "74,26! 92,8! / 26,26! 8,8! / 74,74! 92,92! / 26,74! 8,92!",
    ),
    "car": (
        f"0,60! 10,58! 26,30! 80,30! 100,58! 120,60! 120,84! 0,84! 0,60! / {ring(28, 86, 13, 13)} / "
        f"{ring(92, 86, 13, 13)}",
    ),
}
"""Pictures that people draw. Parts of them look like digits, the eyes of a face above all."""

LETTERS: tuple[str, ...] = tuple(LETTER_DRAWINGS)
HANGUL: tuple[str, ...] = (*JAMO_DRAWINGS, *BLOCKS)
MARKS: tuple[str, ...] = tuple(MARK_DRAWINGS)
FIGURES: tuple[str, ...] = (*FIGURE_DRAWINGS, "scribble")
PICTURES: tuple[str, ...] = tuple(PICTURE_DRAWINGS)
SIGNS: tuple[str, ...] = (*LETTERS, *HANGUL, *MARKS, *FIGURES, *PICTURES)
"""The names of all signs: a letter or hangul is its own name, a mark or figure has a word."""

LOOKALIKES: frozenset[str] = frozenset("OoDQlIJiSsZzBEbGgqYyㅇㅣㄱㄹㅁㅅ") | {
    "bar",
    "slash",
    "backslash",
    "left parenthesis",
    "right parenthesis",
    "left bracket",
    "right bracket",
    "exclamation",
    "question",
    "dollar",
    "euro",
    "pound",
    "ampersand",
    "tick",
    "loop",
    "square",
    "spiral",
    "left brace",
    "right brace",
}
"""Signs that alone may pass for a digit, so that only their neighbours tell."""

DRAWINGS = LETTER_DRAWINGS | JAMO_DRAWINGS | MARK_DRAWINGS | FIGURE_DRAWINGS | PICTURE_DRAWINGS

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def sign_strokes(name: str, random: np.random.Generator) -> Strokes:
    """Write one sign that is not a digit.

    Args:
        name: One of `SIGNS`.
        random: Chooses the form, its slant, width, corners and wobble.

    Returns:
        The paths of the pen, in units of the height of a digit beside the sign, where a line of digits has `y` from 0
        to 1: marks keep their place, and tails and loops reach outside.

    Raises:
        DataError: No sign has this name.

    Example:
        >>> from sutja.synthesis.strokes import extent
        >>> left, top, right, bottom = extent(sign_strokes("dash", np.random.default_rng(0)))
        >>> 0.3 < top < bottom < 0.7
        True
    """
    if name == "scribble":
        return scribble(random)
    if name not in SIGNS:
        raise DataError(unknown_name("sign", name, SIGNS))
    forms = _sign_forms(name)
    form = forms[random.integers(len(forms))]
    return form.split(form.write(random, SIGN_HAND))


def scribble(random: np.random.Generator) -> Strokes:
    """A dense curve to and fro, as over a word that was wrong: 0.5 to 2.5 wide and about 1 high."""
    width, turns = random.uniform(0.5, 2.5), random.uniform(6, 16)
    time = np.linspace(0, 1, int(20 * turns))
    phase, drift = random.uniform(0, 2 * np.pi, 4), random.uniform(0.5, 3, 2)
    swing = 0.3 + 0.15 * np.sin(2 * np.pi * drift[0] * time + phase[0])
    x = width * time + random.uniform(0.05, 0.3) * np.sin(2 * np.pi * turns * time + phase[1])
    y = 0.5 + 0.1 * np.sin(2 * np.pi * drift[1] * time + phase[2]) + swing * np.cos(2 * np.pi * turns * time + phase[3])
    return [np.stack([x, y], axis=1).astype(np.float32)]


def block_drawing(syllable: str) -> str:
    """The drawing of a syllable of hangul, its jamo placed in its square as handwriting places them."""
    index = ord(syllable) - ord("가")
    initial, vowel, final = INITIALS[index // 588], VOWELS[index // 28 % 21], FINALS[index % 28]
    height = 54 if final != " " else 100
    if vowel in "ㅏㅓㅣ":
        parts = [placed(initial, 0, 0, 58, height), placed(vowel, 50, 0, 50, height)]
    else:
        parts = [placed(initial, 18, 0, 64, 0.48 * height), placed(vowel, 0, 0.42 * height, 100, 0.58 * height)]
    if final != " ":
        parts.append(placed(final, 14, 62, 76, 38))
    return " / ".join(parts)


def placed(jamo: str, left: float, top: float, width: float, height: float) -> str:
    """The drawing of a jamo, shrunk from its square of 100 into a rectangle."""
    words = []
    for word in JAMO_DRAWINGS[jamo][0].split():
        if word == "/":
            words.append(word)
            continue
        x, y = map(float, word.rstrip("!").split(","))
        words.append(f"{left + x * width / 100:.1f},{top + y * height / 100:.1f}{'!' * word.endswith('!')}")
    return " ".join(words)


@cache
def _sign_forms(name: str) -> tuple[Form, ...]:
    """The forms of a sign, made when it is first written."""
    return tuple(Form.of(drawing) for drawing in DRAWINGS.get(name) or (block_drawing(name),))
