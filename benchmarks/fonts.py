"""How numbers in handwriting fonts are read: `python -m benchmarks.fonts FOLDER [--pages 3] [--write]`.

Designers all over the world have drawn their own hands as fonts. None of these was trained on. Draws pages of four
numbers each, on paper under uneven light, and counts the rows that are read right. With `--write` the table goes into
docs/reading.md. The fonts are packages of Fontsource; `--packages` lists them, so that

    npm install --prefix fonts $(python -m benchmarks.fonts --packages)

gets them all into a folder.
"""

import argparse
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.document import as_called, table, write_between
from sutja.reading.reader import read

COMMAND = "python -m benchmarks.fonts"
DOCUMENT = Path(__file__).parents[1] / "docs" / "reading.md"
HEADS = (
    "fonts",
    "rows",
    "digits",
    "rows right",
    "fonts with all rows right",
    "most often misread, in rows of the right length",
)
SEED, ROWS, DRAWN, MARGIN = 6, 4, 100, 60
FIGURES = "0123456789"
LISTED = """
amatic-sc annie-use-your-telescope architects-daughter bad-script beth-ellen bilbo borel caveat caveat-brush
cedarville-cursive comic-neue coming-soon covered-by-your-grace crafty-girls dawning-of-a-new-day dekko delius
east-sea-dokdo edu-nsw-act-foundation edu-qld-beginner edu-sa-beginner edu-tas-beginner edu-vic-wa-nt-beginner gaegu
gamja-flower give-you-glory gloria-hallelujah gochi-hand handlee hi-melody homemade-apple indie-flower
just-another-hand just-me-again-down-here kalam klee-one kristi la-belle-aurore league-script liu-jian-mao-cao
long-cang loved-by-the-king ma-shan-zheng mali mansalva marck-script mr-bedfort nanum-brush-script nanum-pen-script
nerko-one neucha nothing-you-could-do over-the-rainbow pangolin patrick-hand permanent-marker playpen-sans
playwrite-de-grund playwrite-fr-moderne playwrite-it-moderna playwrite-nl playwrite-pl playwrite-us-trad poor-story
reenie-beanie rock-salt ruthie schoolbell sedgwick-ave shadows-into-light shantell-sans short-stack single-day
square-peg sriracha stalemate sue-ellen-francisco swanky-and-moo-moo the-girl-next-door vibur waiting-for-the-sunrise
yeon-sung yomogi zen-kurenaido zeyada zhi-mang-xing
"""
FONTS = tuple(LISTED.split())


def main() -> None:
    """Draw, read, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("fonts"), help="that holds the fonts, at any depth"
    )
    parser.add_argument("--pages", type=int, default=3, help="of each font")
    parser.add_argument("--packages", action="store_true", help="list the packages, and do nothing else")
    parser.add_argument("--write", action="store_true", help="write docs/reading.md")
    arguments = parser.parse_args()
    if arguments.packages:
        print(" ".join(f"@fontsource/{name}" for name in FONTS))
        return
    pages = {
        name: [page_of(file_of(name, arguments.folder), name, number) for number in range(arguments.pages)]
        for name in FONTS
    }
    lines = [f"`{as_called(COMMAND)}`: seed {SEED}.", "", *table(HEADS, [row_of(pages)])]
    print("\n".join(lines))
    if arguments.write:
        write_between(COMMAND, lines, DOCUMENT)


def file_of(name: str, folder: Path) -> Path:
    """The file of a font: upright Latin, of usual weight, or of the lightest there is.

    Raises:
        SystemExit: it is not in the folder.
    """
    files = sorted(folder.rglob(f"{name}-latin-[1-9]00-normal.woff"))
    usual = [file for file in files if "-400-" in file.name]
    if not files:
        raise SystemExit(
            f"{folder} lacks the font {name}. Get all: npm install --prefix {folder} $({COMMAND} --packages)"
        )
    return (usual or files)[0]


def page_of(file: Path, name: str, number: int) -> tuple[np.ndarray, list[str]]:
    """A page of numbers in a font, and what is written there."""
    random = np.random.default_rng((SEED, FONTS.index(name), number))
    _, top, _, bottom = ImageFont.truetype(file, DRAWN).getbbox(FIGURES, anchor="ls")
    font = ImageFont.truetype(file, max(8, round(DRAWN * random.uniform(24, 50) / (bottom - top))))
    _, top, _, bottom = font.getbbox(FIGURES, anchor="ls")
    rows = ["".join(map(str, random.integers(0, 10, random.integers(4, 9)))) for _ in range(ROWS)]
    pitch = 1.7 * (bottom - top)
    size = round(max(map(font.getlength, rows)) + 2 * MARGIN), round(ROWS * pitch + 2 * MARGIN)
    drawing = Image.new("L", size)
    for place, row in enumerate(rows):
        ImageDraw.Draw(drawing).text((MARGIN, MARGIN - top + place * pitch), row, font=font, fill=255, anchor="ls")
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), random.uniform(-3.5, 3.5), 1)
    ink = cv2.warpAffine(np.asarray(drawing, np.float32) / 255, turn, size)
    ink = cv2.GaussianBlur(ink, (0, 0), random.uniform(0.4, 1.1))
    paper = random.uniform(170, 230) + np.linspace(-1, 1, size[0]) * random.uniform(-25, 25)
    grey = paper * (1 - ink) + random.uniform(20, 90) * ink + random.normal(0, random.uniform(1, 7), ink.shape)
    return np.clip(grey, 0, 255).astype(np.uint8), rows


def row_of(pages: dict[str, list[tuple[np.ndarray, list[str]]]]) -> list[str]:
    """The row of the table."""
    right, written, digits, whole, misread = 0, 0, 0, 0, Counter[str]()
    for drawn in pages.values():
        wrong = 0
        for picture, rows in drawn:
            given = [line.text for line in read(picture, method="detector").lines]
            wrong += len(rows) - sum((Counter(rows) & Counter(given)).values())
            digits += sum(map(len, rows))
            for row, line in zip(rows, given, strict=False):
                if len(row) == len(line):
                    misread.update(f"{one} as {other}" for one, other in zip(row, line, strict=True) if one != other)
        count = sum(len(rows) for _, rows in drawn)
        right, written, whole = right + count - wrong, written + count, whole + (not wrong)
    most = ", ".join(f"{which} ({count})" for which, count in misread.most_common(5))
    return [
        str(len(pages)),
        f"{written:,}",
        f"{digits:,}",
        f"{right:,} ({right / written:.1%})",
        str(whole),
        most or "–",
    ]


if __name__ == "__main__":
    main()
