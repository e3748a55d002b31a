import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sutja
from sutja.cli.app import app, main
from sutja.pictures.encode import write_picture
from sutja.synthesis.style import STYLES

WIDE = {"COLUMNS": "100", "NO_COLOR": "1"}


def synthesise(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["synthesise", *map(str, arguments)], env=WIDE)
    assert result.exit_code == 0, result.output
    return result.output


def failure(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> str:
    """The message with which the whole command line ends."""
    monkeypatch.setattr(sys, "argv", ["sutja", "synthesise", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return str(ended.value.code)


def test_pages_and_labels_are_written_and_told(tmp_path: Path) -> None:
    told = synthesise("--count", "2", "--style", "clean", "--data", "digits", "-o", tmp_path / "pages")
    assert told.startswith("2 pages in ")
    assert "labels.jsonl" in told
    labels = (tmp_path / "pages" / "labels.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["picture"] for row in labels] == ["page-00000.png", "page-00001.png"]
    assert all((tmp_path / "pages" / json.loads(row)["picture"]).is_file() for row in labels)


def test_a_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        synthesise("--count", "1", "--style", "clean", "--data", "digits", "--seed", str(seed), "-o", tmp_path / name)
    first, again, other = ((tmp_path / name / "page-00000.png").read_bytes() for name in "abc")
    assert first == again != other


def test_a_folder_with_pages_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("labels.jsonl", "page-00000.png"):
        (tmp_path / name).write_text("mine")
        told = failure(monkeypatch, "-o", tmp_path, "--data", "digits")
        assert told == f"sutja: {tmp_path} holds pages already. Name another folder."
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()


def test_pages_are_labelled_with_the_digits_that_classes_are_named_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = sutja.load("digits").train
    for label in (3, 7):
        for number, image in enumerate(images[labels == label][:4]):
            write_picture(255 - np.kron(image, np.ones((3, 3), np.uint8)), tmp_path / f"mine/{label}/{number}.png")
    synthesise("-o", tmp_path / "pages", "--count", "2", "--style", "clean", "--data", tmp_path / "mine")
    pages = [json.loads(line) for line in (tmp_path / "pages" / "labels.jsonl").read_text().splitlines()]
    assert set("".join(page["text"] for page in pages)) - {" ", "\n"} == {"3", "7"}
    (tmp_path / "mine" / "7").rename(tmp_path / "mine" / "seven")
    told = failure(monkeypatch, "-o", tmp_path / "other", "--data", tmp_path / "mine")
    assert "pages are composed from digits" in told
    assert "'seven'" in told


def test_an_unknown_style_is_refused_with_the_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = failure(monkeypatch, "-o", tmp_path, "--style", "blurry", "--data", "digits")
    assert told.startswith("sutja: unknown style 'blurry'.")
    assert all(name in told for name in [*STYLES, "any"])
    assert list(tmp_path.iterdir()) == []


def test_the_help_names_every_style() -> None:
    told = CliRunner().invoke(app, ["synthesise", "--help"], env=WIDE).output
    assert all(name in told for name in [*STYLES, "any"])


def test_no_pages_at_all_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["synthesise", "--count", "0", "-o", str(tmp_path)], env=WIDE)
    assert result.exit_code == 2
    assert "--count" in result.output
