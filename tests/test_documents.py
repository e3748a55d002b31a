import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "README.ko.md", "docs/models.md", "docs/keras.md"]
COMMAND = [sys.executable, "-c", "from sutja.cli.app import main; main()"]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the paths of the documents exist, and which may be written to."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_python_examples_run(page: str, checkout: Path) -> None:
    examples = blocks(page, "python")
    assert examples
    for example in examples:
        done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        if "row.png" in example:
            assert "1234567890" in done.stdout


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_commands_print_what_the_document_shows(page: str, checkout: Path) -> None:
    shown = [block for block in blocks(page, "console") if "sutja read" in block]
    assert shown
    for block in shown:
        for part in block.split("$ ")[1:]:
            command, _, expected = part.partition("\n")
            arguments = command.partition("#")[0].split()[1:]
            done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=True)
            assert done.stdout == expected


@pytest.mark.parametrize(
    "page", [path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]], ids=str
)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8")):
        if not target.startswith("http"):
            assert (ROOT / page.parent / target).exists(), target


def test_the_docstring_examples_hold() -> None:
    modules = [
        "classifier.classifier", "data.condition", "data.dataset", "data.source", "errors", "evaluation.report",
        "models.summary", "pictures.decode", "pictures.frame", "pictures.ink", "reading.lines", "reading.reader",
        "reading.table", "synthesis.page", "synthesis.strokes", "training.history", "views.gallery",
    ]  # fmt: skip
    names = "import numpy as np, sutja"
    script = (
        f"import doctest, importlib\n{names}\n"
        f"for name in {modules!r}:\n"
        "    module = importlib.import_module('sutja.' + name)\n"
        "    result = doctest.testmod(module, extraglobs={'np': np, 'sutja': sutja}, optionflags=doctest.ELLIPSIS)\n"
        "    assert result.attempted and not result.failed, (name, result)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_of_a_workplace_is_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    marks = re.compile("/" + r"work/|/" + r"tmp/w/")
    for name in filter(os.path.isfile, (str(ROOT / line) for line in listed.stdout.splitlines())):
        if name.endswith((".py", ".md", ".toml", ".ipynb")):
            assert not marks.search(Path(name).read_text("utf-8")), name
