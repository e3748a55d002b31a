import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sutja.data.source import load
from sutja.errors import DataError, SutjaError
from sutja.pictures.encode import write_picture
from sutja.synthesis import folder
from sutja.synthesis.folder import digits_of, write_pages
from sutja.synthesis.page import pages
from sutja.synthesis.writer import Digits

LOADED = cache(load)


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "load", LOADED)


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_a_folder_holds_the_pages_and_a_line_of_labels_for_each(tmp_path: Path, digits: Digits) -> None:
    write_pages(tmp_path / "new" / "pages", 2, "tight", seed=2, data="digits", colour=False)
    rows = [json.loads(row) for row in (tmp_path / "new/pages/labels.jsonl").read_text("utf-8").splitlines()]
    assert [row["picture"] for row in rows] == ["page-00000.png", "page-00001.png"]
    for row, page in zip(rows, pages(digits, "tight", seed=2), strict=False):
        with Image.open(tmp_path / "new/pages" / row["picture"]) as image:
            assert (np.asarray(image) == page.picture).all()
        assert row == {"picture": row["picture"], **page.to_dict()}
        assert set(row) == {"picture", "width", "height", "text", "digits", "signs"}
        assert set(row["digits"][0]) == {"label", "line", "visible", "box"}
        assert row["text"].replace("\n", "").replace(" ", "") == "".join(digit["label"] for digit in row["digits"])


def test_colour_leaves_the_page_as_it_is(tmp_path: Path) -> None:
    for name, colour in (("grey", False), ("colour", True)):
        write_pages(tmp_path / name, 1, "clean", data="digits", colour=colour)
    grey, colours = (Image.open(tmp_path / name / "page-00000.png") for name in ("grey", "colour"))
    assert (grey.mode, colours.mode) == ("L", "RGB")
    assert np.abs(np.asarray(colours) @ [0.299, 0.587, 0.114] - np.asarray(grey)).max() < 1.5
    assert files(tmp_path / "grey")["labels.jsonl"] == files(tmp_path / "colour")["labels.jsonl"]


def test_several_processes_write_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    write_pages(tmp_path / "one", 5, "clean", data="digits")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(folder, "WORTH_A_PROCESS", 2)
    write_pages(tmp_path / "two", 5, "clean", data="digits")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_pages_of_the_test_part_are_written_with_its_digits(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write_pages(tmp_path / part, 1, "clean", data="digits", colour=False, part=part)
    page = next(pages(digits_of(LOADED("digits"), "test"), "clean"))
    with Image.open(tmp_path / "test" / "page-00000.png") as image:
        assert (np.asarray(image) == page.picture).all()
    assert files(tmp_path / "train") != files(tmp_path / "test")


def test_a_part_without_images_is_told(tmp_path: Path) -> None:
    for label in "37":
        (tmp_path / "mine" / label).mkdir(parents=True)
        picture = np.full((40, 30), 255, np.uint8)
        picture[5:35, 13:17] = 0
        Image.fromarray(picture).save(tmp_path / "mine" / label / "one.png")
    with pytest.raises(DataError, match="has no test images to compose pages from"):
        write_pages(tmp_path / "pages", 1, "clean", data=str(tmp_path / "mine"), part="test")


def test_drawings_that_have_the_name_of_a_page_are_left_alone(tmp_path: Path) -> None:
    write_picture(np.zeros((9, 9), np.uint8), tmp_path / "page-00000.png")
    before = files(tmp_path)
    with pytest.raises(SutjaError, match="holds pages already"):
        write_pages(tmp_path, 1, "clean", data="digits")
    assert files(tmp_path) == before


def test_a_folder_that_holds_pages_is_left_alone(tmp_path: Path) -> None:
    write_pages(tmp_path, 1, "clean", data="digits")
    before = files(tmp_path)
    with pytest.raises(SutjaError, match="holds pages already. Name another folder."):
        write_pages(tmp_path, 1, "clean", seed=1, data="digits")
    assert files(tmp_path) == before


def test_an_unknown_style_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(SutjaError, match="unknown style 'nosy'. Did you mean 'noisy'"):
        write_pages(tmp_path / "out", 1, "nosy", data="digits")
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_leaves_no_labels_and_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = folder._write_png

    def interrupted(pixels: np.ndarray, path: Path) -> None:
        if path.name == "page-00002.png":
            raise KeyboardInterrupt
        write(pixels, path)

    monkeypatch.setattr(folder, "_write_png", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_pages(tmp_path, 4, "clean", data="digits")
    assert set(files(tmp_path)) == {"page-00000.png", "page-00001.png"}
    monkeypatch.setattr(folder, "_write_png", write)
    for name in (".page-00002-ab12cd_x.png", ".page-of-my-own.png"):
        (tmp_path / name).write_bytes(b"\x89PNG, but no more")  # what a killed process leaves, and what is none of ours
    write_pages(tmp_path, 4, "clean", data="digits")
    assert len(files(tmp_path)) == 6
    assert (tmp_path / ".page-of-my-own.png").exists()


def test_labels_that_cannot_be_written_leave_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.suffix == ".jsonl":
            raise OSError(28, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SutjaError, match="labels.jsonl: No space left on device"):
        write_pages(tmp_path, 1, "clean", data="digits")
    assert set(files(tmp_path)) == {"page-00000.png"}


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SutjaError, match="cannot write .*file"):
        write_pages(tmp_path / "file", 1, "clean", data="digits")
